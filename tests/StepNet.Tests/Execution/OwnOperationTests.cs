using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Tests.Execution;

/// <summary>What no network of this library does and a user's may: the CPU executor gives what the definitions say.</summary>
public sealed class OwnOperationTests
{
    private const int N = 11;

    public static TheoryData<string> Programs => ["a loss that adds up items", "sums by channel", "an update that is read", "an update that is a reduction",
        "an update from a slot", "volumes", "many operands"];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Run_UnusualProgram_IsWhatItsDefinitionsSay(string name)
    {
        ComputationGraph graph = new(training: true);
        Shape item = name == "volumes" ? Shape.Of(3, 4, 5, 6) : Shape.Of(5, 3, 4);
        Tensor x = graph.Input("x", Shape.Batch(item.Dims.AsSpan()));
        Variable state = new("state", name == "an update that is a reduction" ? Shape.Of(5) : Shape.Scalar);
        Tensor y = name switch
        {
            "a loss that adds up items" => graph.Add(new SumOp(byChannel: false), [x]),
            "sums by channel" => Ops.ChannelBias(x, graph.Add(new SumOp(byChannel: true), [x])),
            "an update that is read" => Ops.Scale(x, Updated(Ops.Add(graph.Read(state), graph.Read(new Slot("one", 1))))),
            "an update that is a reduction" => Ops.ChannelBias(x, Updated(Ops.ChannelStatistics(x).Mean)),
            "an update from a slot" => Ops.Scale(x, Updated(graph.Read(new Slot("h", 0.5)))),
            "volumes" => Ops.Flatten(Ops.Relu(Ops.ChannelBias(Ops.Relu(x), Ops.ChannelStatistics(x).Mean))),
            _ => graph.Add(new FirstOfEachOp(), [.. Enumerable.Repeat(x, 40)]),
        };
        GraphProgram program = new(graph, new Dictionary<string, Tensor> { ["y"] = y });
        using ReferenceExecutor<double> reference = new(program, N);
        using CpuExecutor cpu = new(new CpuPlan(program, N), 2, VectorKernels.Select(""));
        float[] items = Numbers(N * item.ItemCount, 3);

        // Twice: what an update wrote is read by the second.
        float[] expected = [.. Run(reference), .. Run(reference)], actual = [.. Run(cpu), .. Run(cpu)];

        Assert.All(expected.Zip(actual), one => Assert.Equal(one.First, one.Second, 1e-4f * (1 + Math.Abs(one.First))));
        Assert.Contains(expected, value => value != 0);

        Tensor Updated(Tensor value)
        {
            graph.Update(state, value);
            return value;
        }

        float[] Run(IExecutor executor)
        {
            executor.Feed("x", items);
            executor.Run(N);
            float[] output = new float[y.Shape.Count(N)], kept = new float[state.Shape.ItemCount];
            executor.Fetch("y", output);
            if (graph.Updates.Count > 0)
            {
                executor.Read(state, kept);
            }

            return [.. output, .. kept];
        }
    }

    // What is watched: through a reduction of one's own, which takes the whole batch, and at the pixels that a convolution reads as they lie.
    [Fact]
    public void Observe_OwnReductionAndPixels_OnlyWhereAsked()
    {
        ComputationGraph graph = new(training: true);
        Tensor x = graph.Input("x", Shape.Batch(3, 6, 5)), w = graph.Read(new Variable("w", Shape.Of(4, 3, 3, 3), Numbers(108, 2)));
        Tensor positive = Ops.Relu(x);
        GraphProgram program = new(
            graph,
            new Dictionary<string, Tensor> { ["y"] = Ops.Conv2d(x, w, 1, Padding.All(1)) },
            new Dictionary<string, Tensor> { ["sum"] = graph.Add(new SumOp(byChannel: true), [positive]), ["mean"] = Ops.ChannelStatistics(positive).Mean });
        using ReferenceExecutor<double> reference = new(program, N);
        using CpuExecutor cpu = new(new CpuPlan(program, N), 2, VectorKernels.Select(""));
        float[] watched = Numbers(N * 90, 3), unwatched = Numbers(N * 90, 4);

        (float[] Sum, float[] Mean) expected = Run(reference), actual = Run(cpu);

        Assert.All(expected.Sum.Zip(actual.Sum), one => Assert.Equal(one.First, one.Second, 1e-4f));
        Assert.All(expected.Mean.Zip(actual.Mean), one => Assert.Equal(one.First, one.Second, 1e-5f));

        (float[], float[]) Run(IExecutor executor)
        {
            foreach ((float[] items, bool observe) in new[] { (watched, true), (unwatched, false) })
            {
                executor.Observe = observe;
                executor.Feed("x", items);
                executor.Run(N);
            }

            float[] sum = new float[3], mean = new float[3];
            executor.Fetch("sum", sum);
            executor.Fetch("mean", mean);
            return (sum, mean);
        }
    }

