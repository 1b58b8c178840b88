using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>
/// How one item of a batch lies in memory: channels innermost and padded, pixels in rows, zeros around the image where a
/// convolution reads over the edge.
/// </summary>
/// <param name="Channels">Channels that count.</param>
/// <param name="Height">Rows; 1 for vectors; of items with more than three axes the rows of all planes.</param>
/// <param name="Width">Pixels a row; 1 for vectors.</param>
/// <param name="Halo">Zeros around the image.</param>
/// <param name="Narrow">Whether the few channels of raw images, which only convolutions read, go without padding to 16.</param>
internal readonly record struct Layout(int Channels, int Height, int Width, Padding Halo, bool Narrow)
{
    public static Layout Of(Shape shape, Padding halo, bool narrow) =>
        shape.Dims.Length > 1 ? new(shape.Channels, shape.ItemCount / (shape.Channels * shape.Width), shape.Width, halo, narrow && shape.Channels <= 4)
            : new(shape.Channels, 1, 1, halo, narrow && shape.Channels <= 4);

    /// <summary>Channels in memory: a multiple of 16, so that a pixel is whole vectors everywhere. Padding channels are zero.</summary>
    public int PaddedChannels => Narrow ? (Channels == 1 ? 1 : 4) : Pad(Channels);

    public int RowStride => (Width + Halo.Left + Halo.Right) * PaddedChannels;

    public int ItemFloats => (Height + Halo.Top + Halo.Bottom) * RowStride;

    /// <summary>Offset of the first pixel behind the halo.</summary>
    public int Interior => (Halo.Top * RowStride) + (Halo.Left * PaddedChannels);

    public bool HasHalo => Halo != default;

    /// <summary>What an element-wise pass over one item covers; row by row only where a halo parts the rows.</summary>
    public Extent Extent(bool flat) => flat
        ? new Extent(1, Height * Width * PaddedChannels, PaddedChannels)
        : new Extent(Height, Width * PaddedChannels, PaddedChannels);

    public static int Pad(int channels) => (channels + 15) / 16 * 16;
}
