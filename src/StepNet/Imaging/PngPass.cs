namespace StepNet.Imaging;

/// <summary>One pass of an interlaced picture: the pixels at <c>Left + x StepX</c>, <c>Top + y StepY</c>. A plain picture is one pass.</summary>
internal readonly record struct PngPass(int Width, int Height, int Left, int Top, int StepX, int StepY)
{
    // Adam M. Costello's seven: left, top, step across, step down.
    private static readonly (int Left, int Top, int StepX, int StepY)[] s_adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    internal static IEnumerable<PngPass> Of(int width, int height, bool interlaced) => !interlaced
        ? [new PngPass(width, height, 0, 0, 1, 1)]
        : from p in s_adam7
          let pass = new PngPass((width - p.Left + p.StepX - 1) / p.StepX, (height - p.Top + p.StepY - 1) / p.StepY, p.Left, p.Top, p.StepX, p.StepY)
          where pass is { Width: > 0, Height: > 0 }
          select pass;

    /// <summary>Bytes of a row without its filter.</summary>
    internal int RowBytes(PngHeader header) => (int)((((long)Width * header.PixelBits) + 7) / 8);
}
