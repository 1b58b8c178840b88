namespace StepNet.Kernels;

/// <summary>
/// What one convolution kernel call does to one image: forward, and backward to the data as a convolution of the gradient
/// with turned weights (one call for each parity class of a strided one).
/// </summary>
internal sealed record ConvPlan
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

    /// <summary>
    /// The same sum, in the same order, with taps that lie side by side in input and weights taken as one tap of more
    /// channels: a 3x3 window is three taps, and the kernel's inner loop three times as long.
    /// </summary>
    public ConvPlan Merged()
    {
        int taps = InputOffsets.Length;
        for (int run = taps; run > 1; run--)
        {
            if (taps % run == 0 && AreRuns(run))
            {
                return this with
                {
                    InputOffsets = EveryNth(InputOffsets, run),
                    WeightOffsets = EveryNth(WeightOffsets, run),
                    InChannels = run * InChannels,
                };
            }
        }

        return this;
    }

    private bool AreRuns(int run)
    {
        for (int t = 0; t < InputOffsets.Length - 1; t++)
        {
            bool sideBySide = InputOffsets[t + 1] == InputOffsets[t] + InChannels
                && WeightOffsets[t + 1] == WeightOffsets[t] + (InChannels * BlockChannels);
            if ((t + 1) % run != 0 && !sideBySide)
            {
                return false;
            }
        }

        return true;
    }

    private static int[] EveryNth(int[] values, int n)
    {
        int[] result = new int[values.Length / n];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = values[i * n];
        }

        return result;
    }

    /// <summary>The same plan over another number of columns, for rows made of items.</summary>
    public int ColumnsOr(int columns) => columns > 0 ? columns : Columns;
}
