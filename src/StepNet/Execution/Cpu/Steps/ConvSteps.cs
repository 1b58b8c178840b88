using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Passes;

namespace StepNet.Execution.Cpu;

/// <summary>Convolution and linear layer forward. A group of vectors is a row of pixels to the kernel.</summary>
internal sealed unsafe class ConvStep(
    Node node, ConvGeometry geometry, CpuValue x, CpuValue w, CpuValue y, ConvEpilogue? epilogue = null) : CpuStep(node)
{
    private readonly ConvPlan _plan = ConvPlans.Forward(geometry, x.Layout, y.Layout, w.Weights).Merged();
    private readonly ConvByItems? _byItems = !ConvByItems.IsFor(y.Layout) ? null
        : new ConvByItems(ConvPlans.Merged(ConvPlans.ForwardByItems(geometry, x.Layout, y.Layout, w.Weights)), w.Weights);
    private readonly long _work = MultiplyAdds.PerItem(node);

    public override int OwnFloats => epilogue?.Floats ?? 0;

    public override void Prepare(CpuContext c) => epilogue?.Prepare(c, Own(c));

    public override void Run(CpuContext c) => RunSlice(c, 0, 1);

    public override int Slices(CpuContext c) => SlicesFor(c, c.Count * _work, GoesByItems(c) ? _byItems!.Blocks : _plan.Rows);

    public override void RunSlice(CpuContext c, int slice, int slices)
    {
        if (GoesByItems(c))
        {
            ConvByItems by = _byItems!;
            for (int block = SliceStart(by.Blocks, slice, slices); block < SliceStart(by.Blocks, slice + 1, slices); block++)
            {
                by.Run(c, x.Rows(c, c.First).Data, w.Numbers(c) + ((nint)block * by.BlockStride), y.Rows(c, c.First).Data, c.Count, block);
                epilogue?.ApplyTo(c, c.First, c.Count, block * by.BlockChannels, by.BlockChannels, Own(c));
            }

            return;
        }

        int from = SliceStart(_plan.Rows, slice, slices), rows = SliceStart(_plan.Rows, slice + 1, slices) - from;
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            c.Kernels.Conv2d(_plan, x.Rows(c, item).Data, w.Numbers(c), y.Rows(c, item).Data, 0, from, rows);
            epilogue?.Apply(c, item, from, rows, Own(c));
        }
    }

    private bool GoesByItems(CpuContext c) => _byItems is not null && (c.Count >= ConvByItems.LeastItems || y.Layout.Width == 1);
}

/// <summary>Backward to the data: a convolution of the gradient with the weights turned, <c>[in][taps, reversed][out]</c>.</summary>
internal sealed unsafe class ConvBackwardDataStep : CpuStep
{
    private readonly CpuValue _dy;
    private readonly CpuValue _w;
    private readonly CpuValue _dx;
    private readonly WeightLayout _turned;
    private readonly ConvPlan[] _plans;
    private readonly int _rows;
    private readonly ConvByItems? _byItems;
    private readonly bool[]? _taps;
    private readonly long _work;

    public ConvBackwardDataStep(Node node, ConvGeometry geometry, CpuValue dy, CpuValue w, CpuValue dx)
        : base(node)
    {
        (_dy, _w, _dx, _work) = (dy, w, dx, MultiplyAdds.PerItem(node));
        _turned = w.Weights.Turned;
        _plans = ConvPlans.BackwardData(geometry, dx.Layout, dy.Layout, _turned, w.Tensor.Shape);
        _rows = _plans.Min(plan => plan.Rows);
        if (ConvByItems.IsFor(dx.Layout))
        {
            ConvPlan[] plans = ConvPlans.BackwardDataByItems(geometry, dx.Layout, dy.Layout, _turned, w.Tensor.Shape);
            _byItems = new ConvByItems(ConvPlans.Merged(plans), _turned);
            // A wider map goes by rows where items are few, and reads all.
            _taps = dx.Layout.Width == 1 ? ConvPlans.UsedTaps(plans, _turned) : null;
        }
    }

    public override int PreparedFloats => _turned.Floats;

    public override int PrepareParts => _turned.OutChannels / _turned.BlockChannels;

    public override void Prepare(CpuContext c) => _w.Weights.Turn(_w.Numbers(c), _turned, Prepared(c), _taps);

    public override void PreparePart(CpuContext c, int part) =>
        _w.Weights.TurnBlock(_w.Numbers(c), _turned, Prepared(c) + ((nint)part * _turned.BlockStride), part, _taps);

    public override void Run(CpuContext c) => RunSlice(c, 0, 1);

    public override int Slices(CpuContext c) =>
        SlicesFor(c, c.Count * _work, GoesByItems(c) ? _byItems!.Blocks : _rows);

    public override void RunSlice(CpuContext c, int slice, int slices)
    {
        if (GoesByItems(c))
        {
            ConvByItems by = _byItems!;
            for (int block = SliceStart(by.Blocks, slice, slices); block < SliceStart(by.Blocks, slice + 1, slices); block++)
            {
                by.Run(
                    c, _dy.Rows(c, c.First).Data, Prepared(c) + ((nint)block * by.BlockStride), _dx.Rows(c, c.First).Data, c.Count, block);
            }

            return;
        }

        for (int item = c.First; item < c.First + c.Count; item++)
        {
            foreach (ConvPlan plan in _plans)
            {
                int from = SliceStart(plan.Rows, slice, slices), rows = SliceStart(plan.Rows, slice + 1, slices) - from;
                c.Kernels.Conv2d(plan, _dy.Rows(c, item).Data, Prepared(c), _dx.Rows(c, item).Data, 0, from, rows);
            }
        }
    }

