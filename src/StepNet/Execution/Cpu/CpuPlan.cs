using System.Collections.Immutable;
using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Execution.Cpu;

/// <summary>
/// A program bound to the CPU: phases of steps, and a place in memory for every value, as offsets. Immutable and without
/// buffers, so that any number of executors can share it.
/// </summary>
internal sealed class CpuPlan
{
    /// <summary>Items of the batch that make a chunk: a unit of work, and a leaf of every reduction's tree.</summary>
    /// <remarks>Fixed, so that sums come out the same for any number of threads.</remarks>
    public const int ChunkItems = 8;

    private const int GroupBytes = 1024 * 1024;

    // The most that a group may touch where weights do not stay in the second cache: its part of the third.
    private const int SpillingGroupBytes = 6 * GroupBytes;

    // Values with a halo that get memory of their own in a phase: a few cost no cache, and their zeros stay.
    private const int KeptHalos = 4;

    private readonly Dictionary<Tensor, CpuValue> _stored = [];
    private readonly Dictionary<Tensor, CpuValue> _small = [];
    private readonly Dictionary<Tensor, (int First, int Last)> _storedLife = [];
    private readonly Dictionary<Tensor, Padding> _halos = [];
    private readonly HashSet<Tensor> _narrow = [];
    private readonly HashSet<Tensor> _constant = [];
    private readonly HashSet<Tensor> _constantReads = [];
    private readonly List<CpuStep> _constantSteps = [];
    private readonly List<CpuStep> _constantPreparations = [];
    private readonly List<(MemoryRequest Request, Action<long> Place)> _storeRequests = [];
    private readonly Dictionary<string, long> _feeds = [];

    public CpuPlan(GraphProgram program, int maxBatch, bool fuse = true)
    {
        Source = program;
        Program = fuse ? Fold.Apply(Fuse.Apply(program)) : Fuse.Apply(program, []);
        MaxBatch = maxBatch;
        ImmutableArray<Phase> phases = Passes.Phases.Of(Program);
        FindConstants();
        FindLayouts();
        FindStored(phases);
        PlanFeeds(phases.Length);
        Phases = [.. phases.Select(BindPhase)];
        PlaceStore();
    }

    public GraphProgram Source { get; }

    public GraphProgram Program { get; }

    public int MaxBatch { get; }

    /// <summary>Whether it learns: such a program runs whole batches, where one that predicts may see single items.</summary>
    public bool Trains => !Program.Updates.IsEmpty;

    public ImmutableArray<CpuPhase> Phases { get; }

    /// <summary>Unbatched steps whose results change only when a variable or a slot is set, such as folded weights.</summary>
    public IReadOnlyList<CpuStep> ConstantSteps => _constantSteps;

    /// <summary>Steps whose <see cref="CpuStep.Prepare"/> need be called then only.</summary>
    public CpuStep[] ConstantPreparations => [.. _constantPreparations];

    /// <summary>Floats for values of the whole batch and for partial sums.</summary>
    public long StoreFloats { get; private set; }

    /// <summary>Floats for unbatched values.</summary>
    public long SmallFloats { get; private set; }

    /// <summary>Floats that a thread needs for its present items.</summary>
    public long ScratchFloats { get; private set; }

    public static int Chunks(int n) => (n + ChunkItems - 1) / ChunkItems;

    /// <summary>Where the numbers of an input are to be put.</summary>
    public long FeedOffset(string input) => _feeds[input];

    /// <summary>Where a value lies in the phase that makes it first.</summary>
    public Place PlaceOf(Tensor tensor) =>
        !tensor.Shape.Batched ? Place.Small : _stored.ContainsKey(tensor) ? Place.Store : Place.Scratch;

    /// <summary>A named output.</summary>
    public CpuValue Output(string name)
    {
        Tensor tensor = Program.Result(name);
        return tensor.Shape.Batched ? _stored[tensor] : Small(tensor);
    }

