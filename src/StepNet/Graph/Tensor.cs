namespace StepNet.Graph;

/// <summary>
/// A value of the traced graph: a shape and the node that will compute it. It holds no numbers, so a module that would
/// need them while tracing does not compile; <c>model.Run(array)</c> returns numbers.
/// </summary>
public sealed class Tensor
{
    internal Tensor(Node producer, int index, Shape shape)
    {
        Producer = producer;
        Index = index;
        Shape = shape;
    }

    /// <summary>Shape, <c>[N, C, H, W]</c> for a batch of images.</summary>
    public Shape Shape { get; }

    /// <summary>The node that computes this value.</summary>
    public Node Producer { get; }

    /// <summary>Place among the outputs of <see cref="Producer"/>.</summary>
    public int Index { get; }

    /// <summary>The graph that this value belongs to.</summary>
    public ComputationGraph Graph => Producer.Graph;

    /// <summary>For example <c>%12 [N, 16, 32, 32]</c>.</summary>
    public override string ToString() => Producer.Outputs.Length > 1
        ? $"%{Producer.Id}.{Index} {Shape}"
        : $"%{Producer.Id} {Shape}";
}
