using StepNet.Execution;
using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Tests;

/// <summary>Runs functions of symbolic tensors on numbers, by the readable definitions in double.</summary>
internal static class Compute
{
    /// <summary>The one output of <paramref name="function"/> for a batch of <paramref name="n"/>.</summary>
    public static double[] One(Func<Tensor[], Tensor> function, int n, params (Shape Shape, double[] Values)[] inputs) =>
        Many(t => [function(t)], n, inputs)[0];

    /// <summary>All outputs of <paramref name="function"/>; batched inputs are fed, the others are variables.</summary>
    public static double[][] Many(
        Func<Tensor[], Tensor[]> function, int n, params (Shape Shape, double[] Values)[] inputs)
    {
        ComputationGraph graph = new(training: true);
        Tensor[] tensors = Sources(graph, [.. inputs.Select(input => input.Shape)]);
        Tensor[] results = function(tensors);
        Dictionary<string, Tensor> outputs = [];
        for (int i = 0; i < results.Length; i++)
        {
            outputs.Add($"y{i}", results[i]);
        }

        // Inputs are outputs too, so that they live where the function ignores them.
        for (int i = 0; i < tensors.Length; i++)
        {
            outputs.Add($"x{i}", tensors[i]);
        }

        using ReferenceExecutor<double> executor = new(new GraphProgram(graph, outputs), n);
        for (int i = 0; i < inputs.Length; i++)
        {
            Assert.Equal(inputs[i].Shape.Count(n), inputs[i].Values.Length);
            if (tensors[i].Producer.Operation is VariableOp variable)
            {
                inputs[i].Values.CopyTo(executor.Exact(variable.Variable));
            }
            else
            {
                executor.FeedExact($"x{i}", inputs[i].Values);
            }
        }

        executor.Run(n);
        return [.. results.Select((_, i) => executor.FetchExact($"y{i}").ToArray())];
    }

    /// <summary>Traces only: for calls that must fail.</summary>
    public static void Trace(Func<Tensor[], object> function, params Shape[] inputs)
    {
        ComputationGraph graph = new(training: true);
        _ = function(Sources(graph, inputs));
    }

    /// <summary>Values in [-1, 1), the same each time.</summary>
    public static double[] Uniform(int count, ulong seed)
    {
        StepNet.Kernels.CounterRandom random = new(seed, 4711);
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextUniform(-1, 1);
        }

        return values;
    }

    /// <summary>The largest difference; infinite where one is no number, which <c>Max</c> would pass over.</summary>
    public static double LargestDifference(IReadOnlyCollection<double> expected, IReadOnlyCollection<float> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        return expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(error => double.IsNaN(error) ? double.PositiveInfinity : error);
    }

    /// <summary>Equal within <paramref name="tolerance"/>, element by element; says where not.</summary>
    public static void AssertClose(double[] expected, double[] actual, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance, $"element {i}: expected {expected[i]:r}, got {actual[i]:r}");
        }
    }

    private static Tensor[] Sources(ComputationGraph graph, Shape[] shapes) =>
        [.. shapes.Select((shape, i) => shape.Batched ? graph.Input($"x{i}", shape) : graph.Read(new Variable($"x{i}", shape)))];
}