    /// <summary>All variables and slots with their places.</summary>
    public IEnumerable<(Node Node, CpuValue Value)> Sources => Program.Nodes
        .Where(node => node.Operation is VariableOp or SlotOp)
        .Select(node => (node, Small(node.Outputs[0])));

    /// <summary>Copies to make at the end of a step: results of updates that are not computed in place.</summary>
    public IReadOnlyList<(CpuValue From, CpuValue To)> Copies =>
        [.. from update in Program.Updates
            where update.Value.Producer.Operation is not UpdateOp
            select (Small(update.Value), Small(Program.Graph.Read(update.Variable)))];

    /// <summary>Whether setting a variable or a slot changes what <see cref="ConstantSteps"/> and preparations left.</summary>
    public bool IsReadByConstants(CpuValue source) => _constantReads.Contains(source.Tensor);

    // What no run changes: sources that nothing updates, and numbers worked out from such alone. A closed list of operations:
    // one of a user's own may draw random numbers or count the batch.
    private void FindConstants()
    {
        HashSet<Variable> updated = [.. Program.Updates.Select(update => update.Variable)];
        foreach (Node node in Program.Nodes)
        {
            bool constant = node.Operation switch
            {
                VariableOp op => !updated.Contains(op.Variable),
                SlotOp or ConstantOp => true,
                NormCoefficientsOp or ScaleOutputsOp or ScaleOp or MultiplyOp or AddOp => AreConstant(node.Inputs),
                _ => false,
            };
            _constant.UnionWith(constant ? node.Outputs : []);
        }
    }

    private bool AreConstant(IEnumerable<Tensor> tensors) => tensors.All(_constant.Contains);

    // What only observes takes values as they lie: the other steps are the same with it and without.
    private void FindLayouts()
    {
        foreach (Node node in Program.Nodes.Where(node => !Program.Observers.Contains(node)))
        {
            switch (node.Operation)
            {
                case Conv2dOp op:
                    Widen(node.Inputs[0], op.Geometry.Padding);
                    break;
                case FoldedConvOp op:
                    Widen(node.Inputs[0], op.Convolution.Geometry.Padding);
                    break;
                case Conv2dBackwardWeightsOp op:
                    Widen(node.Inputs[0], op.Geometry.Padding);
                    break;
                case Conv2dBackwardDataOp op:
                    Widen(node.Inputs[0], ConvPlans.BackwardHalo(
                        op.Geometry, node.Outputs[0].Shape, node.Inputs[0].Shape, node.Inputs[1].Shape));
                    break;
                case InputOp:
                    _narrow.Add(node.Outputs[0]);
                    break;
                default:
                    break;
            }

            // By position: a folded convolution may read an image a second time, as its shortcut.
            bool convolves = node.Operation is Conv2dOp or FoldedConvOp or Conv2dBackwardWeightsOp;
            foreach (Tensor input in node.Inputs.Skip(convolves ? 1 : 0))
            {
                _narrow.Remove(input);
            }
        }

        // Those of the library's taps take narrow pixels too.
        foreach (Node node in Program.Observers.Where(node => node.Operation is not (MomentsOp or BatchDistanceOp or ChannelStatisticsOp)))
        {
            _narrow.ExceptWith(node.Inputs);
        }
    }

    private void Widen(Tensor tensor, Padding need)
    {
        Padding has = _halos.GetValueOrDefault(tensor);
        _halos[tensor] = new Padding(
            Math.Max(has.Top, need.Top), Math.Max(has.Bottom, need.Bottom),
            Math.Max(has.Left, need.Left), Math.Max(has.Right, need.Right));
    }

    private CpuValue Make(Tensor tensor, Place place) =>
        new(tensor, place, _halos.GetValueOrDefault(tensor), _narrow.Contains(tensor));

