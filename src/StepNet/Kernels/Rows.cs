namespace StepNet.Kernels;

/// <summary>Rows of channels-last pixels of one image, possibly inside a halo.</summary>
/// <param name="data">First float of the first row.</param>
/// <param name="stride">Floats from a row to the next.</param>
internal readonly unsafe struct Rows(float* data, int stride)
{
    public readonly float* Data = data;
    public readonly int Stride = stride;

    public float* this[int row] => Data + ((nint)row * Stride);
}

/// <summary>How much of an image an element-wise kernel passes over.</summary>
/// <param name="RowCount">Rows; 1 where all pixels lie side by side.</param>
/// <param name="RowFloats">Floats of a row: pixels times channels.</param>
/// <param name="Channels">Padded channels; a multiple of 16, or at most 4.</param>
internal readonly record struct Extent(int RowCount, int RowFloats, int Channels);
