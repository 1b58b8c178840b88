namespace StepNet.Nn;

/// <summary>The function I behind the residual sum.</summary>
public enum Activation
{
    /// <summary><c>max(x, 0)</c>.</summary>
    Relu,

    /// <summary>x itself.</summary>
    Identity,
}
