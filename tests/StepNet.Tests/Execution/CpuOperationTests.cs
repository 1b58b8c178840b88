using System.Runtime.CompilerServices;
using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Passes;

namespace StepNet.Tests.Execution;

/// <summary>Every operation on every instruction set against its definition in double: values and all gradients.</summary>
public sealed class CpuOperationTests
{
    private static readonly string[] s_paths = ["avx512", "avx2", "portable"];

    private static readonly (string Name, Shape[] Inputs, Func<Tensor[], Tensor> Function)[] s_operations =
    [
        ("relu", [Shape.Batch(5, 3, 7)], t => Ops.Relu(t[0])),
        ("relu 17", [Shape.Batch(17)], t => Ops.Relu(t[0])),
        ("add", [Shape.Batch(15, 4, 4), Shape.Batch(15, 4, 4)], t => Ops.Add(t[0], t[1])),
        ("multiply", [Shape.Batch(33, 2, 3), Shape.Batch(33, 2, 3)], t => Ops.Multiply(t[0], t[1])),
        ("scale", [Shape.Batch(16, 3, 3), Shape.Scalar], t => Ops.Scale(t[0], t[1])),
        ("residual", [Shape.Batch(20, 3, 3), Shape.Batch(20, 3, 3), Shape.Scalar, Shape.Scalar],
            t => Ops.ResidualStep(t[0], t[1], t[2], t[3])),
        ("affine", [Shape.Batch(40, 3, 5), Shape.Of(40), Shape.Of(40)], t => Ops.ChannelAffine(t[0], t[1], t[2])),
        ("bias", [Shape.Batch(10), Shape.Of(10)], t => Ops.ChannelBias(t[0], t[1])),
        ("statistics", [Shape.Batch(18, 6, 6)], t => Ops.ChannelAffine(t[0], Ops.ChannelStatistics(t[0]).Mean, Ops.ChannelStatistics(t[0]).Variance)),
        ("pool", [Shape.Batch(24, 5, 3)], t => Ops.GlobalAveragePool(t[0])),
        ("linear", [Shape.Batch(19), Shape.Of(11, 19)], t => Ops.Linear(t[0], t[1])),
        ("wide convolution of what its phase computes again", [Shape.Batch(190, 3, 3), Shape.Of(190), Shape.Of(190), Shape.Of(180, 190, 3, 3)],
            t => Ops.Conv2d(Ops.Relu(Ops.ChannelAffine(t[0], t[1], t[2])), t[3], 1, Padding.All(1))),
        ("wide convolution by tiles, in parts", [Shape.Batch(180, 7, 8), Shape.Of(192, 180, 3, 3)],
            t => Ops.Conv2d(t[0], t[1], 1, Padding.All(1))),
        ("three in a row, by tiles", [Shape.Batch(40, 19), Shape.Of(50, 40, 3)], t => Ops.Conv1d(t[0], t[1], 1, Padding.Along(1, 1))),
        ("three in a row of an image, by tiles", [Shape.Batch(40, 3, 9), Shape.Of(50, 40, 1, 3)],
            t => Ops.Conv2d(t[0], t[1], 1, new Padding(1, 0, 1, 1))),
        ("three in a row, wide, by tiles, in parts", [Shape.Batch(320, 10), Shape.Of(384, 320, 3)],
            t => Ops.Conv1d(Ops.Relu(t[0]), t[1], 1, Padding.Along(1, 1))),
        ("three in a row, wide, by tiles, in one part", [Shape.Batch(310, 4), Shape.Of(350, 310, 3)],
            t => Ops.Conv1d(t[0], t[1], 1, Padding.Along(2, 0))),
        ("linear, wide", [Shape.Batch(700), Shape.Of(450, 700)], t => Ops.Linear(Ops.Relu(t[0]), t[1])),
        ("linear 64", [Shape.Batch(64), Shape.Of(64, 64)], t => Ops.Linear(t[0], t[1])),
        ("pad shortcut", [Shape.Batch(16, 6, 5)], t => Ops.PadShortcut(t[0], 2, 32)),
        ("cross-entropy", [Shape.Batch(10)], t => Ops.SoftmaxCrossEntropy(t[0], t[0].Graph.Input("labels", Shape.Batch()))),
        ("mask", [Shape.Batch(7, 3, 3)], t => Ops.Multiply(t[0], Ops.RandomMask(t[0], 0.6))),
        ("mask, behind a halo", [Shape.Batch(17, 3, 5), Shape.Of(4, 17, 3, 3)],
            t => Ops.Conv2d(Ops.Multiply(t[0], Ops.RandomMask(t[0], 0.6)), t[1], 1, Padding.All(1))),
        ("item mask", [Shape.Batch(17, 3, 5)], t => Ops.Multiply(t[0], Ops.RandomMask(t[0], 0.6, wholeItems: true))),
        ("smoothed cross-entropy", [Shape.Batch(10)],
            t => Ops.SoftmaxCrossEntropy(t[0], t[0].Graph.Input("labels", Shape.Batch()), 0.1)),
        ("cross-entropy of probabilities", [Shape.Batch(10)],
            t => Ops.SoftmaxCrossEntropy(t[0], t[0].Graph.Input("probabilities", Shape.Batch(10)), 0.1)),
        ("max pool", [Shape.Batch(17, 7, 9)], t => Ops.MaxPool(t[0], 3, 2, Padding.All(1))),
        ("max pool of negatives behind a halo", [Shape.Batch(16, 7, 5), Shape.Of(3, 16, 3, 3)],
            t => Ops.Conv2d(Ops.MaxPool(Below(t[0]), 3, 1, Padding.All(1)), t[1], 1, Padding.All(1))),
        ("max pool 2", [Shape.Batch(33, 5, 5)], t => Ops.MaxPool(t[0], 2, 2)),
        ("max pool, ties", [Shape.Batch(20, 6, 6)], t => Ops.MaxPool(Ops.Relu(t[0]), 3, 2, new Padding(0, 1, 0, 1))),
        ("max pool 1d", [Shape.Batch(20, 13)], t => Ops.MaxPool(t[0], 3, 2, Padding.Along(1, 1))),
        ("average pool", [Shape.Batch(17, 7, 9)], t => Ops.AveragePool(t[0], 3, 2, Padding.All(1))),
        ("average pool 1d", [Shape.Batch(5, 16)], t => Ops.AveragePool(t[0], 4, 3, Padding.Along(0, 2))),
        ("average pool 2 into a halo", [Shape.Batch(16, 8, 6), Shape.Of(3, 16, 3, 3)],
            t => Ops.Conv2d(Ops.AveragePool(Ops.Relu(t[0]), 2, 2), t[1], 1, Padding.All(1))),
        ("global max pool", [Shape.Batch(17, 5, 3)], t => Ops.GlobalMaxPool(t[0])),
        ("global max pool 1d", [Shape.Batch(40, 15)], t => Ops.GlobalMaxPool(Below(t[0]))),
        ("global average pool 1d", [Shape.Batch(24, 15)], t => Ops.GlobalAveragePool(t[0])),
        ("k-max pool", [Shape.Batch(17, 23)], t => Ops.KMaxPool(t[0], 8)),
        ("k-max pool, all", [Shape.Batch(3, 5)], t => Ops.KMaxPool(t[0], 5)),
        ("k-max pool, ties, between convolutions", [Shape.Batch(17, 21), Shape.Of(16, 17, 3), Shape.Of(9, 16, 3)],
            t => Ops.Conv1d(
                Ops.KMaxPool(Ops.Relu(Ops.Conv1d(t[0], t[1], 1, Padding.Along(1, 1))), 4), t[2], 1, Padding.Along(1, 1))),
        ("embedding", [Shape.Of(33, 17)], t => Ops.Embedding(t[0].Graph.Input("ids", Shape.Batch(21)), t[0])),
        ("embedding, many rows, convolved", [Shape.Of(700, 20), Shape.Of(8, 20, 3)],
            t => Ops.Conv1d(Ops.Embedding(t[0].Graph.Input("wide ids", Shape.Batch(9)), t[0]), t[1], 1, Padding.Along(2, 1))),
        ("group norm", [Shape.Batch(18, 5, 3), Shape.Of(18), Shape.Of(18)], t => Ops.GroupNorm(t[0], t[1], t[2], 3)),
        ("group norm, one group, behind halos", [Shape.Batch(16, 4, 5), Shape.Of(16), Shape.Of(16), Shape.Of(16, 16, 3, 3)],
            t => Ops.Conv2d(
                Ops.GroupNorm(Ops.Conv2d(t[0], t[3], 1, Padding.All(1)), t[1], t[2], 1), t[3], 1, Padding.All(1))),
        ("group norm, a group a channel", [Shape.Batch(20, 9), Shape.Of(20), Shape.Of(20)], t => Ops.GroupNorm(t[0], t[1], t[2], 20)),
        ("flatten", [Shape.Batch(5, 3, 7), Shape.Of(4, 105)], t => Ops.Linear(Ops.Flatten(t[0]), t[1])),
        ("flatten behind a halo", [Shape.Batch(17, 3, 4), Shape.Of(6, 17, 3, 3)],
            t => Ops.Add(
                Ops.Flatten(Ops.Conv2d(Ops.Relu(t[0]), t[1], 1, Padding.All(1))),
                Ops.Flatten(Ops.Conv2d(Ops.Relu(t[0]), t[1], 1, Padding.All(1))))),
        ("own", [Shape.Batch(7, 3, 3)], t => Ops.Apply(new Swish(), t[0])),
        ("own, whole batch", [Shape.Batch(7, 2, 2)], t => Ops.Apply(new LessBatchMean(), t[0])),
        ("unbatched arithmetic", [Shape.Batch(4), Shape.Of(6, 4), Shape.Of(6, 4)], t => Ops.Linear(t[0], Ops.Multiply(t[1], t[2]))),
    ];

