namespace StepNet.Optim;

/// <summary>What weight decay applies to. The step factor h and the skip weight s never decay.</summary>
public enum DecayScope
{
    /// <summary>All other parameters.</summary>
    All,

    /// <summary>Weights alone: biases and the gammas and betas of normalisations do not decay.</summary>
    Weights,
}
