namespace StepNet.Kernels;

/// <summary>
/// What one convolution kernel call does to one image: forward, and backward to the data as a convolution of the gradient
/// with turned weights (one call for each parity class of a strided one).
/// </summary>
internal sealed class ConvPlan
{
    /// <summary>Offset in floats of each tap's first input pixel from the input's base.</summary>
    public required int[] InputOffsets { get; init; }

    /// <summary>Offset in floats of each tap's weights inside a block of output channels.</summary>
    public required int[] WeightOffsets { get; init; }

    /// <summary>Input channels to sum over.</summary>
    public required int InChannels { get; init; }

    /// <summary>Padded output channels, a multiple of 16.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Output channels of a weight block: 32, or 16 where the padded channels are no multiple of 32.</summary>
    public required int BlockChannels { get; init; }

    /// <summary>Floats of one weight block.</summary>
    public required int WeightBlockStride { get; init; }

    /// <summary>Output rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Output pixels in a row.</summary>
    public required int Columns { get; init; }

    /// <summary>Floats from an output row's input to the next row's.</summary>
    public required int InputRowStep { get; init; }

    /// <summary>Floats from an output pixel's input to the next pixel's.</summary>
    public required int InputPixelStep { get; init; }

    /// <summary>Floats from an output row to the next.</summary>
    public required int OutputRowStep { get; init; }

    /// <summary>Floats from an output pixel to the next.</summary>
    public required int OutputPixelStep { get; init; }

    /// <summary>Offset of the first output pixel from the output's base.</summary>
    public int OutputOffset { get; init; }

    /// <summary>The same plan over another number of columns, for rows made of items.</summary>
    public int ColumnsOr(int columns) => columns > 0 ? columns : Columns;
}
