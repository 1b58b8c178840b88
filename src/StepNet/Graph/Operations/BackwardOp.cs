namespace StepNet.Graph;

/// <summary>An operation that stands in gradients only; it has no gradient of its own.</summary>
internal abstract class BackwardOp : Operation
{
    public sealed override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => throw new NotSupportedException(
        $"{node.Scope}: {this} belongs to a gradient; second derivatives are not built. Differentiate a forward graph.");
}
