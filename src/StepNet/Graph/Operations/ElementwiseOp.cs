using System.Numerics;

namespace StepNet.Graph;

/// <summary>An operation <c>y = f(x)</c>, element by element: a new activation is two one-line functions.</summary>
public abstract class ElementwiseOp : Operation
{
    /// <inheritdoc/>
    public sealed override Locality Locality => Locality.Item;

    /// <summary><c>f(x)</c>.</summary>
    public abstract T Apply<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary><c>f'(x)</c>.</summary>
    public abstract T Derivative<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <inheritdoc/>
    public sealed override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    /// <inheritdoc/>
    public sealed override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
        [node.Graph.Add(new ElementwiseBackwardOp(this), [outputGradients[0]!, node.Inputs[0]])];

    /// <inheritdoc/>
    public sealed override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> x = v.In(0);
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = Apply(x[i]);
        }
    }
}

/// <summary><c>dx = dy f'(x)</c>.</summary>
internal sealed class ElementwiseBackwardOp(ElementwiseOp forward) : BackwardOp
{
    public override string Name => $"{forward.Name}Backward";

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [inputs[0]];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> dy = v.In(0), x = v.In(1);
        Span<T> dx = v.Out(0);
        for (int i = 0; i < dx.Length; i++)
        {
            dx[i] = dy[i] * forward.Derivative(x[i]);
        }
    }
}

public static partial class Ops
{
    /// <summary>Applies an operation of one's own to <paramref name="x"/>.</summary>
    public static Tensor Apply(
        Operation operation,
        Tensor x,
        [System.Runtime.CompilerServices.CallerFilePath] string file = "",
        [System.Runtime.CompilerServices.CallerLineNumber] int line = 0) =>
        x.Graph.Add(operation, [x], file, line);
}
