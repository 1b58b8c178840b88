namespace StepNet.Nn;

/// <summary>Which blocks share one trained coefficient; its gradient is the sum over them.</summary>
public enum CoefficientScope
{
    /// <summary>None: each block has its own, <c>layer1.0.skip</c>.</summary>
    Block,

    /// <summary>The blocks of a stage: <c>layer1.skip</c>.</summary>
    Stage,

    /// <summary>All blocks with an identity shortcut, and all others: <c>identity.skip</c>, <c>projection.skip</c>.</summary>
    Kind,

    /// <summary>All blocks: <c>skip</c>.</summary>
    Network,
}
