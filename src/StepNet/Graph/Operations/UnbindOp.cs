using System.Globalization;
using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary><c>[N, C, L]</c> to vectors <c>[N, C]</c>: one for each of the first places along L.</summary>
internal sealed class UnbindOp(int count) : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        Require.Sequences(Name, inputs[0]);
        Shape vector = Shape.Batch(inputs[0].Channels);
        return count >= 1 && count <= inputs[0].Width ? [.. Enumerable.Repeat(vector, count)] : throw new ShapeMismatchException(
            $"{Name}: {count} places of {inputs[0]}. Ask for 1 to {inputs[0].Width}.");
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients)
    {
        int[] places = [.. Enumerable.Range(0, count).Where(place => outputGradients[place] is not null)];
        return [node.Graph.Add(new UnbindBackwardOp(node.Inputs[0].Shape, places), [.. places.Select(place => outputGradients[place]!)])];
    }

    public override void Evaluate<T>(Operands<T> v)
    {
        (int channels, int length) = (v.InShape(0).Channels, v.InShape(0).Width);
        ReadOnlySpan<T> x = v.In(0);
        for (int place = 0; place < count; place++)
        {
            Span<T> y = v.Out(place);
            for (int i = 0; i < y.Length; i++)
            {
                y[i] = x[(i * length) + place];
            }
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Unbind {count}");
}

/// <summary>The vectors' gradients at their places, 0 at all others.</summary>
internal sealed class UnbindBackwardOp(Shape xShape, int[] places) : BackwardOp
{
    /// <summary>The place along L of each input.</summary>
    public IReadOnlyList<int> Places => places;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [xShape];

    public override void Evaluate<T>(Operands<T> v)
    {
        int length = xShape.Width;
        Span<T> dx = v.Out(0);
        dx.Clear();
        for (int k = 0; k < places.Length; k++)
        {
            ReadOnlySpan<T> dy = v.In(k);
            for (int i = 0; i < dy.Length; i++)
            {
                dx[(i * length) + places[k]] = dy[i];
            }
        }
    }
}

public static partial class Ops
{
    /// <summary>The first places of a sequence, each as vectors of their own: what a recurrent cell reads step by step.</summary>
    /// <param name="x"><c>[N, C, L]</c>.</param>
    /// <param name="count">Places, 1 to L.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns><paramref name="count"/> tensors <c>[N, C]</c>, place 0 first.</returns>
    public static Tensor[] Unbind(Tensor x, int count, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        [.. x.Graph.AddNode(new UnbindOp(count), [x], file, line).Outputs];
}
