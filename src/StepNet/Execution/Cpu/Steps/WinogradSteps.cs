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
            c, (long)tiles * _plan.Points * _plan.InChannels * _plan.OutChannels, Math.Max(tiles / _pixels, OutBlocks));
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
        (int rows, int columns) = ConvGeometry.Window(w.Weights.Shape);
        Padding window = new(rows - 1 - geometry.Padding.Top, 0, columns - 1 - geometry.Padding.Left, 0);
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

/// <summary>Backward to the weights by tiles; partial sums, or all items by output channels, as in the direct one.</summary>
internal sealed unsafe class WinogradBackwardWeightsStep : ConvBackwardWeightsStep
{
    // Each part transforms all inputs for itself: a twentieth of its work.
    private const int PartChannels = 64;

    private readonly CpuValue _x;
    private readonly CpuValue _dy;
    private readonly CpuValue _dw;
    private readonly WinogradPlan _plan;

    public WinogradBackwardWeightsStep(Node node, ConvGeometry geometry, bool wide, CpuValue x, CpuValue dy, CpuValue dw)
        : base(node, geometry, wide, x, dy, dw)
    {
        (_x, _dy, _dw) = (x, dy, dw);
        WinogradPlan all = ConvPlans.Winograd(geometry.Padding, x.Layout, dy.Layout, dw.Weights);
        _plan = wide && all.OutChannels % PartChannels == 0 ? all.Part(PartChannels) : all;
    }

    public override int TemporaryFloats => _plan.ScratchFloats;

    public override int Blocks => _dw.Weights.OutChannels / _plan.OutChannels;

    public override void Run(CpuContext c) => AddTiles(c, c.First, c.Count, 0, Partial(c));

    public override void RunBlock(CpuContext c, int block)
    {
        int channel = block * _plan.OutChannels, floats = _plan.OutChannels / _plan.BlockChannels * _dw.Weights.BlockStride;
        float* into = _dw.Numbers(c) + ((nint)block * floats);
        new Span<float>(into, floats).Clear();
        AddTiles(c, 0, c.N, channel, into);
    }

    private void AddTiles(CpuContext c, int first, int count, int channel, float* into) => c.Kernels.WinogradWeightGradient(
        _plan, _x.Rows(c, first).Data, _dy.Rows(c, first).Data + channel, into, count, Temporary(c));
}
