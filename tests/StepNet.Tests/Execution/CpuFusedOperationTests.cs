using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Passes;

namespace StepNet.Tests.Execution;

/// <summary>Every fused operation alone, on every instruction set, against its definition in double.</summary>
public sealed class CpuFusedOperationTests
{
    private static readonly Shape s_images = Shape.Batch(20, 5, 3);
    private static readonly Shape s_sequences = Shape.Batch(20, 7);
    private static readonly Shape s_points = Shape.Batch(20);
    private static readonly Shape s_channels = Shape.Of(20);

    private static readonly (string Name, Operation Operation, Shape[] Inputs)[] s_fused =
    [
        ("affine-relu", new AffineReluOp(), [s_images, s_channels, s_channels]),
        .. from skip in new[] { false, true }
            from branch in new[] { false, true }
            from relu in new[] { false, true }
            select ($"combine {skip} {branch} {relu}", (Operation)new CombineOp(skip, branch, relu), (Shape[])
            [
                s_images, s_images, Shape.Scalar, Shape.Scalar,
                .. skip ? [s_channels, s_channels] : Array.Empty<Shape>(),
                .. branch ? [s_channels, s_channels] : Array.Empty<Shape>(),
            ]),
        ("norm-gradient", new NormGradientOp(scaled: false), [s_images, s_images, s_channels, s_channels, s_channels, s_channels]),
        ("norm-gradient scaled", new NormGradientOp(scaled: true),
            [s_images, s_images, s_channels, s_channels, s_channels, s_channels, Shape.Scalar]),
        ("gated-sum", new GatedSumOp(scaled: false, gated: true), [s_images, s_images, s_images]),
        ("gated-sum scaled", new GatedSumOp(scaled: true, gated: true), [s_images, s_images, Shape.Scalar, s_images]),
        ("sum scaled", new GatedSumOp(scaled: true, gated: false), [s_images, s_images, Shape.Scalar]),
        ("residual-step by channel", new ResidualStepOp(), [s_images, s_images, s_channels, s_channels]),
        ("combine by channel", new CombineOp(true, true, true),
            [s_images, s_images, s_channels, s_channels, s_channels, s_channels, s_channels, s_channels]),
        ("combine by channel's step only", new CombineOp(false, true, false),
            [s_images, s_images, Shape.Scalar, s_channels, s_channels, s_channels]),
        ("norm-gradient scaled by channel", new NormGradientOp(scaled: true),
            [s_images, s_images, s_channels, s_channels, s_channels, s_channels, s_channels]),
        ("gated-sum scaled by channel", new GatedSumOp(scaled: true, gated: true), [s_images, s_images, s_channels, s_images]),
        ("sum scaled by channel", new GatedSumOp(scaled: true, gated: false), [s_images, s_images, s_channels]),
        ("combine of sequences by channel", new CombineOp(true, false, true),
            [s_sequences, s_sequences, s_channels, s_channels, s_channels, s_channels]),
        ("residual-step of points by channel", new ResidualStepOp(), [s_points, s_points, s_channels, s_channels]),
        ("sum of points scaled by channel", new GatedSumOp(scaled: true, gated: false), [s_points, s_points, s_channels]),
        ("dot-from-sums", new DotFromSumsOp(), [s_channels, s_channels, s_channels, s_channels]),
    ];

    public static TheoryData<string, string> Fused()
    {
        TheoryData<string, string> data = [];
        foreach ((string name, _, _) in s_fused)
        {
            foreach (string path in new[] { "avx512", "avx2", "portable" })
            {
                data.Add(name, path);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Fused))]
    public void FusedOperation_OnEveryPath_MatchesItsDefinition(string name, string path)
    {
        CpuExecutorTests.SkipWhereAbsent(path);
        (_, Operation operation, Shape[] shapes) = s_fused.Single(fused => fused.Name == name);
        ComputationGraph graph = new(training: true);
        Tensor[] inputs = [.. shapes.Select((shape, i) => shape.Batched
            ? graph.Input($"x{i}", shape)
            : graph.Read(new Variable($"x{i}", shape, Values(shape.ItemCount, i))))];
        Tensor y = graph.Add(operation, inputs);
        GraphProgram program = new(graph, new Dictionary<string, Tensor> { ["y"] = y });
        const int N = 11;
        using ReferenceExecutor<double> reference = new(program, N);
        using CpuExecutor cpu = new(new CpuPlan(program, N, fuse: false), 2, VectorKernels.Select(path));
        foreach (IExecutor executor in new IExecutor[] { reference, cpu })
        {
            for (int i = 0; i < shapes.Length; i++)
            {
                if (shapes[i].Batched)
                {
                    executor.Feed($"x{i}", Values(shapes[i].Count(N), i + 20));
                }
            }

            executor.Run(N);
        }

        float[] expected = new float[y.Shape.Count(N)], actual = new float[expected.Length];
        reference.Fetch("y", expected);
        cpu.Fetch("y", actual);
        double error = CpuExecutorTests.RelativeError(expected, actual);
        Assert.True(error < 1e-5, $"relative error {error:g3}");
    }

    private static float[] Values(int count, int seed)
    {
        CounterRandom random = new((ulong)seed, 6);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)random.NextUniform(-1, 1);
        }

        return values;
    }
}
