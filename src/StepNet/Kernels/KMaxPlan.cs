namespace StepNet.Kernels;

/// <summary>The k largest values of every channel of a sequence.</summary>
/// <param name="Length">Places of the sequence, at least k.</param>
/// <param name="Channels">Padded channels, a multiple of 16.</param>
/// <param name="K">How many, at least 1.</param>
internal readonly record struct KMaxPlan(int Length, int Channels, int K)
{
    /// <summary>Floats of scratch that the kernels need, at any vector width.</summary>
    public int ScratchFloats => ((2 * Length) + K) * 16;
}