    private static readonly (int In, int Out, int Height, int Width, int Kernel, int Stride, Padding Padding)[] s_convolutions =
    [
        (3, 16, 9, 9, 3, 1, Padding.All(1)),
        (1, 5, 7, 8, 3, 1, Padding.All(1)),
        (4, 20, 6, 6, 3, 1, Padding.All(1)),
        (16, 16, 8, 8, 3, 1, Padding.All(1)),
        (16, 16, 5, 33, 3, 1, Padding.All(1)),
        (16, 32, 9, 7, 3, 2, Padding.All(1)),
        (16, 32, 8, 8, 3, 2, Padding.All(1)),
        (32, 32, 4, 4, 3, 1, Padding.All(1)),
        (32, 48, 5, 5, 1, 1, default),
        (16, 32, 8, 8, 1, 2, default),
        (16, 32, 7, 9, 1, 2, default),
        (17, 33, 6, 6, 3, 1, Padding.All(1)),
        (16, 16, 8, 8, 3, 2, new Padding(0, 1, 0, 1)),
        (16, 16, 7, 7, 3, 2, new Padding(0, 1, 0, 1)),
        (3, 64, 13, 13, 7, 2, new Padding(2, 3, 2, 3)),
        (16, 16, 9, 9, 3, 3, Padding.All(1)),
        (16, 16, 6, 6, 2, 1, new Padding(1, 0, 0, 1)),
        (64, 64, 8, 8, 3, 1, Padding.All(1)),
        (192, 192, 3, 3, 3, 1, Padding.All(1)),
        (32, 17, 1, 1, 3, 1, Padding.All(1)),
        (20, 48, 2, 2, 3, 2, Padding.All(1)),
        (17, 32, 2, 2, 3, 1, Padding.All(1)),
        (16, 16, 4, 4, 3, 2, new Padding(0, 1, 0, 1)),
        (17, 64, 7, 7, 3, 1, Padding.All(1)),
        (600, 520, 1, 1, 1, 1, default),
        (190, 180, 2, 2, 3, 1, Padding.All(1)),
        (190, 180, 2, 2, 3, 2, Padding.All(1)),
    ];