    [Fact]
    public void Dispose_ThenAnything_IsRefused()
    {
        ComputationGraph graph = new();
        Variable state = new("state", Shape.Of(3), [1, 2, 3]);
        Tensor x = graph.Input("x", Shape.Batch(3)), y = Ops.ChannelBias(Ops.Scale(x, graph.Read(new Slot("h", 0.5))), graph.Read(state));
        GraphProgram program = new(graph, new Dictionary<string, Tensor> { ["y"] = y });
        CpuExecutor cpu = new(new CpuPlan(program, 2), 1, VectorKernels.Select(""));
        cpu.Dispose();
        cpu.Dispose();

        Assert.Throws<ObjectDisposedException>(() => cpu.Feed("x", new float[3]));
        Assert.Throws<ObjectDisposedException>(() => cpu.Run(1));
        Assert.Throws<ObjectDisposedException>(() => cpu.Fetch("y", new float[3]));
        Assert.Throws<ObjectDisposedException>(() => cpu.Read(state, new float[3]));
        Assert.Throws<ObjectDisposedException>(() => cpu.Write(state, new float[3]));
    }

    // In prediction its one convolution takes the sum in, and the raw image is read a second time, as the shortcut.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Predict_BlockOfOneConvolutionOnTheImage_AddsTheImage(int channels)
    {
        Sequential model = new(new ResidualBlock(new Conv2d(channels, channels, 3), 1, 0.5), new GlobalAveragePool(), new Linear(channels, 4));
        model.Initialize(5);
        CompiledModel compiled = model.Compile(Shape.Of(channels, 9, 8));
        float[] items = Numbers(3 * channels * 72, 4), expected = new float[12];
        using ReferenceExecutor<double> reference = new(compiled.Program, 3);
        reference.Feed("input", items);
        reference.Run(3);
        reference.Fetch("output", expected);

        float[] actual = model.Run(new NdArray(items, 3, channels, 9, 8)).Values;

        Assert.All(expected.Zip(actual), one => Assert.Equal(one.First, one.Second, 1e-5f));
    }

    // More shapes than are kept, and each again when it is gone.
    [Fact]
    public void Run_ImagesOfManySizes_AreEachClassified()
    {
        Sequential model = new(new Conv2d(3, 4, 3), new GlobalAveragePool(), new Linear(4, 2));
        model.Initialize(6);
        float[][] first = [.. Enumerable.Range(5, 12).Select(Run)], again = [.. Enumerable.Range(5, 12).Select(Run)];
        Assert.Equal(first, again);

        model.State.First().Values.AsSpan().Clear();
        Assert.Equal(Run(5), Run(16));
        Assert.NotEqual(first[0], Run(5));

        float[] Run(int size) => [.. model.Run(new NdArray(Numbers(3 * size * size, 7), 1, 3, size, size)).Values];
    }

    [Fact]
    public void Input_NameTwiceOrWithoutBatch_IsRefused()
    {
        ComputationGraph graph = new();
        _ = graph.Input("x", Shape.Batch(3));

        Assert.StartsWith("There is an input 'x' already.", Assert.Throws<ArgumentException>(() => graph.Input("x", Shape.Batch(3))).Message, StringComparison.Ordinal);
        Assert.StartsWith("Input 't' [3] has no batch.", Assert.Throws<ArgumentException>(() => graph.Input("t", Shape.Of(3))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Write_OtherNumberOfValues_IsRefused(int count)
    {
        ComputationGraph graph = new();
        Variable bias = new("bias", Shape.Of(3), [1, 2, 3]), next = new("next", Shape.Of(3), [4, 5, 6]);
        Tensor y = Ops.ChannelBias(Ops.ChannelBias(graph.Input("x", Shape.Batch(3)), graph.Read(bias)), graph.Read(next));
        GraphProgram program = new(graph, new Dictionary<string, Tensor> { ["y"] = y });
        foreach (IExecutor executor in (IExecutor[])[new ReferenceExecutor<float>(program, 1), new CpuExecutor(new CpuPlan(program, 1), 1, VectorKernels.Select(""))])
        {
            using (executor)
            {
                Assert.Equal($"Write: {count} numbers for 'bias' [3], which has 3.", Assert.Throws<ArgumentException>(() => executor.Write(bias, new float[count])).Message);
                float[] read = new float[5];
                executor.Read(bias, read);
                Assert.Equal([1, 2, 3, 0, 0], read);
            }
        }
    }

    private static float[] Numbers(int count, ulong seed) => [.. Compute.Uniform(count, seed).Select(value => (float)value)];

    /// <summary>All numbers, or those of each channel, added up over items and pixels.</summary>
    private sealed class SumOp(bool byChannel) : Operation
    {
        public override Locality Locality => Locality.Reduction;

        public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [byChannel ? Shape.Of(inputs[0].Channels) : Shape.Scalar];

        public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [null];

        public override void Evaluate<T>(Operands<T> v)
        {
            int channels = v.InShape(0).Channels, pixels = v.InShape(0).ItemCount / channels;
            v.Out(0).Clear();
            for (int i = 0; i < v.In(0).Length; i++)
            {
                v.Out(0)[byChannel ? i / pixels % channels : 0] += v.In(0)[i];
            }
        }
    }

    /// <summary>The first number of each input, as channels.</summary>
    private sealed class FirstOfEachOp : Operation
    {
        public override Locality Locality => Locality.Item;

        public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Batch(inputs.Length)];

        public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => new Tensor?[node.Inputs.Length];

        public override void Evaluate<T>(Operands<T> v)
        {
            int inputs = v.OutShape(0).ItemCount;
            for (int n = 0; n < v.Items; n++)
            {
                for (int i = 0; i < inputs; i++)
                {
                    v.Out(0)[(n * inputs) + i] = v.In(i)[n * v.InShape(i).ItemCount];
                }
            }
        }
    }
}
