namespace StepNet.Models;

/// <summary>Normalisation in the branches.</summary>
public enum Normalization
{
    /// <summary>Batch norm.</summary>
    Batch,

    /// <summary>None: the norm layers are left out.</summary>
    None,
}