    private bool GoesByItems(CpuContext c) => _byItems is not null && (c.Count >= ConvByItems.LeastItems || _dx.Layout.Width == 1);
}

/// <summary>
/// Forward or backward to the data with weights so wide, for so few pixels, that reading them is the work: the whole batch, one
/// block of output channels after another, each read once.
/// </summary>
internal sealed unsafe class WideConvStep : CpuStep
{
    private readonly CpuValue _x;
    private readonly CpuValue _w;
    private readonly CpuValue _y;
    private readonly ConvEpilogue? _epilogue;
    private readonly ConvByItems _byItems;
    private readonly WeightLayout? _turned;
    private readonly bool[]? _taps;

    /// <param name="node">The node.</param>
    /// <param name="geometry">Of the forward convolution.</param>
    /// <param name="backward">Whether it goes back to the data: <paramref name="x"/> is then the output's gradient.</param>
    /// <param name="x">Read.</param>
    /// <param name="w">Weights.</param>
    /// <param name="y">Written.</param>
    /// <param name="epilogue">What follows; null for nothing.</param>
    public WideConvStep(
        Node node, ConvGeometry geometry, bool backward, CpuValue x, CpuValue w, CpuValue y, ConvEpilogue? epilogue = null)
        : base(node)
    {
        (_x, _w, _y, _epilogue) = (x, w, y, epilogue);
        _turned = backward ? w.Weights.Turned : null;
        WeightLayout read = _turned ?? w.Weights;
        ConvPlan[] plans = backward
            ? ConvPlans.BackwardDataByItems(geometry, y.Layout, x.Layout, read, w.Tensor.Shape)
            : ConvPlans.ForwardByItems(geometry, x.Layout, y.Layout, read);
        _byItems = new ConvByItems(ConvPlans.Merged(plans), read);
        _taps = ConvPlans.UsedTaps(plans, read);
    }

    public override int Blocks => _byItems.Blocks;

    public override int OwnFloats => _epilogue?.Floats ?? 0;

    /// <summary>A block is turned just before it is used, and never leaves the cache.</summary>
    public override int TemporaryFloats => _turned?.BlockStride ?? 0;

    public override void Prepare(CpuContext c) => _epilogue?.Prepare(c, Own(c));

    public override void Run(CpuContext c)
    {
        for (int block = 0; block < Blocks; block++)
        {
            RunBlock(c, block);
        }
    }

    public override void RunBlock(CpuContext c, int block)
    {
        for (int item = 0; block == 0 && _y.Layout.HasHalo && item < c.N; item++)
        {
            _y.ClearHalo(c, item);
        }

        float* weights = _w.Numbers(c) + ((nint)block * _byItems.BlockStride);
        if (_turned is WeightLayout turned)
        {
            weights = Temporary(c);
            _w.Weights.TurnBlock(_w.Numbers(c), turned, weights, block, _taps);
        }

        _byItems.Run(c, _x.Rows(c, 0).Data, weights, _y.Rows(c, 0).Data, c.N, block);
        _epilogue?.ApplyTo(c, 0, c.N, block * _byItems.BlockChannels, _byItems.BlockChannels, Own(c));
    }
}

/// <summary>Backward to the weights. Narrow weights: a partial sum for each chunk of the batch. Wide ones: by output channels.</summary>
internal unsafe class ConvBackwardWeightsStep(Node node, ConvGeometry geometry, bool wide, CpuValue x, CpuValue dy, CpuValue dw)
    : CpuStep(node)
{
    private readonly ConvPlan _plan = ConvPlans.Forward(geometry, x.Layout, dy.Layout, dw.Weights);
    private readonly ConvPlan[] _byItems = GoesByItems(wide, dy.Layout)
        ? ConvPlans.ForwardByItems(geometry, x.Layout, dy.Layout, dw.Weights) : [];
    private readonly int _blocks = dw.Weights.OutChannels / dw.Weights.BlockChannels;
    private readonly int _floats = dw.Weights.Floats;

    public override int PartialFloats => wide ? 0 : _floats;

    /// <summary>Units of a wide one: blocks of output channels.</summary>
    public override int Blocks => _blocks;

    public override int FinishElements => wide ? 0 : _floats;

    public override void Run(CpuContext c) => AddItems(c, c.First, c.Count, Partial(c), 0, _blocks);

    /// <summary>The whole batch, one block of output channels: items in their order, so that the sum is the same on any machine.</summary>
    public override void RunBlock(CpuContext c, int block)
    {
        float* result = dw.Numbers(c);
        new Span<float>(result + ((nint)block * dw.Weights.BlockStride), dw.Weights.BlockStride).Clear();
        AddItems(c, 0, c.N, result, block, 1);
    }

    public override void Finish(CpuContext c, int from, int to)
    {
        c.Kernels.TreeSum(Partials(c), c.Chunks, PartialFloats, from, to);
        new ReadOnlySpan<float>(Partials(c) + from, to - from).CopyTo(new Span<float>(dw.Numbers(c) + from, to - from));
    }

    private void AddItems(CpuContext c, int first, int count, float* into, int block, int blocks)
    {
        foreach (ConvPlan plan in _byItems)
        {
            c.Kernels.Conv2dWeights(plan, x.Rows(c, first).Data, dy.Rows(c, first).Data, into, block, blocks, count);
        }

        if (_byItems.Length > 0)
        {
            return;
        }

        for (int item = first; item < first + count; item++)
        {
            c.Kernels.Conv2dWeights(_plan, x.Rows(c, item).Data, dy.Rows(c, item).Data, into, block, blocks);
        }
    }

    // Sums are loaded and stored once a pixel in place of once an item, and weights that meet only zeros are left out.
    private static bool GoesByItems(bool wide, Layout dy) => dy.Height * dy.Width <= (wide ? 16 : 4);
}
