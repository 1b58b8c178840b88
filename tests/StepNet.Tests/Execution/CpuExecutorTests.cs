using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Execution;

/// <summary>The CPU executor against the reference executor in double, over whole training steps.</summary>
public sealed class CpuExecutorTests
{
    private static readonly Shape s_images = Shape.Of(3, 12, 12);

    public static TheoryData<string, bool, string> Networks()
    {
        TheoryData<string, bool, string> data = [];
        foreach (string path in new[] { "avx512", "avx2", "portable" })
        {
            foreach (bool fuse in new[] { false, true })
            {
                foreach (string network in new[] { "post", "post-learned", "post-none", "post-pad", "pre", "pre-learned", "pre-none", "post-channel", "pre-channel", "post-shared" })
                {
                    data.Add(network, fuse, path);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void TrainingStep_EveryNetwork_MatchesReference(string network, bool fuse, string path)
    {
        SkipWhereAbsent(path);
        CifarResNet model = Model(network);
        GraphProgram program = TrainingGraph.Build(model, s_images, null);
        const int N = 11;
        (float[] images, float[] labels) = Data(N, s_images);
        using ReferenceExecutor<double> reference = new(program, N);
        using CpuExecutor cpu = new(new CpuPlan(program, 16, fuse), 2, VectorKernels.Select(path));
        foreach (IExecutor executor in new IExecutor[] { reference, cpu })
        {
            executor.Feed("input", images);
            executor.Feed("labels", labels);
            executor.Run(N);
        }

        foreach (string output in program.Outputs.Keys)
        {
            AssertClose(output, reference, cpu, program.Outputs[output].Shape.Count(N), 2e-4);
        }

        foreach (Variable variable in program.Variables)
        {
            float[] a = new float[variable.Shape.ItemCount], b = new float[a.Length];
            reference.Read(variable, a);
            cpu.Read(variable, b);
            Assert.True(RelativeError(a, b) < 1e-5, $"{variable.Name}: {RelativeError(a, b)}");
        }
    }

    private static CifarResNet Model(string network)
    {
        CifarResNet model = new(new CifarResNetOptions
        {
            Depth = 8,
            Order = network.StartsWith("pre", StringComparison.Ordinal) ? BlockOrder.Pre : BlockOrder.Post,
            Norm = network.EndsWith("none", StringComparison.Ordinal) ? Normalization.None : Normalization.Batch,
            Shortcut = network.EndsWith("pad", StringComparison.Ordinal) ? ShortcutKind.Pad : ShortcutKind.Projection,
            Step = CoefficientSpec.Parse(Kind() switch { "learned" => "learned:0.3", "channel" => "channel:0.3", "shared" => "channel:0.3@stage", _ => "0.7" }),
            Skip = CoefficientSpec.Parse(Kind() switch { "learned" => "learned:0.9", "channel" => "channel:0.9", "shared" => "learned:0.9@kind", _ => "1.1" }),
            DropPath = Kind() is "channel" or "shared" ? 0.3 : 0,
        });
        model.Initialize(3);
        foreach (Parameter parameter in model.Parameters.Where(p => p.Shape.Dims.Length == 1))
        {
            CounterRandom random = new(5, CounterRandom.KeyOf(parameter.Name));
            foreach (ref float value in parameter.Values.AsSpan())
            {
                value += (float)random.NextUniform(-0.3, 0.3);
            }
        }

        return model;

        string Kind() => network.Split('-').ElementAtOrDefault(1) ?? "";
    }

    internal static (float[] Images, float[] Labels) Data(int n, Shape item)
    {
        CounterRandom random = new(9);
        float[] images = new float[n * item.ItemCount], labels = new float[n];
        foreach (ref float value in images.AsSpan())
        {
            value = (float)random.NextNormal();
        }

        foreach (ref float label in labels.AsSpan())
        {
            label = random.NextInt(10);
        }

        return (images, labels);
    }

    internal static void SkipWhereAbsent(string path)
    {
        if (!VectorKernels.Available.Contains(path))
        {
            Assert.Skip($"This machine lacks {path}.");
        }
    }

    private static void AssertClose(string output, ReferenceExecutor<double> a, CpuExecutor b, int count, double tolerance)
    {
        float[] x = new float[count], y = new float[count];
        a.Fetch(output, x);
        b.Fetch(output, y);
        // Some gradients are zero but for rounding (a shift in front of a batch norm): those are held to the size of others.
        double error = RelativeError(x, y, floor: 1e-3);
        Assert.True(error < tolerance, $"{output}: relative error {error:g3}");
    }

    internal static double RelativeError(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double floor = 1e-12)
    {
        double difference = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow(expected[i] - actual[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        return Math.Sqrt(difference) / Math.Max(Math.Sqrt(norm), floor);
    }
}
