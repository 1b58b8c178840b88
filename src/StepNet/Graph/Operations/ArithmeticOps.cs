using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary><c>y = a + b</c>.</summary>
internal sealed class AddOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [outputGradients[0], outputGradients[0]];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> a = v.In(0), b = v.In(1);
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = a[i] + b[i];
        }
    }
}

/// <summary><c>y = a b</c>, element by element.</summary>
internal sealed class MultiplyOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
    [
        Ops.Multiply(outputGradients[0]!, node.Inputs[1]),
        Ops.Multiply(outputGradients[0]!, node.Inputs[0]),
    ];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> a = v.In(0), b = v.In(1);
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = a[i] * b[i];
        }
    }
}

/// <summary><c>y = c x</c> with one number c.</summary>
internal sealed class ScaleOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Scalar(Name, inputs[1]);
        return [inputs[0]];
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
    [
        node.Graph.Add(new ScaleOp(), [outputGradients[0]!, node.Inputs[1]]),
        node.Graph.Add(new DotOp(), [outputGradients[0]!, node.Inputs[0]]),
    ];

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> x = v.In(0);
        T c = v.In(1)[0];
        Span<T> y = v.Out(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = c * x[i];
        }
    }
}

/// <summary>Sum of all products: <c>&lt;a, b&gt;</c>.</summary>
internal sealed class DotOp : BackwardOp
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Equal(Name, inputs[0], inputs[1]);
        return [Shape.Scalar];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        ReadOnlySpan<T> a = v.In(0), b = v.In(1);
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += double.CreateTruncating(a[i]) * double.CreateTruncating(b[i]);
        }

        v.Out(0)[0] = T.CreateTruncating(sum);
    }
}

public static partial class Ops
{
    /// <summary>Sum <c>a + b</c> of two tensors of one shape.</summary>
    public static Tensor Add(Tensor a, Tensor b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        a.Graph.Add(new AddOp(), [a, b], file, line);

    /// <summary>Product <c>a b</c> of two tensors of one shape, element by element.</summary>
    public static Tensor Multiply(Tensor a, Tensor b, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        a.Graph.Add(new MultiplyOp(), [a, b], file, line);

    /// <summary>Multiple <c>c x</c> with one number <paramref name="c"/>, shape <c>[]</c>.</summary>
    public static Tensor Scale(Tensor x, Tensor c, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        x.Graph.Add(new ScaleOp(), [x, c], file, line);
}
