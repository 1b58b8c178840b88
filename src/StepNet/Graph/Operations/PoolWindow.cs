namespace StepNet.Graph;

/// <summary>The window of a pooling; over a sequence, an image of one row, its height is 1.</summary>
/// <param name="Height">Rows of the window.</param>
/// <param name="Width">Columns of the window.</param>
/// <param name="Stride">Step of the window, at least 1.</param>
/// <param name="Padding">Places around the image; less than the window, so that each window holds a pixel.</param>
internal readonly record struct PoolWindow(int Height, int Width, int Stride, Padding Padding)
{
    /// <summary>A square window over images, a row over sequences.</summary>
    /// <exception cref="ArgumentException">Sizes out of range; the message says which.</exception>
    public static PoolWindow Of(string operation, Shape x, int kernel, int stride, Padding padding)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernel);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        bool sequences = x.Dims.Length == 2;
        int most = Math.Max(Math.Max(padding.Top, padding.Bottom), Math.Max(padding.Left, padding.Right));
        if (padding.Least < 0 || most >= kernel || (sequences && padding.Top + padding.Bottom > 0))
        {
            throw new ArgumentException(
                $"{operation}: padding {padding} for a window of {kernel} over {x}. Padding is at least 0 and smaller than the window; "
                + "along sequences use Padding.Along(left, right).", nameof(padding));
        }

        return new PoolWindow(sequences ? 1 : kernel, kernel, stride, padding);
    }

    /// <summary>A window over all pixels.</summary>
    public static PoolWindow Whole(Shape x) => new(x.Height, x.Width, 1, default);

    public int Count => Height * Width;

    /// <summary>Shape rule.</summary>
    public Shape Pool(string operation, Shape x)
    {
        Require.Pixels(operation, x);
        (int height, int width) = (x.Height + Padding.Top + Padding.Bottom, x.Width + Padding.Left + Padding.Right);
        if (height < Height || width < Width)
        {
            throw new ShapeMismatchException(
                $"{operation}: input {x} with padding {Padding} is smaller than the {Height}x{Width} window. Use a smaller window.");
        }

        (height, width) = (((height - Height) / Stride) + 1, ((width - Width) / Stride) + 1);
        return x.Dims.Length == 2 ? Shape.Batch(x.Channels, width) : Shape.Batch(x.Channels, height, width);
    }

    /// <summary>Rows of the image in the windows of output row <paramref name="i"/>.</summary>
    public (int From, int To) Rows(int i, int height) =>
        (Math.Max(0, (i * Stride) - Padding.Top), Math.Min(height, (i * Stride) - Padding.Top + Height));

    /// <summary>Columns of the image in the windows of output column <paramref name="j"/>.</summary>
    public (int From, int To) Columns(int j, int width) =>
        (Math.Max(0, (j * Stride) - Padding.Left), Math.Min(width, (j * Stride) - Padding.Left + Width));

    /// <summary>All pairs of an output and a pixel in its window, window after window, in the order of rows and columns.</summary>
    /// <param name="x">Shape of the input.</param>
    /// <param name="items">Items of the batch.</param>
    public IEnumerable<PoolTap> Taps(Shape x, int items)
    {
        int output = 0;
        (int outHeight, int outWidth) = (Pool("Pool", x).Height, Pool("Pool", x).Width);
        for (int image = 0; image < items * x.Channels; image++)
        {
            for (int i = 0; i < outHeight; i++)
            {
                for (int j = 0; j < outWidth; j++, output++)
                {
                    ((int top, int bottom), (int left, int right)) = (Rows(i, x.Height), Columns(j, x.Width));
                    for (int row = top; row < bottom; row++)
                    {
                        for (int column = left; column < right; column++)
                        {
                            yield return new PoolTap(
                                (((image * x.Height) + row) * x.Width) + column, output, row == top && column == left);
                        }
                    }
                }
            }
        }
    }

    public override string ToString() => $"{Height}x{Width} stride {Stride}, padding {Padding}";
}

/// <summary>A pixel in the window of an output.</summary>
/// <param name="X">Index of the pixel.</param>
/// <param name="Y">Index of the output.</param>
/// <param name="First">Whether it is the window's first.</param>
internal readonly record struct PoolTap(int X, int Y, bool First);
