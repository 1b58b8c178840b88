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
        ("linear 64", [Shape.Batch(64), Shape.Of(64, 64)], t => Ops.Linear(t[0], t[1])),
        ("pad shortcut", [Shape.Batch(16, 6, 5)], t => Ops.PadShortcut(t[0], 2, 32)),
        ("cross-entropy", [Shape.Batch(10)], t => Ops.SoftmaxCrossEntropy(t[0], t[0].Graph.Input("labels", Shape.Batch()))),
        ("mask", [Shape.Batch(7, 3, 3)], t => Ops.Multiply(t[0], Ops.RandomMask(t[0], 0.6))),
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
    ];

    public static TheoryData<string, string> Operations() => Cross(s_operations.Select(operation => operation.Name));

    public static TheoryData<string, string> Convolutions() => Cross(s_convolutions.Select(c => c.ToString()));

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
        using CpuExecutor cpu = new(new CpuPlan(program, 24), 2, VectorKernels.Select(path));
        foreach (IExecutor executor in new IExecutor[] { reference, cpu })
        {
            executor.Random = new RandomKey(4, 2);
            foreach (Node node in graph.Nodes)
            {
                if (node.Operation is InputOp input)
                {
                    executor.Feed(input.InputName, input.InputName == "labels"
                        ? [.. Enumerable.Range(0, N).Select(i => (float)(i % 10))]
                        : Values(node.Outputs[0].Shape.Count(N), input.InputName[^1]));
                }
            }

            executor.Run(N);
        }

        foreach ((string name, Tensor tensor) in outputs)
        {
            float[] expected = new float[tensor.Shape.Count(N)], actual = new float[expected.Length];
            reference.Fetch(name, expected);
            cpu.Fetch(name, actual);
            double error = CpuExecutorTests.RelativeError(expected, actual);
            Assert.True(error < 1e-5, $"{name} {tensor.Shape}: relative error {error:g3}");
        }
    }

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
