namespace StepNet.Graph;

/// <summary>Zeros around an image, per side: Keras's <c>same</c> at stride 2 is lopsided.</summary>
/// <param name="Top">Rows above, at least 0.</param>
/// <param name="Bottom">Rows below, at least 0.</param>
/// <param name="Left">Columns on the left, at least 0.</param>
/// <param name="Right">Columns on the right, at least 0.</param>
public readonly record struct Padding(int Top, int Bottom, int Left, int Right)
{
    /// <summary>The same number of zeros on every side.</summary>
    public static Padding All(int size) => new(size, size, size, size);

    /// <summary>Zeros before and behind a sequence <c>[N, C, L]</c>, which is an image of one row.</summary>
    public static Padding Along(int left, int right) => new(0, 0, left, right);

    /// <summary>Keras's <c>same</c>: the output is the input's size by the stride, rounded up; of an odd number of zeros the last goes behind.</summary>
    /// <param name="x">Images <c>[N, C, H, W]</c>.</param>
    /// <param name="kernel">Height and width of the window.</param>
    /// <param name="stride">Step of the window.</param>
    public static Padding Same(Shape x, int kernel, int stride)
    {
        (int rows, int columns) = (Zeros(x.Height), Zeros(x.Width));
        return new Padding(rows / 2, rows - (rows / 2), columns / 2, columns - (columns / 2));

        int Zeros(int size) => Math.Max(0, ((((size + stride - 1) / stride) - 1) * stride) + kernel - size);
    }

    /// <summary>The smallest of the four.</summary>
    internal int Least => Math.Min(Math.Min(Top, Bottom), Math.Min(Left, Right));

    /// <inheritdoc/>
    public override string ToString() =>
        Top == Bottom && Top == Left && Top == Right ? $"{Top}" : $"(top {Top}, bottom {Bottom}, left {Left}, right {Right})";
}
