using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using StepNet.Execution;
using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>
/// Executors behind <see cref="Module.Run"/>: one per caller at a time, used again by the next. Those of the last few shapes are kept;
/// images of any size would otherwise fill the memory.
/// </summary>
internal sealed class InferencePool(Module module)
{
    private const int MostShapes = 8;

    private readonly List<OfShape> _shapes = [];

    public NdArray Run(NdArray input)
    {
        if (input.Dims.Count == 0 || input.Dims[0] < 1)
        {
            throw new ShapeMismatchException($"Run: got [{string.Join(", ", input.Dims)}], needs a batch [N, ...] of at least one item.");
        }

        int n = input.Dims[0];
        OfShape shape = Of(Shape.Of([.. input.Dims.Skip(1)]));
        CompiledModel compiled = shape.Compiled.Value;
        if (!shape.Idle.TryTake(out Loaded? loaded) || loaded.Executor.MaxBatch < n)
        {
            loaded?.Executor.Dispose();
            loaded = new Loaded(compiled, n);
        }

        try
        {
            loaded.Update();
            IExecutor executor = loaded.Executor;
            executor.Feed("input", input.Values);
            executor.Run(n);
            float[] output = new float[compiled.OutputShape.Count(n)];
            executor.Fetch("output", output);
            return new NdArray(output, [n, .. compiled.OutputShape.Dims]);
        }
        finally
        {
            GiveBack(shape, loaded);
        }
    }

    // The most recent comes first. Compiling is left to the first caller, outside the lock.
    private OfShape Of(Shape itemShape)
    {
        OfShape? gone = null, found;
        lock (_shapes)
        {
            found = _shapes.Find(one => one.ItemShape == itemShape) ?? new OfShape(itemShape, new(() => module.Compile(itemShape), LazyThreadSafetyMode.PublicationOnly));
            _ = _shapes.Remove(found);
            _shapes.Insert(0, found);
            if (_shapes.Count > MostShapes)
            {
                gone = _shapes[^1];
                _shapes.RemoveAt(MostShapes);
            }
        }

        while (gone?.Idle.TryTake(out Loaded? idle) == true)
        {
            idle.Executor.Dispose();
        }

        return found;
    }

    private void GiveBack(OfShape shape, Loaded loaded)
    {
        lock (_shapes)
        {
            if (_shapes.Contains(shape) && shape.Idle.Count < Environment.ProcessorCount)
            {
                shape.Idle.Add(loaded);
                return;
            }
        }

        loaded.Executor.Dispose();
    }

    /// <summary>What is kept for items of one shape.</summary>
    private sealed class OfShape(Shape itemShape, Lazy<CompiledModel> compiled)
    {
        public Shape ItemShape { get; } = itemShape;

        public Lazy<CompiledModel> Compiled { get; } = compiled;

        public ConcurrentBag<Loaded> Idle { get; } = [];
    }

    /// <summary>An executor and the values that it was given: anyone may change a variable's array at any time.</summary>
    private sealed class Loaded(CompiledModel compiled, int maxBatch)
    {
        // Taken before the executor takes them: what changes in between is written at the next look.
        private readonly (Variable Variable, float[] Given)[] _variables =
            [.. compiled.Program.Variables.Select(variable => (variable, variable.Values.ToArray()))];

        public IExecutor Executor { get; } = compiled.CreateExecutor(maxBatch, threads: 1);

        /// <summary>Writes what has changed; comparing takes a hundredth of packing and folding.</summary>
        public void Update()
        {
            foreach ((Variable variable, float[] given) in _variables)
            {
                // By bits, so that NaN equals itself.
                float[] values = variable.Values;
                if (!MemoryMarshal.AsBytes(values.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(given.AsSpan())))
                {
                    values.CopyTo(given, 0);
                    Executor.Write(variable, given);
                }
            }
        }
    }
}
