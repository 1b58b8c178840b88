using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>Convolution forward by tiles, all items of the group together.</summary>
internal sealed unsafe class WinogradStep : CpuStep
{
    private readonly CpuValue _x;
    private readonly CpuValue _w;
    private readonly CpuValue _y;
    private readonly ConvEpilogue? _epilogue;
    private readonly WinogradPlan _plan;
    private readonly WinogradPlan _blockPlan;
    private readonly int _pixels;

    public WinogradStep(Node node, ConvGeometry geometry, CpuValue x, CpuValue w, CpuValue y, ConvEpilogue? epilogue = null)
        : base(node)
    {
        (_x, _w, _y, _epilogue) = (x, w, y, epilogue);
        _plan = ConvPlans.Winograd(geometry.Padding, x.Layout, y.Layout, w.Weights);
        _blockPlan = _plan.Part(_plan.BlockChannels);
        // As many tiles as fill a row of the product's register tile.
        _pixels = _plan.BlockChannels == 32 ? 8 : 16;
    }

    public override int PreparedFloats => _plan.WeightFloats;

    // A part of the channels leaves room for more tiles.
    public override int TemporaryFloats => Math.Max(_plan.ScratchFloats, _blockPlan.ScratchFloats);

    public override int OwnFloats => _epilogue?.Floats ?? 0;

    public override void Prepare(CpuContext c)
    {
        c.Kernels.WinogradWeights(_plan, _w.Numbers(c), Prepared(c));
        _epilogue?.Prepare(c, Own(c));
    }

    public override void Run(CpuContext c) => Run(c, _plan, 0, 0, c.Count * _plan.ItemTiles);

    // By tiles, or where there are too few of them by blocks of output channels: each then transforms all inputs for itself.
    public override int Slices(CpuContext c)
    {
        int tiles = c.Count * _plan.ItemTiles;
        return SlicesFor(
            c, (long)tiles * WinogradPlan.Points * _plan.InChannels * _plan.OutChannels, Math.Max(tiles / _pixels, OutBlocks));
    }

    public override void RunSlice(CpuContext c, int slice, int slices)
    {
        int tiles = c.Count * _plan.ItemTiles;
        if (tiles / _pixels >= slices)
        {
            int first = SliceStart(tiles, slice, slices, _pixels);
            Run(c, _plan, 0, first, SliceStart(tiles, slice + 1, slices, _pixels) - first);
            return;
        }

        for (int block = SliceStart(OutBlocks, slice, slices); block < SliceStart(OutBlocks, slice + 1, slices); block++)
        {
            Run(c, _blockPlan, block, 0, tiles);
        }
    }

    private int OutBlocks => _plan.OutChannels / _plan.BlockChannels;

    private void Run(CpuContext c, WinogradPlan plan, int block, int first, int tiles)
    {
        int channel = block * _plan.BlockChannels;
        c.Kernels.Winograd(
            plan, _x.Rows(c, c.First).Data, Prepared(c) + (channel * _plan.InChannels), _y.Rows(c, c.First).Data + channel,
            first, tiles, Temporary(c), _epilogue?.From(c, c.First, channel, Own(c)) ?? default);
    }
}

/// <summary>Backward to the data by tiles: the forward kernel over turned weights, from a window that reaches as far the other way.</summary>
internal sealed unsafe class WinogradBackwardDataStep : CpuStep
{
    private readonly CpuValue _dy;
    private readonly CpuValue _w;
    private readonly CpuValue _dx;
    private readonly WeightLayout _turned;
    private readonly WinogradPlan _plan;

    public WinogradBackwardDataStep(Node node, ConvGeometry geometry, CpuValue dy, CpuValue w, CpuValue dx)
        : base(node)
    {
        (_dy, _w, _dx) = (dy, w, dx);
        _turned = w.Weights.Turned;
        Padding window = new(2 - geometry.Padding.Top, 0, 2 - geometry.Padding.Left, 0);
        _plan = ConvPlans.Winograd(window, dy.Layout, dx.Layout, _turned);
    }

    public override int PreparedFloats => _plan.WeightFloats + _turned.Floats;

    public override int TemporaryFloats => _plan.ScratchFloats;

    public override void Prepare(CpuContext c)
    {
        float* turned = Prepared(c) + _plan.WeightFloats;
        _w.Weights.Turn(_w.Numbers(c), _turned, turned);
        c.Kernels.WinogradWeights(_plan, turned, Prepared(c));
    }

    public override void Run(CpuContext c) => c.Kernels.Winograd(
        _plan, _dy.Rows(c, c.First).Data, Prepared(c), _dx.Rows(c, c.First).Data, c.Count, Temporary(c));
}

/// <summary>Backward to the weights by tiles; partial sums as in the direct one.</summary>
internal sealed unsafe class WinogradBackwardWeightsStep(Node node, ConvGeometry geometry, CpuValue x, CpuValue dy, CpuValue dw)
    : ConvBackwardWeightsStep(node, geometry, false, x, dy, dw)
{
    private readonly CpuValue _x = x;
    private readonly CpuValue _dy = dy;
    private readonly WinogradPlan _plan = ConvPlans.Winograd(geometry.Padding, x.Layout, dy.Layout, dw.Weights);

    public override int TemporaryFloats => _plan.ScratchFloats;

    public override void Run(CpuContext c) => c.Kernels.WinogradWeightGradient(
        _plan, _x.Rows(c, c.First).Data, _dy.Rows(c, c.First).Data, Partial(c), c.Count, Temporary(c));
}
