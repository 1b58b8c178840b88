namespace StepNet.Kernels;

/// <summary>
/// A convolution of stride 1 by Winograd's minimal filtering (Lavin and Gray, arXiv:1509.09308). With a 3x3 window,
/// F(4x4, 3x3): a tile of 4x4 outputs takes 36 multiplications a pair of channels where the direct sum takes 144. With three
/// places in a row, F(4, 3): four outputs take 6 in place of 12. Tiles of several items go together through as many matrix
/// products as a transformed tile has points.
/// </summary>
internal sealed record WinogradPlan
{
    /// <summary>Outputs of a tile in a direction in which the window reaches over three.</summary>
    public const int TileOutputs = 4;

    /// <summary>Inputs of a tile in such a direction.</summary>
    public const int TileInputs = 6;

    // Points lie one cache line more than a power of two apart: else all 36 would fall into one set of the first cache.
    private const int Skew = 16;

    // Floats at the points of a block of the weights' gradient: with its part of the tiles it stays in the first cache.
    private const int GradientBudget = 9 * 1024;

    // Transformed inputs and outputs of the tiles at work; with the weights of a point they stay in the second cache.
    private const int ScratchBudget = 192 * 1024;

    private ConvPlan? _product;
    private ConvPlan? _gradientProduct;

    /// <summary>Whether the window is one row of three, not three of them.</summary>
    public required bool IsRow { get; init; }

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

    /// <summary>Output rows; input rows are two more where the window has three.</summary>
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

    /// <summary>Output rows of a tile.</summary>
    public int OutputRows => IsRow ? 1 : TileOutputs;

    /// <summary>Input rows of a tile.</summary>
    public int InputRows => IsRow ? 1 : TileInputs;

    /// <summary>Weights of a window.</summary>
    public int Taps => IsRow ? 3 : 9;

    /// <summary>Points of a transformed tile, of transformed weights, and so matrix products.</summary>
    public int Points => PointsOf(IsRow);

    public int TileColumns => TilesOver(Columns);

    public int ItemTiles => (IsRow ? Rows : TilesOver(Rows)) * TileColumns;

    /// <summary>Tiles that go through the products together.</summary>
    public int TileBlock => Math.Clamp(ScratchBudget / (Points * (InputPixelStep + OutChannels)) / 16 * 16, 16, 64);

    /// <summary>
    /// Floats between points of the transformed input, <c>[points][tiles][in]</c>; for the weights' gradient
    /// <c>[points][in / P][tiles][P]</c>, P the channels of a panel.
    /// </summary>
    public int InputPointStep => (TileBlock * ((InputPixelStep + GradientPanel - 1) / GradientPanel * GradientPanel)) + Skew;

    /// <summary>Floats between points of the transformed output, <c>[points][tiles][out]</c>, or for the weights' gradient <c>[points][out / B][tiles][B]</c>.</summary>
    public int OutputPointStep => (TileBlock * OutChannels) + Skew;

    /// <summary>Floats between points of the transformed weights, <c>[points][out / B][in][B]</c>.</summary>
    public int WeightPointStep => (InChannels * OutputPixelStep) + Skew;

    /// <summary>Floats of the transformed weights.</summary>
    public int WeightFloats => Points * WeightPointStep;

    /// <summary>Input channels of a block of the weights' gradient: with its output channels a tile of the product.</summary>
    public int GradientChannels => Math.Min(GradientBudget / Points / 256 * 256 / BlockChannels, GradientPanel);

    /// <summary>Input channels that lie together for the weights' gradient: tiles of a wide pixel, far apart, would meet in a few sets of the first cache.</summary>
    public int GradientPanel => Math.Min(32, InputPixelStep);

    /// <summary>Floats between points of a block of the weights' gradient, <c>[points][in][B]</c>.</summary>
    public int GradientPointStep => (GradientChannels * BlockChannels) + Skew;

    public int GradientFloats => Points * GradientPointStep;

    /// <summary>Floats of scratch that a convolution or its gradient needs.</summary>
    /// <remarks>Beside the points: a tile on the edge, filled up with zeros, or a block of the weights' gradient.</remarks>
    public int ScratchFloats => (Points * (InputPointStep + OutputPointStep))
        + Math.Max(GradientFloats, Points * Math.Max(InputPixelStep, OutputPixelStep));

    /// <summary>The product at a point: a convolution of one tap whose pixels are tiles.</summary>
    public ConvPlan Product => _product ??= ProductOf(InChannels);

    /// <summary>The product for a block of the weights' gradient; padding channels go along.</summary>
    public ConvPlan GradientProduct => _gradientProduct ??=
        ProductOf(GradientChannels) with { InputPixelStep = GradientPanel, OutputPixelStep = BlockChannels };

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

    /// <summary>Points of a transformed tile whose window is one row of three, or three of them.</summary>
    public static int PointsOf(bool isRow) => isRow ? TileInputs : TileInputs * TileInputs;

    /// <summary>Tiles that cover a row or column.</summary>
    public static int TilesOver(int pixels) => (pixels + TileOutputs - 1) / TileOutputs;
}
