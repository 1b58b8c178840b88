using System.Diagnostics;
using System.Runtime.InteropServices;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>Runs a program with vector kernels on a team of threads, in buffers planned once.</summary>
internal sealed unsafe class CpuExecutor : IExecutor, IParallelWork
{
    // What the team is doing at the moment.
    private enum Job
    {
        Prepare,
        Items,
        Slices,
        Finish,
        Whole,
        Update,
    }

    private const int FinishPart = 8192;
    private const int UpdatePart = 16384;

    // With a seventh of a prediction left to one thread, more chunks than these are faster side by side, however many the threads.
    private const int MostShared = 4;

    private readonly CpuPlan _plan;
    private readonly ThreadTeam _team;
    private readonly NativeBuffer _store;
    private readonly NativeBuffer _small;
    private readonly NativeBuffer[] _scratch;
    private readonly CpuContext[] _contexts;
    private readonly FedInputs _fed;
    private readonly Dictionary<Variable, CpuValue> _variables = [];
    private readonly Dictionary<Slot, CpuValue> _slots = [];
    private readonly (CpuValue From, CpuValue To)[] _copies;
    private readonly Dictionary<CpuWork, (UpdateStep Step, int From, int To)[]> _updates = [];
    private readonly Dictionary<CpuWork, (CpuStep Step, int From, int To)[]> _finishes = [];
    private CpuWork _work = null!;
    private int _group;
    private CpuStep _wide = null!;
    private CpuStep _sliced = null!;
    private int _slices;
    private bool _stale = true;
    private (UpdateStep Step, int From, int To)[] _updateParts = [];
    private (CpuStep Step, int From, int To)[] _finishParts = [];
    private Job _job;
    private string? _guard;
    private bool _disposed;

    public CpuExecutor(CpuPlan plan, int threads, VectorKernels kernels)
    {
        _plan = plan;
        _team = ThreadTeam.OfSize(threads);
        _fed = new FedInputs(plan.Source, plan.Program, plan.MaxBatch);
        _store = new NativeBuffer(plan.StoreFloats);
        if (plan.Trains)
        {
            _store.TouchAhead();
        }

        _small = new NativeBuffer(plan.SmallFloats);
        _scratch = new NativeBuffer[threads];
        _contexts = new CpuContext[threads];
        for (int i = 0; i < threads; i++)
        {
            _scratch[i] = new NativeBuffer(plan.ScratchFloats);
            _contexts[i] = new CpuContext
            {
                Kernels = kernels,
                Store = _store.Data,
                Small = _small.Data,
                Scratch = _scratch[i].Data,
                Items = _scratch[i].Data,
                Threads = threads,
            };
        }

        _copies = [.. plan.Copies];
        foreach (CpuWork work in plan.Phases.SelectMany(phase => new[] { phase.Plain, phase.Observed }).Distinct())
        {
            _updates.Add(work, Parts(work.Unbatched.OfType<UpdateStep>(), step => step.Elements, UpdatePart));
            _finishes.Add(work, Parts(work.Reductions, step => step.FinishElements, FinishPart));
        }

        foreach ((Node node, CpuValue value) in plan.Sources)
        {
            switch (node.Operation)
            {
                case VariableOp op:
                    _variables.Add(op.Variable, value);
                    // The buffer is zero already, as most of an optimiser's memory is.
                    if (op.Variable.Values.AsSpan().ContainsAnyExcept(0f))
                    {
                        Write(op.Variable, op.Variable.Values);
                    }

                    break;
                case SlotOp op:
                    _slots.TryAdd(op.Slot, value);
                    Set(op.Slot, op.Slot.Initial);
                    break;
                default:
                    break;
            }
        }
    }

    public int MaxBatch => _plan.MaxBatch;

    public RandomKey Random { get; set; }

    public bool Observe { get; set; }

    public string? Guard
    {
        get => _guard;
        set => _guard = _plan.Program.ScalarOutput(value);
    }

    /// <summary>Where given, receives the ticks that each step takes; for one thread, to see where the time goes.</summary>
    public Dictionary<CpuStep, long>? Profile { get; set; }

