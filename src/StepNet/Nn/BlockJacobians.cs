using StepNet.Execution;
using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Nn;

/// <summary>Measures the norms of the blocks' Jacobians on a batch by power iteration with <c>J^T J</c>, all items and blocks at once.</summary>
/// <remarks>
/// The network runs as in a training step, with the batch's own statistics. They count as constants in the Jacobians, as sigma does in
/// Towards Robust ResNet, eq. 9, so that each item has a Jacobian of its own.
/// </remarks>
public static class BlockJacobians
{
    // Floats that the directions of one program may take together: deep networks are measured in several.
    private const long DirectionFloats = 1L << 24;

    /// <summary>Measures every residual block of a model with its present values.</summary>
    /// <param name="model">Traced in training mode; not changed.</param>
    /// <param name="items">A batch, <c>[N, ...]</c>.</param>
    /// <param name="iterations">Iterations, at least 1. Twenty are within some percent where the two largest singular values differ by a tenth.</param>
    /// <param name="seed">Seed of the first directions and of random masks.</param>
    /// <param name="threads">Threads, or 0: see <see cref="ThreadCount"/>.</param>
    /// <param name="step">Step factor to measure with, in place of fixed ones; null for the model's own.</param>
    /// <returns>A row for each use of a block, from the input on.</returns>
    /// <exception cref="NotSupportedException">A block holds an operation without a rule for its Jacobian; the message names it.</exception>
    public static IReadOnlyList<BlockJacobian> Measure(
        Module model, NdArray items, int iterations = 20, ulong seed = 1, int threads = 0, double? step = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(iterations);
        Shape item = Shape.Of([.. items.Dims.Skip(1)]);
        List<BlockJacobian> rows = [];
        int blocks = Count(model, item);
        while (rows.Count < blocks)
        {
            rows.AddRange(Some(model, item, items, rows.Count, iterations, seed, threads, step));
        }

        return rows;
    }

    /// <summary>Uses of residual blocks between input and output.</summary>
    internal static int Count(Module model, Shape item) => Trace(model, item).Count;

    private static List<BlockJacobian> Some(
        Module model, Shape item, NdArray items, int first, int iterations, ulong seed, int threads, double? step)
    {
        int n = items.Dims[0];
        List<Target> targets = [];
        List<BlockCall> uses = [];
        foreach (BlockCall call in Trace(model, item).Skip(first))
        {
            long floats = targets.Sum(target => (long)n * target.ItemFloats);
            if (uses.Count > 0 && floats + (3L * n * call.Input.Shape.ItemCount) > DirectionFloats)
            {
                break;
            }

            uses.Add(call);
            targets.Add(new Target(call, Part.Branch, call.Branch));
            targets.Add(new Target(call, Part.Whole, call.Output));
            if (call.Shortcut is Tensor shortcut)
            {
                targets.Add(new Target(call, Part.Shortcut, shortcut));
            }
        }

        Dictionary<string, Tensor> outputs = [];
        for (int i = 0; i < targets.Count; i++)
        {
            targets[i].Build(outputs, $"v{i}");
        }

        GraphProgram program = new(targets[0].Graph, outputs, []);
        using IExecutor executor = Executors.Create(program, n, threads);
        executor.Random = new RandomKey(seed, 0);
        executor.Feed("input", items.Values);
        foreach (Slot slot in uses.Select(use => use.Block.Step.Slot).OfType<Slot>().Distinct())
        {
            executor.Set(slot, step ?? slot.Initial);
        }

        foreach (Target target in targets)
        {
            target.Start(n, seed);
        }

        for (int i = 0; i < iterations; i++)
        {
            foreach (Target target in targets)
            {
                target.Feed(executor);
            }

            executor.Run(n);
            foreach (Target target in targets)
            {
                target.Fetch(executor);
            }
        }

        return [.. uses.Select(use => new BlockJacobian(
            use.Block.Path,
            Magnitude(use.Block.Skip),
            step is double asked && use.Block.Step.Slot is not null ? Math.Abs(asked) : Magnitude(use.Block.Step),
            Norm(use, Part.Branch),
            use.Shortcut is null ? 1 : Norm(use, Part.Shortcut),
            Norm(use, Part.Whole)))];

        double Norm(BlockCall use, Part part) => targets.First(target => target.Call == use && target.Part == part).Norm;

        static double Magnitude(Coefficient coefficient) => Math.Max(Math.Abs(coefficient.Least), Math.Abs(coefficient.Greatest));
    }

