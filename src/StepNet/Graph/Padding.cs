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

    /// <summary>The smallest of the four.</summary>
    internal int Least => Math.Min(Math.Min(Top, Bottom), Math.Min(Left, Right));

    /// <inheritdoc/>
    public override string ToString() =>
        Top == Bottom && Top == Left && Top == Right ? $"{Top}" : $"(top {Top}, bottom {Bottom}, left {Left}, right {Right})";
}
