using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Numbers with a shape, row-major: what goes into a model and what comes out.</summary>
public sealed class NdArray
{
    /// <summary>An array over <paramref name="values"/>, which are not copied.</summary>
    /// <param name="values">Row-major.</param>
    /// <param name="dims">Sizes; their product is the number of values.</param>
    /// <exception cref="ShapeMismatchException">Sizes and number of values disagree.</exception>
    public NdArray(float[] values, params int[] dims)
    {
        Values = values;
        Dims = dims;
        if (dims.Aggregate(1L, (count, dim) => count * dim) != values.Length)
        {
            throw new ShapeMismatchException($"NdArray: {values.Length} values for sizes [{string.Join(", ", dims)}].");
        }
    }

    /// <summary>Row-major values.</summary>
    public float[] Values { get; }

    /// <summary>Sizes, the batch first.</summary>
    public IReadOnlyList<int> Dims { get; }
}
