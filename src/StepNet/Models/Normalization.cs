namespace StepNet.Models;

/// <summary>Normalisation in a network.</summary>
public enum Normalization
{
    /// <summary>Batch norm.</summary>
    Batch,

    /// <summary>Group norm: each item by its own statistics.</summary>
    Group,

    /// <summary>None: the norm layers are left out.</summary>
    None,
}
