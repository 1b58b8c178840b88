namespace StepNet.Nn;

/// <summary>What a parameter is to its module: optimisers decide by it what weight decay applies to.</summary>
public enum ParameterKind
{
    /// <summary>A factor of the module's input: of a convolution, a linear layer, an embedding's table.</summary>
    Weight,

    /// <summary>Added to a module's output.</summary>
    Bias,

    /// <summary>Gamma of a normalisation; its beta is a <see cref="Bias"/>.</summary>
    NormScale,

    /// <summary>A skip weight s or a step factor h: never decays.</summary>
    Coefficient,
}
