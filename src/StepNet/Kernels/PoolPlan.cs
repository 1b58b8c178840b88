namespace StepNet.Kernels;

/// <summary>Geometry of a pooling over windows of one image.</summary>
/// <param name="Height">Rows of the image.</param>
/// <param name="Width">Columns of the image.</param>
/// <param name="OutHeight">Rows of windows.</param>
/// <param name="OutWidth">Columns of windows.</param>
/// <param name="WindowHeight">Rows of a window.</param>
/// <param name="WindowWidth">Columns of a window.</param>
/// <param name="Stride">Step of the window.</param>
/// <param name="Top">Places above the image that the first windows hold.</param>
/// <param name="Left">Places on the left.</param>
/// <param name="Channels">Padded channels, a multiple of 16.</param>
/// <param name="Max">Whether the largest value is taken; else the mean over the full window.</param>
internal sealed record PoolPlan(
    int Height, int Width, int OutHeight, int OutWidth, int WindowHeight, int WindowWidth,
    int Stride, int Top, int Left, int Channels, bool Max)
{
    /// <summary>Rows of the image in the windows of row <paramref name="i"/>.</summary>
    public (int From, int To) Rows(int i) => (Math.Max(0, (i * Stride) - Top), Math.Min(Height, (i * Stride) - Top + WindowHeight));

    /// <summary>Columns of the image in the windows of column <paramref name="j"/>.</summary>
    public (int From, int To) Columns(int j) => (Math.Max(0, (j * Stride) - Left), Math.Min(Width, (j * Stride) - Left + WindowWidth));
}
