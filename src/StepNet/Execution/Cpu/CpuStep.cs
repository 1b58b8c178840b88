using StepNet.Graph;

namespace StepNet.Execution.Cpu;

/// <summary>A node bound to places in memory and to a kernel. Immutable: what varies is in the context.</summary>
internal abstract unsafe class CpuStep(Node node)
{
    public Node Node { get; } = node;

    /// <summary>Floats of a partial result for each chunk of the batch; 0 for none.</summary>
    public virtual int PartialFloats => 0;

    /// <summary>Where the partial results lie, in the store.</summary>
    public long PartialOffset { get; set; }

    /// <summary>Floats of memory of its own among the unbatched values: per-channel coefficients.</summary>
    public virtual int OwnFloats => 0;

    /// <summary>Where that memory lies, among the unbatched values.</summary>
    public long OwnOffset { get; set; }

    /// <summary>Floats that <see cref="Prepare"/> fills for its phase: weights turned or transformed. Other phases use the same memory.</summary>
    public virtual int PreparedFloats => 0;

    /// <summary>Where they lie, in the store.</summary>
    public long PreparedOffset { get; set; }

    /// <summary>Floats of scratch that it needs while it runs.</summary>
    public virtual int TemporaryFloats => 0;

    /// <summary>Where its scratch lies.</summary>
    public long TemporaryOffset { get; set; }

    /// <summary>Values written, whose halos must be cleared first.</summary>
    public CpuValue[] Outputs { get; init; } = [];

    /// <summary>Once, before the phase: from unbatched values to coefficients.</summary>
    public virtual void Prepare(CpuContext c)
    {
    }

    /// <summary>Parts that <see cref="Prepare"/> may be split into.</summary>
    public virtual int PrepareParts => 1;

    /// <summary>One of those parts.</summary>
    public virtual void PreparePart(CpuContext c, int part) => Prepare(c);

    /// <summary>The present group of items.</summary>
    public abstract void Run(CpuContext c);

    /// <summary>Parts that the present group may be split into, so that threads share it; 1 where that does not pay.</summary>
    /// <remarks>The parts write what <see cref="Run"/> writes, bit for bit.</remarks>
    public virtual int Slices(CpuContext c) => 1;

    /// <summary>One of those parts.</summary>
    public virtual void RunSlice(CpuContext c, int slice, int slices) => Run(c);

    /// <summary>Elements that <see cref="Finish"/> may be split over.</summary>
    public virtual int FinishElements => PartialFloats > 0 ? 1 : 0;

    /// <summary>Combines the partial results, elements [from, to).</summary>
    public virtual void Finish(CpuContext c, int from, int to)
    {
    }

    /// <summary>Parts that the whole batch's work may be split into; 0 where it cannot be split.</summary>
    public virtual int Blocks => 0;

    /// <summary>One of those parts.</summary>
    public virtual void RunBlock(CpuContext c, int block)
    {
    }

    /// <summary>Once, after all parts: joins what they left.</summary>
    public virtual void Join(CpuContext c)
    {
    }

    /// <summary>Slices for this much work: as many as there are threads, where each is worth waking one.</summary>
    /// <param name="c">The context.</param>
    /// <param name="multiplyAdds">Of the whole.</param>
    /// <param name="most">Parts that there are at most.</param>
    protected static int SlicesFor(CpuContext c, long multiplyAdds, int most)
    {
        // Some 2 us of work: handing it over takes less than one.
        const int WorthWaking = 100_000;
        return (int)Math.Clamp(Math.Min(multiplyAdds / WorthWaking, most), 1, c.Threads);
    }

    /// <summary>Where slice number <paramref name="slice"/> of <paramref name="count"/> things starts; the next slice's start is its end.</summary>
    protected static int SliceStart(int count, int slice, int slices, int multiple = 1)
    {
        int units = (count + multiple - 1) / multiple;
        return Math.Min(count, (int)((long)units * slice / slices) * multiple);
    }

    protected float* Own(CpuContext c) => c.Small + OwnOffset;

    protected float* Prepared(CpuContext c) => c.Store + PreparedOffset;

    protected float* Temporary(CpuContext c) => c.Scratch + TemporaryOffset;

    /// <summary>Partial result of the present chunk.</summary>
    protected float* Partial(CpuContext c) => Partials(c) + ((nint)c.Chunk * PartialFloats);

    /// <summary>Partial result of the first chunk.</summary>
    protected float* Partials(CpuContext c) => c.Store + PartialOffset;
}