    // A batched value is stored where another phase reads it, a whole-batch node touches it, or it is an output.
    private void FindStored(ImmutableArray<Phase> phases)
    {
        Dictionary<Tensor, int> made = [];
        for (int i = 0; i < phases.Length; i++)
        {
            HashSet<Node> steps = [.. phases[i].Observed];
            foreach (Node node in phases[i].Whole)
            {
                foreach (Tensor tensor in node.Outputs.Concat(node.Reads).Where(t => t.Shape.Batched))
                {
                    Store(tensor, i);
                }
            }

            foreach (Node node in phases[i].Observed)
            {
                foreach (Tensor output in node.Outputs.Where(t => t.Shape.Batched))
                {
                    // A recomputed value is made again: the first making is the stored one.
                    made.TryAdd(output, i);
                }

                foreach (Tensor input in node.Reads.Where(t => t.Shape.Batched && !steps.Contains(t.Producer)))
                {
                    Store(input, i);
                }
            }
        }

        foreach (Tensor output in Program.Outputs.Values.Where(t => t.Shape.Batched))
        {
            Store(output, made.GetValueOrDefault(output));
            _storedLife[output] = (_storedLife[output].First, phases.Length);
        }

        void Store(Tensor tensor, int phase)
        {
            int first = made.GetValueOrDefault(tensor, phase);
            (int First, int Last) life = _storedLife.GetValueOrDefault(tensor, (first, phase));
            _storedLife[tensor] = (Math.Min(life.First, first), Math.Max(life.Last, phase));
            if (!_stored.ContainsKey(tensor))
            {
                _stored.Add(tensor, Make(tensor, Place.Store));
            }
        }
    }

    private void PlanFeeds(int phases)
    {
        foreach ((string name, Tensor tensor) in Program.Inputs)
        {
            _storeRequests.Add((
                new MemoryRequest(Align((long)tensor.Shape.ItemCount * MaxBatch), 0, phases), offset => _feeds[name] = offset));
        }
    }

    private CpuPhase BindPhase(Phase phase, int index)
    {
        Dictionary<Tensor, CpuValue> scratch = [];
        foreach (Node node in phase.Observed)
        {
            foreach (Tensor output in node.Outputs.Where(t => t.Shape.Batched))
            {
                bool stored = _storedLife.TryGetValue(output, out (int First, int Last) life) && life.First == index;
                if (!stored)
                {
                    scratch.Add(output, Make(output, Place.Scratch));
                }
            }
        }

        CpuValue Value(Tensor tensor) => !tensor.Shape.Batched ? Small(tensor)
            : scratch.TryGetValue(tensor, out CpuValue? value) ? value : _stored[tensor];

        // The steps of a phase may compute such a value again for themselves, a few items at a time.
        CpuValue Whole(Tensor tensor) => tensor.Shape.Batched ? _stored[tensor] : Small(tensor);

        _constantSteps.AddRange(phase.Unbatched
            .Where(node => AreConstant(node.Outputs)).Select(node => Constant(Own(CpuSteps.Unbatched(node, Small), index))));
        CpuStep[] unbatched = [.. phase.Unbatched
            .Where(node => !AreConstant(node.Outputs))
            .Select(node => Own(CpuSteps.Unbatched(node, Small), index))];
        CpuStep[] whole = [.. phase.Whole.Select(node => Own(CpuSteps.Whole(node, MaxBatch, Whole), index))];
        CpuStep[] steps = [.. phase.Observed.Select(node => Own(CpuSteps.Item(node, MaxBatch, Value, IsReady(node)), index))];
        _constantPreparations.AddRange(whole.Concat(steps).Where(step => IsReady(step.Node)).Select(Constant));
        foreach (InputStep step in steps.OfType<InputStep>())
        {
            string name = ((InputOp)step.Node.Operation).InputName;
            _storeRequests.Add((new MemoryRequest(0, index, index), _ => step.FeedOffset = _feeds[name]));
        }

        int group = GroupOf(phase, Value);
        long temporary = whole.Select(step => Align(step.TemporaryFloats)).DefaultIfEmpty().Max();
        ScratchFloats = Math.Max(Math.Max(ScratchFloats, temporary), PlaceScratch(steps, scratch, group));
        CpuStep[] prepared = [.. whole.Concat(steps).Where(step => !IsReady(step.Node))];
        CpuWork observed = new(unbatched, whole, steps, prepared);
        if (phase.Steps.Length == steps.Length && !phase.Unbatched.Concat(phase.Whole).Any(Program.Observers.Contains))
        {
            return new CpuPhase(observed, observed, group);
        }

        HashSet<Node> plain = [.. phase.Steps];
        CpuStep[] some = [.. steps.Where(step => plain.Contains(step.Node))], all = [.. whole.Where(step => !Program.Observers.Contains(step.Node))];
        return new CpuPhase(
            new CpuWork(
                [.. unbatched.Where(step => !Program.Observers.Contains(step.Node))],
                all,
                some,
                [.. prepared.Where(step => all.Contains(step) || some.Contains(step))]),
            observed,
            group);

        bool IsReady(Node node) => AreConstant(node.Inputs.Where(input => !input.Shape.Batched));

        CpuStep Constant(CpuStep step)
        {
            _constantReads.UnionWith(step.Node.Inputs.Where(_constant.Contains));
            return step;
        }
    }