    public void Feed(string input, ReadOnlySpan<float> values)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_fed.Accept(input, values))
        {
            long offset = _plan.FeedOffset(input);
            values.CopyTo(new Span<float>(_store.Data + offset, values.Length));
            GC.KeepAlive(this);
        }
    }

    public void Set(Slot slot, double value)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_slots.TryGetValue(slot, out CpuValue? place))
        {
            *place.Numbers(_contexts[0]) = (float)value;
            _stale |= _plan.IsReadByConstants(place);
            GC.KeepAlive(this);
        }
    }

    public double Get(Slot slot)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        double value = _slots.TryGetValue(slot, out CpuValue? place) ? *place.Numbers(_contexts[0]) : slot.Initial;
        GC.KeepAlive(this);
        return value;
    }

    public void Run(int n)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _fed.Check(n);
        foreach (CpuContext context in _contexts)
        {
            (context.N, context.Chunks, context.Random) = (n, CpuPlan.Chunks(n), Random);
        }

        if (_stale)
        {
            PrepareConstants();
        }

        // The last phase holds the updates and nothing else, so that a guard can leave them out.
        for (int i = 0; i < _plan.Phases.Length - 1; i++)
        {
            RunPhase(_plan.Phases[i]);
        }

        if (!GuardIsFinite())
        {
            return;
        }

        RunPhase(_plan.Phases[^1]);
        foreach ((CpuValue from, CpuValue to) in _copies)
        {
            new ReadOnlySpan<float>(from.Numbers(_contexts[0]), from.Weights.Floats)
                .CopyTo(new Span<float>(to.Numbers(_contexts[0]), to.Weights.Floats));
        }

        // Pointers do not hold an executor that nobody else holds: its buffers could be finalised under a kernel.
        GC.KeepAlive(this);
    }

    public void Fetch(string output, Span<float> values)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        CpuValue value = _plan.Output(output);
        CpuContext c = _contexts[0];
        if (value.Place == Place.Small)
        {
            value.Weights.Unpack(value.Numbers(c), values[..value.Tensor.Shape.ItemCount]);
            GC.KeepAlive(this);
            return;
        }

        int itemFloats = value.Tensor.Shape.ItemCount;
        fixed (float* into = values[..(c.N * itemFloats)])
        {
            for (int item = 0; item < c.N; item++)
            {
                value.Gather(c, item, into + ((long)item * itemFloats));
            }
        }

        GC.KeepAlive(this);
    }

    public void Read(Variable variable, Span<float> values)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_variables.TryGetValue(variable, out CpuValue? value))
        {
            value.Weights.Unpack(value.Numbers(_contexts[0]), values[..variable.Shape.ItemCount]);
            GC.KeepAlive(this);
        }
    }

    public void Write(Variable variable, ReadOnlySpan<float> values)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ExecutorChecks.Length(variable, values.Length);
        if (_variables.TryGetValue(variable, out CpuValue? value))
        {
            value.Weights.Pack(values, value.Numbers(_contexts[0]));
            _stale |= _plan.IsReadByConstants(value);
            GC.KeepAlive(this);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _store.Dispose();
        _small.Dispose();
        foreach (NativeBuffer scratch in _scratch)
        {
            scratch.Dispose();
        }
    }

    void IParallelWork.Do(int unit, int thread)
    {
        CpuContext c = _contexts[thread];
        switch (_job)
        {
            case Job.Items:
                RunChunk(c, unit);
                break;
            case Job.Prepare:
                _wide.PreparePart(c, unit);
                break;
            case Job.Slices:
                _sliced.RunSlice(c, unit, _slices);
                break;
            case Job.Finish:
                (CpuStep step, int from, int to) = _finishParts[unit];
                long start = Stopwatch.GetTimestamp();
                step.Finish(c, from, to);
                Book(step, start);
                break;
            case Job.Whole:
                _wide.RunBlock(c, unit);
                break;
            default:
                (UpdateStep update, int first, int last) = _updateParts[unit];
                start = Stopwatch.GetTimestamp();
                update.RunPart(c, first, last);
                Book(update, start);
                break;
        }
    }

    // What depends on variables and slots alone: once, and again where one of them was set.
    private void PrepareConstants()
    {
        foreach (CpuStep step in _plan.ConstantSteps)
        {
            RunWhole(step, _contexts[0]);
        }

        Prepare(_plan.ConstantPreparations);
        _stale = false;
    }

    private void Prepare(CpuStep[] steps)
    {
        foreach (CpuStep step in steps)
        {
            long start = Stopwatch.GetTimestamp();
            if (step.PrepareParts > 1)
            {
                _wide = step;
                Do(Job.Prepare, step.PrepareParts);
            }
            else
            {
                step.Prepare(_contexts[0]);
            }

            Book(step, start);
        }
    }

    private bool GuardIsFinite()
    {
        float value = 0;
        if (_guard is not null)
        {
            Fetch(_guard, new Span<float>(ref value));
        }

        return float.IsFinite(value);
    }

    private void RunPhase(CpuPhase phase)
    {
        CpuContext main = _contexts[0];
        CpuWork work = Observe ? phase.Observed : phase.Plain;
        (_work, _group) = (work, phase.Group);
        foreach (CpuStep step in work.Unbatched)
        {
            if (step is not UpdateStep)
            {
                RunWhole(step, main);
            }
        }

        Prepare(work.WholePreparations);
        foreach (CpuStep step in work.Whole)
        {
            RunWhole(step, main);
        }

        if (work.Steps.Length > 0)
        {
            Prepare(work.ItemPreparations);

            bool shared = AreShared(main.Chunks);
            foreach (CpuContext context in _contexts)
            {
                context.Items = shared ? main.Scratch : context.Scratch;
            }

            for (int chunk = 0; shared && chunk < main.Chunks; chunk++)
            {
                RunChunk(main, chunk, shared: true);
            }

            Do(Job.Items, shared ? 0 : main.Chunks);
        }

        _finishParts = _finishes[work];
        Do(Job.Finish, _finishParts.Length);
        _updateParts = _updates[work];
        Do(Job.Update, _updateParts.Length);
    }

    // Whether all threads share each step, chunk by chunk, rather than take a chunk each. Only convolutions can be shared: most of a
    // prediction, less than half of a training step. So few chunks must there be, and twice as many threads, for that to be faster.
    private bool AreShared(int chunks) =>
        chunks < _contexts.Length && (chunks == 1 || (!_plan.Trains && chunks <= MostShared && 2 * chunks <= _contexts.Length));

    private void RunWhole(CpuStep step, CpuContext main)
    {
        long start = Stopwatch.GetTimestamp();
        if (step.Blocks > 0)
        {
            _wide = step;
            Do(Job.Whole, step.Blocks);
            step.Join(main);
        }
        else
        {
            step.Run(main);
        }

        Book(step, start);
    }

    private void Book(CpuStep step, long start)
    {
        if (Profile is not null)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Profile, step, out _) += Stopwatch.GetTimestamp() - start;
        }
    }

    private void Do(Job job, int units)
    {
        if (units > 0)
        {
            _job = job;
            _team.Run(this, units);
        }
    }

    private void RunChunk(CpuContext c, int chunk, bool shared = false)
    {
        c.Chunk = chunk;
        foreach (CpuStep step in _work.Reductions)
        {
            new Span<float>(c.Store + step.PartialOffset + ((nint)chunk * step.PartialFloats), step.PartialFloats).Clear();
        }

        (c.First, c.Count) = (chunk * CpuPlan.ChunkItems, _group);
        foreach (CpuValue value in _work.KeptHalos)
        {
            ClearHalos(value, c);
        }

        int end = Math.Min(c.N, (chunk + 1) * CpuPlan.ChunkItems);
        for (int first = chunk * CpuPlan.ChunkItems; first < end; first += _group)
        {
            c.First = first;
            c.Count = Math.Min(_group, end - first);
            foreach (CpuStep step in _work.Steps)
            {
                foreach (CpuValue output in step.Outputs)
                {
                    if (!output.KeepsHalo)
                    {
                        ClearHalos(output, c);
                    }
                }

                int slices = shared ? step.Slices(c) : 1;
                if (slices > 1)
                {
                    RunSlices(step, c, slices);
                }
                else
                {
                    RunStep(step, c);
                }
            }
        }
    }

    private void RunSlices(CpuStep step, CpuContext main, int slices)
    {
        foreach (CpuContext c in _contexts)
        {
            (c.First, c.Count, c.Chunk) = (main.First, main.Count, main.Chunk);
        }

        (_sliced, _slices) = (step, slices);
        Do(Job.Slices, slices);
    }

    private static void ClearHalos(CpuValue value, CpuContext c)
    {
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            value.ClearHalo(c, item);
        }
    }

    private void RunStep(CpuStep step, CpuContext c)
    {
        long start = Profile is null ? 0 : Stopwatch.GetTimestamp();
        step.Run(c);
        Book(step, start);
    }

    private static (TStep Step, int From, int To)[] Parts<TStep>(IEnumerable<TStep> steps, Func<TStep, int> elements, int part)
        where TStep : CpuStep
    {
        List<(TStep, int, int)> parts = [];
        foreach (TStep step in steps)
        {
            for (int from = 0; from < elements(step); from += part)
            {
                parts.Add((step, from, Math.Min(elements(step), from + part)));
            }
        }

        return [.. parts];
    }
}
