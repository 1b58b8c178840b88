using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using StepNet.Execution;
using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Executors behind <see cref="Module.Run"/>: one per caller at a time, used again by the next.</summary>
internal sealed class InferencePool(Module module)
{
    private readonly ConcurrentDictionary<Shape, CompiledModel> _compiled = new();
    private readonly ConcurrentDictionary<Shape, ConcurrentBag<Loaded>> _idle = new();

    public NdArray Run(NdArray input)
    {
        if (input.Dims.Count == 0 || input.Dims[0] < 1)
        {
            throw new ShapeMismatchException($"Run: got [{string.Join(", ", input.Dims)}], needs a batch [N, ...] of at least one item.");
        }

        int n = input.Dims[0];
        Shape itemShape = Shape.Of([.. input.Dims.Skip(1)]);
        CompiledModel compiled = _compiled.GetOrAdd(itemShape, shape => module.Compile(shape));
        ConcurrentBag<Loaded> idle = _idle.GetOrAdd(itemShape, _ => []);
        if (!idle.TryTake(out Loaded? loaded) || loaded.Executor.MaxBatch < n)
        {
            loaded?.Executor.Dispose();
            loaded = new Loaded(compiled.CreateExecutor(n, threads: 1), compiled.Program.Variables);
        }

        loaded.Update();
        IExecutor executor = loaded.Executor;
        executor.Feed("input", input.Values);
        executor.Run(n);
        float[] output = new float[compiled.OutputShape.Count(n)];
        executor.Fetch("output", output);
        idle.Add(loaded);
        return new NdArray(output, [n, .. compiled.OutputShape.Dims]);
    }

    /// <summary>An executor and the values that it was given: anyone may change a variable's array at any time.</summary>
    private sealed class Loaded(IExecutor executor, IEnumerable<Variable> variables)
    {
        private readonly (Variable Variable, float[] Given)[] _variables =
            [.. variables.Select(variable => (variable, variable.Values.ToArray()))];

        public IExecutor Executor { get; } = executor;

        /// <summary>Writes what has changed; comparing takes a hundredth of packing and folding.</summary>
        public void Update()
        {
            foreach ((Variable variable, float[] given) in _variables)
            {
                // By bits, so that NaN equals itself.
                float[] values = variable.Values;
                if (!MemoryMarshal.AsBytes(values.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(given.AsSpan())))
                {
                    Executor.Write(variable, values);
                    values.CopyTo(given, 0);
                }
            }
        }
    }
}