    // As many items as stay in the second cache together, so that weights are read once for several small images. What counts is
    // what a few steps in a row touch: a value read again much later comes from the third cache or memory in any case. Where the
    // phase's weights and their gradients are too many for that cache, as in a deep network that is one phase, every group fetches
    // them again: then more items, though they spill, cost less.
    private static int GroupOf(Phase phase, Func<Tensor, CpuValue> value)
    {
        const int StepsInARow = 6;
        long bytes = 0;
        for (int i = 0; i == 0 || i <= phase.Steps.Length - StepsInARow; i++)
        {
            bytes = Math.Max(bytes, sizeof(float) * Values(phase.Steps.Skip(i).Take(StepsInARow), batched: true)
                .Sum(v => (long)v.Layout.ItemFloats));
        }

        long weights = sizeof(float) * Values(phase.Steps, batched: false).Sum(v => (long)v.Weights.Floats);
        long most = weights > GroupBytes * 3 / 2 ? Math.Min(weights * 3 / 2, SpillingGroupBytes) : GroupBytes;
        int group = 1;
        while (group < ChunkItems && bytes * group * 2 <= most)
        {
            group *= 2;
        }

        return group;

        IEnumerable<CpuValue> Values(IEnumerable<Node> steps, bool batched) => steps
            .SelectMany(node => node.Outputs.Concat(node.Reads))
            .Where(tensor => tensor.Shape.Batched == batched)
            .Select(value)
            .Distinct();
    }

    private static long PlaceScratch(CpuStep[] steps, Dictionary<Tensor, CpuValue> scratch, int group)
    {
        List<(MemoryRequest Request, Action<long> Place)> requests = [];
        bool few = scratch.Values.Count(value => value.Layout.HasHalo) <= KeptHalos;
        foreach ((Tensor tensor, CpuValue value) in scratch)
        {
            value.KeepsHalo = few && value.Layout.HasHalo;
            if (value.KeepsHalo)
            {
                requests.Add((
                    new MemoryRequest(Align((long)value.Layout.ItemFloats * group), 0, steps.Length), offset => value.Offset = offset));
                continue;
            }

            int first = Array.FindIndex(steps, step => step.Node.Outputs.Contains(tensor));
            int last = Array.FindLastIndex(steps, step => step.Node.Reads.Contains(tensor));
            requests.Add((
                new MemoryRequest(Align((long)value.Layout.ItemFloats * group), first, Math.Max(first, last)),
                offset => value.Offset = offset));
        }

        for (int i = 0; i < steps.Length; i++)
        {
            CpuStep step = steps[i];
            if (step.TemporaryFloats > 0)
            {
                requests.Add((new MemoryRequest(Align(step.TemporaryFloats), i, i), offset => step.TemporaryOffset = offset));
            }
        }

        return PlaceAll(requests);
    }

