using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>A trained row for every token: ids <c>[N, L]</c> to sequences <c>[N, dim, L]</c>.</summary>
public sealed class Embedding : Module
{
    /// <summary>A table that starts from the standard normal distribution, as PyTorch's does.</summary>
    /// <param name="vocabulary">Rows: ids run from 0 to <paramref name="vocabulary"/> - 1.</param>
    /// <param name="dim">Channels of a token.</param>
    public Embedding(int vocabulary, int dim) => Weight = Parameter("weight", Shape.Of(vocabulary, dim), (values, _, random) =>
    {
        foreach (ref float value in values)
        {
            value = (float)random.NextNormal();
        }
    });

    /// <summary>The table, <c>[vocabulary, dim]</c>.</summary>
    public Parameter Weight { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => Ops.Embedding(x, x.Graph.Read(Weight));
}
