using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary><c>[N, C, H, W]</c> to <c>[N, C H W]</c>, in logical order: channels first.</summary>
internal sealed class FlattenOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Channels(Name, inputs[0]);
        return [Shape.Batch(inputs[0].ItemCount)];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
        [node.Graph.Add(new FlattenBackwardOp(node.Inputs[0].Shape), [outputGradients[0]!])];

    public override void Evaluate<T>(Operands<T> v) => v.In(0).CopyTo(v.Out(0));
}

/// <summary>The same numbers in the shape of x.</summary>
internal sealed class FlattenBackwardOp(Shape xShape) : BackwardOp
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [xShape];

    public override void Evaluate<T>(Operands<T> v) => v.In(0).CopyTo(v.Out(0));
}

public static partial class Ops
{
    /// <summary>All numbers of an item side by side, channel after channel: what a linear layer behind images reads.</summary>
    /// <param name="x"><c>[N, C, H, W]</c> or <c>[N, C, L]</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns><c>[N, C H W]</c>.</returns>
    public static Tensor Flatten(Tensor x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new FlattenOp(), [x], file, line);
}