    private CpuStep Own(CpuStep step, int phase)
    {
        if (step.OwnFloats > 0)
        {
            step.OwnOffset = SmallFloats;
            SmallFloats += Align(step.OwnFloats);
        }

        if (step.PreparedFloats > 0)
        {
            bool stays = AreConstant(step.Node.Inputs.Where(input => !input.Shape.Batched));
            _storeRequests.Add((
                new MemoryRequest(Align(step.PreparedFloats), stays ? 0 : phase, stays ? int.MaxValue : phase),
                offset => step.PreparedOffset = offset));
        }

        if (step.PartialFloats > 0)
        {
            long floats = (long)step.PartialFloats * Chunks(MaxBatch);
            _storeRequests.Add((new MemoryRequest(Align(floats), phase, phase), offset => step.PartialOffset = offset));
        }

        return step;
    }

    private CpuValue Small(Tensor tensor)
    {
        if (!_small.TryGetValue(tensor, out CpuValue? value))
        {
            value = new CpuValue(tensor, Place.Small, default, false) { Offset = SmallFloats };
            SmallFloats += Align(value.Weights.Floats);
            _small.Add(tensor, value);
        }

        return value;
    }

    private void PlaceStore()
    {
        foreach ((Tensor tensor, CpuValue value) in _stored)
        {
            (int first, int last) = _storedLife[tensor];
            _storeRequests.Add((
                new MemoryRequest(Align((long)value.Layout.ItemFloats * MaxBatch), first, last), offset => value.Offset = offset));
        }

        // Unbatched values that nothing has asked for yet: outputs and variables that are only written.
        foreach (Node node in Program.Nodes)
        {
            foreach (Tensor output in node.Outputs.Where(t => !t.Shape.Batched))
            {
                if (node.Operation is not UpdateOp)
                {
                    Small(output);
                }
            }
        }

        StoreFloats = PlaceAll(_storeRequests);
    }

    private static long PlaceAll(List<(MemoryRequest Request, Action<long> Place)> requests)
    {
        long total = PlanMemory.Assign([.. requests.Select(request => request.Request)], out long[] offsets);
        for (int i = 0; i < offsets.Length; i++)
        {
            requests[i].Place(offsets[i]);
        }

        return total;
    }

    private static long Align(long floats) => (floats + 15) / 16 * 16;
}

/// <summary>A phase bound to the CPU.</summary>
/// <param name="Plain">What a run does that does not observe.</param>
/// <param name="Observed">What a run does that observes; the same object where there is nothing to observe.</param>
/// <param name="Group">Items of a group.</param>
internal sealed record CpuPhase(CpuWork Plain, CpuWork Observed, int Group);

/// <summary>The steps of a phase.</summary>
/// <param name="Unbatched">Small steps, one after another.</param>
/// <param name="Whole">Steps over the whole batch, one after another.</param>
/// <param name="Steps">Steps that each group of items goes through.</param>
/// <param name="Preparations">Those of the last two to be prepared in each run.</param>
internal sealed record CpuWork(CpuStep[] Unbatched, CpuStep[] Whole, CpuStep[] Steps, CpuStep[] Preparations)
{
    /// <summary>Steps over the whole batch, and those of items, that are to be prepared in each run.</summary>
    public CpuStep[] WholePreparations { get; } = [.. Preparations.Where(Whole.Contains)];

    public CpuStep[] ItemPreparations { get; } = [.. Preparations.Where(step => !Whole.Contains(step))];

    /// <summary>Steps with partial results to be combined.</summary>
    public CpuStep[] Reductions { get; } = [.. Steps.Where(step => step.PartialFloats > 0)];

    /// <summary>Values whose halos are cleared once a chunk.</summary>
    public CpuValue[] KeptHalos { get; } = [.. Steps.SelectMany(step => step.Outputs).Where(output => output.KeepsHalo)];
}
