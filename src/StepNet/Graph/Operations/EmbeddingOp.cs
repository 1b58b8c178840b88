using System.Runtime.CompilerServices;

namespace StepNet.Graph;

/// <summary><c>y[n, :, l] = table[ids[n, l], :]</c>. An id outside the table gives NaN; executors refuse to be fed one.</summary>
internal sealed class EmbeddingOp : Operation
{
    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        (Shape ids, Shape table) = (inputs[0], inputs[1]);
        return ids.Batched && ids.Dims.Length == 1 && !table.Batched && table.Dims.Length == 2
            ? [Shape.Batch(table.Dims[1], ids.Dims[0])]
            : throw new ShapeMismatchException(
                $"Embedding: got ids {ids} and table {table}, needs token ids [N, L] and a table [vocabulary, dim].");
    }

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) =>
    [
        null,
        node.Graph.Add(new EmbeddingBackwardOp(node.Inputs[1].Shape), [outputGradients[0]!, node.Inputs[0]]),
    ];

    public override void Evaluate<T>(Operands<T> v)
    {
        (int rows, int dim, int length) = (v.InShape(1).Dims[0], v.InShape(1).Dims[1], v.InShape(0).Dims[0]);
        ReadOnlySpan<T> ids = v.In(0), table = v.In(1);
        for (int i = 0; i < ids.Length; i++)
        {
            int id = int.CreateTruncating(ids[i]);
            for (int d = 0; d < dim; d++)
            {
                v.Out(0)[(((i / length * dim) + d) * length) + (i % length)] =
                    id >= 0 && id < rows ? table[(id * dim) + d] : T.NaN;
            }
        }
    }
}

/// <summary><c>dtable[id, :] = sum of dy[n, :, l] over all places of the id</c>: a sum over the batch. Inputs dy, ids.</summary>
internal sealed class EmbeddingBackwardOp(Shape tableShape) : BackwardOp
{
    public override Locality Locality => Locality.Reduction;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [tableShape];

    public override void Evaluate<T>(Operands<T> v)
    {
        (int rows, int dim, int length) = (tableShape.Dims[0], tableShape.Dims[1], v.InShape(1).Dims[0]);
        ReadOnlySpan<T> dy = v.In(0), ids = v.In(1);
        Span<T> sums = v.Out(0);
        sums.Clear();
        for (int i = 0; i < ids.Length; i++)
        {
            int id = int.CreateTruncating(ids[i]);
            for (int d = 0; d < dim && id >= 0 && id < rows; d++)
            {
                sums[(id * dim) + d] += dy[(((i / length * dim) + d) * length) + (i % length)];
            }
        }
    }
}

public static partial class Ops
{
    /// <summary>Rows of a table, by token id.</summary>
    /// <param name="ids">Token ids as numbers, <c>[N, L]</c>; an executor refuses to be fed one outside the table.</param>
    /// <param name="table"><c>[vocabulary, dim]</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>Sequences, <c>[N, dim, L]</c>.</returns>
    public static Tensor Embedding(Tensor ids, Tensor table, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        ids.Graph.Add(new EmbeddingOp(), [ids, table], file, line);
}