    private static readonly (int In, int Out, int Length, int Kernel, int Stride, int Left, int Right)[] s_sequences =
    [
        (3, 16, 19, 3, 1, 1, 1),
        (1, 5, 8, 5, 1, 2, 2),
        (17, 33, 15, 3, 2, 1, 1),
        (16, 32, 16, 4, 3, 0, 2),
        (32, 64, 33, 7, 2, 6, 0),
        (20, 48, 9, 1, 1, 0, 0),
        (64, 64, 1, 3, 1, 1, 1),
        (330, 320, 4, 3, 1, 1, 1),
    ];

    public static TheoryData<string, string> Operations() => Cross(s_operations.Select(operation => operation.Name));

    public static TheoryData<string, string> Convolutions() => Cross(s_convolutions.Select(c => c.ToString()));

    public static TheoryData<string, string> Sequences() => Cross(s_sequences.Select(c => c.ToString()));

    [Theory]
    [MemberData(nameof(Sequences))]
    public void Conv1d_OnEveryPath_MatchesItsDefinition(string name, string path)
    {
        (int cin, int cout, int length, int kernel, int stride, int left, int right) = s_sequences.Single(c => c.ToString() == name);
        Shape[] shapes = [Shape.Batch(cin, length), Shape.Of(cout, cin, kernel)];
        Compare(shapes, t => Ops.Conv1d(t[0], t[1], stride, Padding.Along(left, right)), path);
        Compare(shapes, t => Ops.Conv1d(Ops.Relu(t[0]), t[1], stride, Padding.Along(left, right)), path);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_OnEveryPath_MatchesItsDefinition(string name, string path)
    {
        (_, Shape[] inputs, Func<Tensor[], Tensor> function) = s_operations.Single(operation => operation.Name == name);
        Compare(inputs, function, path);
    }

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Convolution_OnEveryPath_MatchesItsDefinition(string name, string path)
    {
        (int cin, int cout, int height, int width, int kernel, int stride, Padding padding) =
            s_convolutions.Single(c => c.ToString() == name);
        // Behind a ReLU the input is not a raw image, so that the gradient for it exists in the padded layout.
        Compare(
            [Shape.Batch(cin, height, width), Shape.Of(cout, cin, kernel, kernel)],
            t => Ops.Conv2d(t[0], t[1], stride, padding),
            path);
        Compare(
            [Shape.Batch(cin, height, width), Shape.Of(cout, cin, kernel, kernel)],
            t => Ops.Conv2d(Ops.Relu(t[0]), t[1], stride, padding),
            path);
    }

    private static TheoryData<string, string> Cross(IEnumerable<string> names)
    {
        TheoryData<string, string> data = [];
        foreach (string name in names)
        {
            foreach (string path in s_paths)
            {
                data.Add(name, path);
            }
        }

        return data;
    }

    private static void Compare(Shape[] shapes, Func<Tensor[], Tensor> function, string path)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        ComputationGraph graph = new(training: true);
        Tensor[] inputs = [.. shapes.Select((shape, i) => shape.Batched
            ? graph.Input($"x{i}", shape)
            : graph.Read(new Variable($"x{i}", shape, Values(shape.ItemCount, i))))];
        Tensor y = function(inputs);
        Tensor r = y.Shape.Batched ? graph.Input("r", y.Shape) : y;
        Tensor loss = y.Shape.Batched ? graph.Add(new WeightedSumOp(), [y, r]) : y;
        Tensor?[] gradients = Differentiate.Loss(loss, inputs);
        Dictionary<string, Tensor> outputs = new() { ["y"] = y };
        for (int i = 0; i < inputs.Length; i++)
        {
            if (gradients[i] is Tensor gradient)
            {
                outputs.Add($"dx{i}", gradient);
            }
        }

        GraphProgram program = new(graph, outputs);
        const int N = 19;
        using ReferenceExecutor<double> reference = new(program, N);
        CpuPlan plan = new(program, 24);
        using CpuExecutor cpu = new(plan, 2, VectorKernels.Select(path));
        Poison(cpu);
        // An own operation's gradient runs by its definition; all else that is made item by item has a kernel.
        Assert.DoesNotContain(plan.Phases.SelectMany(phase => phase.Plain.Steps), step => step is FallbackItemStep
            && step.Node.Operation is not ElementwiseBackwardOp
            && step.Node.Operation.GetType().Assembly == typeof(Operation).Assembly);
        foreach (IExecutor executor in new IExecutor[] { reference, cpu })
        {
            executor.Random = new RandomKey(4, 2);
            foreach (Node node in graph.Nodes)
            {
                if (node.Operation is InputOp input)
                {
                    int count = node.Outputs[0].Shape.Count(N);
                    executor.Feed(input.InputName, input.InputName switch
                    {
                        "labels" => [.. Enumerable.Range(0, N).Select(i => (float)(i % 10))],
                        // Some twice in an item, some in none.
                        "ids" => [.. Enumerable.Range(0, count).Select(i => (float)(i * 7 % 32))],
                        "wide ids" => [.. Enumerable.Range(0, count).Select(i => (float)(i * 37 % 700))],
                        _ => Values(count, input.InputName[^1]),
                    });
                }
            }

            executor.Run(N);
        }

        foreach ((string name, Tensor tensor) in outputs)
        {
            float[] expected = new float[tensor.Shape.Count(N)], actual = new float[expected.Length];
            reference.Fetch(name, expected);
            cpu.Fetch(name, actual);
            Assert.DoesNotContain(actual, float.IsNaN);
            double error = CpuExecutorTests.RelativeError(expected, actual);
            Assert.True(error < 1e-5, $"{name} {tensor.Shape}: relative error {error:g3}");
        }
    }