    private static List<BlockCall> Trace(Module model, Shape item)
    {
        // Parts return before their block does, and where F is evaluated several times, F(x) comes first.
        Dictionary<object, ModuleCall> parts = [];
        List<BlockCall> uses = [];
        foreach (ModuleCall call in Tracer.Trace(model, item, training: true).Graph.Calls)
        {
            if (call.Module is ResidualBlock block)
            {
                _ = parts.Remove(block.Branch, out ModuleCall? branch);
                ModuleCall? shortcut = null;
                _ = block.Shortcut is not null && parts.Remove(block.Shortcut, out shortcut);
                // With stochastic depth what stays of F is larger, and that is what the sum takes.
                ModuleCall? kept = null;
                _ = block.DropPath is not null && parts.Remove(block.DropPath, out kept);
                Tensor f = block.Integrator == Integrator.Euler ? (kept ?? branch!).Output : branch!.Output;
                uses.Add(new BlockCall(block, call.Input, f, shortcut?.Output, call.Output));
            }

            parts.TryAdd(call.Module, call);
        }

        return uses;
    }

    private enum Part
    {
        Branch,
        Shortcut,
        Whole,
    }

    private sealed record BlockCall(ResidualBlock Block, Tensor Input, Tensor Branch, Tensor? Shortcut, Tensor Output);

    /// <summary>One Jacobian, of a part of a block, with a direction for each item.</summary>
    private sealed class Target(BlockCall call, Part part, Tensor output)
    {
        private string _name = "";
        private float[] _directions = [];
        private bool _isConstant;

        public BlockCall Call => call;

        public Part Part => part;

        public ComputationGraph Graph => output.Graph;

        public int ItemFloats => call.Input.Shape.ItemCount;

        /// <summary>The largest over the items.</summary>
        public double Norm { get; private set; }

        public void Build(Dictionary<string, Tensor> outputs, string name)
        {
            _name = name;
            Tensor direction = Graph.Input(_name, call.Input.Shape);
            Tensor? forward = Linearize.Forward(output, call.Input, direction);
            _isConstant = forward is null;
            if (forward is not null)
            {
                outputs.Add(_name, Linearize.Backward(output, call.Input, forward)!);
            }
        }

        public void Start(int n, ulong seed)
        {
            _directions = new float[n * ItemFloats];
            Kernels.CounterRandom random = new(seed, Kernels.CounterRandom.KeyOf(_name));
            foreach (ref float value in _directions.AsSpan())
            {
                value = (float)random.NextNormal();
            }

            Normalize();
        }

        public void Feed(IExecutor executor)
        {
            if (!_isConstant)
            {
                executor.Feed(_name, _directions);
            }
        }

        public void Fetch(IExecutor executor)
        {
            if (!_isConstant)
            {
                executor.Fetch(_name, _directions);
                Norm = Math.Sqrt(Normalize());
            }
        }

        // From J^T J v to the next v, item by item; the largest length, which is the square of the Jacobian's norm.
        private double Normalize()
        {
            double largest = 0;
            for (int from = 0; from < _directions.Length; from += ItemFloats)
            {
                Span<float> item = _directions.AsSpan(from, ItemFloats);
                double squares = 0;
                foreach (float value in item)
                {
                    squares += (double)value * value;
                }

                double length = Math.Sqrt(squares);
                largest = length > largest || double.IsNaN(length) ? length : largest;
                if (length > 0)
                {
                    foreach (ref float value in item)
                    {
                        value = (float)(value / length);
                    }
                }
            }

            return largest;
        }
    }
}
