namespace StepNet.Kernels;

/// <summary>
/// A 3x3 convolution of stride 1 by Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray, arXiv:1509.09308): a tile of
/// 4x4 outputs takes 36 multiplications a pair of channels where the direct sum takes 144. Tiles of several items go
/// together through 36 matrix products, one for each point of the transformed tile.
/// </summary>
internal sealed record WinogradPlan
{
    /// <summary>Outputs of a tile, in each direction.</summary>
    public const int TileOutputs = 4;

    /// <summary>Inputs of a tile, in each direction.</summary>
    public const int TileInputs = 6;

    /// <summary>Points of a transformed tile, of transformed weights, and so matrix products.</summary>
    public const int Points = TileInputs * TileInputs;

    // Points lie one cache line more than a power of two apart: else all 36 would fall into one set of the first cache.
    private const int Skew = 16;

    // Transformed inputs and outputs of the tiles at work; with the weights of a point they stay in the second cache.
    private const int ScratchBudget = 192 * 1024;

    private ConvPlan? _product;
    private ConvPlan? _gradientProduct;

    /// <summary>Offset in floats of the first tile's first input, the upper left tap, from the input's base.</summary>
    public required int InputOffset { get; init; }

    /// <summary>Floats from an input row to the next.</summary>
    public required int InputRowStep { get; init; }

    /// <summary>Floats from an input pixel to the next: padded channels.</summary>
    public required int InputPixelStep { get; init; }

    /// <summary>Floats from an item of the input to the next.</summary>
    public required int InputItemStep { get; init; }

    /// <summary>Input channels to sum over.</summary>
    public required int InChannels { get; init; }

    /// <summary>Output rows; input rows are two more.</summary>
    public required int Rows { get; init; }

    /// <summary>Output pixels in a row.</summary>
    public required int Columns { get; init; }

    /// <summary>Floats from an output row to the next.</summary>
    public required int OutputRowStep { get; init; }

    /// <summary>Floats from an item of the output to the next.</summary>
    public required int OutputItemStep { get; init; }

    /// <summary>Padded output channels to compute.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Padded channels of the output, all parts of it: also floats from an output pixel to the next.</summary>
    public required int OutputPixelStep { get; init; }

    /// <summary>Output channels of a weight block.</summary>
    public required int BlockChannels { get; init; }

    public int TileColumns => TilesOver(Columns);

    public int ItemTiles => TilesOver(Rows) * TileColumns;

    /// <summary>Tiles that go through the products together.</summary>
    public int TileBlock => Math.Clamp(ScratchBudget / (Points * (InputPixelStep + OutChannels)) / 16 * 16, 16, 64);

    /// <summary>Floats between points of the transformed input, <c>[36][tiles][in]</c>.</summary>
    public int InputPointStep => (TileBlock * InputPixelStep) + Skew;

    /// <summary>Floats between points of the transformed output, <c>[36][tiles][out]</c>.</summary>
    public int OutputPointStep => (TileBlock * OutChannels) + Skew;

    /// <summary>Floats between points of the transformed weights, <c>[36][out / B][in][B]</c>.</summary>
    public int WeightPointStep => (InChannels * OutputPixelStep) + Skew;

    /// <summary>Floats of the transformed weights.</summary>
    public int WeightFloats => Points * WeightPointStep;

    /// <summary>Input channels of a block of the weights' gradient: with its output channels a tile of the product.</summary>
    public int GradientChannels => 256 / BlockChannels;

    /// <summary>Floats between points of a block of the weights' gradient, <c>[36][256 / B][B]</c>.</summary>
    public int GradientPointStep => (GradientChannels * BlockChannels) + Skew;

    public int GradientFloats => Points * GradientPointStep;

    /// <summary>Floats of scratch that a convolution or its gradient needs.</summary>
    /// <remarks>Beside the points: a tile on the edge, filled up with zeros, or a block of the weights' gradient.</remarks>
    public int ScratchFloats => (Points * (InputPointStep + OutputPointStep))
        + Math.Max(GradientFloats, Points * Math.Max(InputPixelStep, OutputPixelStep));

    /// <summary>The product at a point: a convolution of one tap whose pixels are tiles.</summary>
    public ConvPlan Product => _product ??= ProductOf(InChannels);

    /// <summary>The product for a block of the weights' gradient; padding channels go along.</summary>
    public ConvPlan GradientProduct => _gradientProduct ??= ProductOf(GradientChannels);

    /// <summary>The same for <paramref name="channels"/> of the output channels: a share that can be computed alone.</summary>
    public WinogradPlan Part(int channels) =>
        this with { OutChannels = channels, _product = null, _gradientProduct = null };

    private ConvPlan ProductOf(int inChannels) => new()
    {
        InputOffsets = [0],
        WeightOffsets = [0],
        InChannels = inChannels,
        OutChannels = OutChannels,
        BlockChannels = BlockChannels,
        WeightBlockStride = inChannels * BlockChannels,
        Rows = 1,
        Columns = TileBlock,
        InputRowStep = 0,
        InputPixelStep = InputPixelStep,
        OutputRowStep = 0,
        OutputPixelStep = OutChannels,
    };

    /// <summary>Tiles that cover a row or column.</summary>
    public static int TilesOver(int pixels) => (pixels + TileOutputs - 1) / TileOutputs;
}
