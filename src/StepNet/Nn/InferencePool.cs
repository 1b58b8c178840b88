using System.Collections.Concurrent;
using StepNet.Execution;
using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Executors behind <see cref="Module.Run"/>: one per caller at a time, used again by the next.</summary>
internal sealed class InferencePool(Module module)
{
    private readonly ConcurrentDictionary<Shape, CompiledModel> _compiled = new();
    private readonly ConcurrentDictionary<Shape, ConcurrentBag<IExecutor>> _idle = new();

    public NdArray Run(NdArray input)
    {
        if (input.Dims.Count == 0 || input.Dims[0] < 1)
        {
            throw new ShapeMismatchException($"Run: got [{string.Join(", ", input.Dims)}], needs a batch [N, ...] of at least one item.");
        }

        int n = input.Dims[0];
        Shape itemShape = Shape.Of([.. input.Dims.Skip(1)]);
        CompiledModel compiled = _compiled.GetOrAdd(itemShape, shape => module.Compile(shape));
        ConcurrentBag<IExecutor> idle = _idle.GetOrAdd(itemShape, _ => []);
        if (!idle.TryTake(out IExecutor? executor) || executor.MaxBatch < n)
        {
            executor?.Dispose();
            executor = compiled.CreateExecutor(n, threads: 1);
        }

        foreach (Variable variable in compiled.Program.Variables)
        {
            executor.Write(variable, variable.Values);
        }

        executor.Feed("input", input.Values);
        executor.Run(n);
        float[] output = new float[compiled.OutputShape.Count(n)];
        executor.Fetch("output", output);
        idle.Add(executor);
        return new NdArray(output, [n, .. compiled.OutputShape.Dims]);
    }
}
