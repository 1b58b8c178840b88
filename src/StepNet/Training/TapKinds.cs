namespace StepNet.Training;

/// <summary>What is watched of a network while it trains.</summary>
[Flags]
public enum TapKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Of every block s and h; the mean where each channel has its own.</summary>
    Coefficients = 1,

    /// <summary>Of every parameter its Euclidean norm and its mean absolute value.</summary>
    Weights = 2,

    /// <summary>Of every parameter the norm of the loss's gradient, before any clipping.</summary>
    Gradients = 4,

    /// <summary>Of what every layer with weights and every block returns the mean and the variance, over all values of the batch.</summary>
    Activations = 8,

    /// <summary>Of every block how far it moves an item, and the norms of the loss's gradient at its input and its output.</summary>
    Blocks = 16,

    /// <summary>All of these.</summary>
    All = Coefficients | Weights | Gradients | Activations | Blocks,
}