    /// <summary>NaN in all memory that a step has yet to write: one that reads a padding channel or a halo too early shows.</summary>
    private static unsafe void Poison(CpuExecutor cpu)
    {
        foreach (NativeBuffer buffer in (NativeBuffer[])[Store(cpu), .. Scratch(cpu)])
        {
            new Span<float>(buffer.Data, (int)buffer.Floats).Fill(float.NaN);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_store")]
    private static extern ref NativeBuffer Store(CpuExecutor cpu);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_scratch")]
    private static extern ref NativeBuffer[] Scratch(CpuExecutor cpu);

    /// <summary>x - 2: all values below zero, so that a zero taken from a halo would win a maximum.</summary>
    private static Tensor Below(Tensor x) =>
        Ops.ChannelBias(x, x.Graph.Add(new ConstantOp(-2, Shape.Of(x.Shape.Channels)), []));

    private static float[] Values(int count, int seed)
    {
        CounterRandom random = new((ulong)seed, 3);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)random.NextUniform(-1, 1);
        }

        return values;
    }

    /// <summary><c>&lt;y, r&gt;</c>; takes the whole batch, as a user's operation would.</summary>
    private sealed class WeightedSumOp : Operation
    {
        public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Scalar];

        public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [node.Inputs[1], null];

        public override void Evaluate<T>(Operands<T> v) => new DotOp().Evaluate(v);
    }

    private sealed class Swish : ElementwiseOp
    {
        public override T Apply<T>(T x) => x / (T.One + T.Exp(-x));

        public override T Derivative<T>(T x)
        {
            T sigmoid = T.One / (T.One + T.Exp(-x));
            return sigmoid * (T.One + (x * (T.One - sigmoid)));
        }
    }

    /// <summary>An operation that no cut of the batch can compute: the batch's mean subtracted.</summary>
    private sealed class LessBatchMean : Operation
    {
        public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

        // The map is symmetric: its gradient is itself.
        public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
            [Ops.Apply(new LessBatchMean(), outputGradients[0]!)];

        public override void Evaluate<T>(Operands<T> v)
        {
            int count = v.InShape(0).ItemCount;
            for (int i = 0; i < count; i++)
            {
                T mean = T.Zero;
                for (int n = 0; n < v.N; n++)
                {
                    mean += v.In(0)[(n * count) + i] / T.CreateTruncating(v.N);
                }

                for (int n = 0; n < v.N; n++)
                {
                    v.Out(0)[(n * count) + i] = v.In(0)[(n * count) + i] - mean;
                }
            }
        }
    }
}
