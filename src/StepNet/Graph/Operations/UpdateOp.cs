using System.Globalization;
using System.Numerics;

namespace StepNet.Graph;

/// <summary>
/// One step of an optimiser for one parameter. An executor may carry it out in place: nothing else may read what it writes.
/// </summary>
/// <remarks>
/// Inputs p, g, the states, the learning rate, numbers of the rule's own, and last, where clipped by it, the norm of all
/// gradients. Outputs p' and the next states.
/// </remarks>
/// <param name="states">Values that the rule remembers for each value of p.</param>
/// <param name="decay">L2 penalty's factor: <c>decay p</c> is added to the gradient.</param>
internal abstract class UpdateOp(int states, double decay) : Operation
{
    /// <summary>Values that the rule remembers for each value of p.</summary>
    public int States { get; } = states;

    /// <summary>L2 penalty's factor.</summary>
    public double Decay { get; } = decay;

    /// <summary>What the gradient goes through first; null for nothing.</summary>
    public ClipGradientOp? Clip { get; private set; }

    public sealed override Locality Locality => Locality.Unbatched;

    /// <summary>Place of the learning rate among the inputs.</summary>
    public int RateInput => 2 + States;

    /// <summary>Place of the norm of all gradients among the inputs, where there is one.</summary>
    public int NormInput => RateInput + Numbers;

    /// <summary>Numbers read, the learning rate included.</summary>
    protected virtual int Numbers => 1;

    /// <summary>The same step on a clipped gradient.</summary>
    public UpdateOp Clipped(ClipGradientOp clip)
    {
        UpdateOp copy = (UpdateOp)MemberwiseClone();
        copy.Clip = clip;
        return copy;
    }

    public sealed override Shape[] InferShapes(ReadOnlySpan<Shape> inputs)
    {
        for (int i = 1; i < RateInput; i++)
        {
            Require.Equal(Name, inputs[0], inputs[i]);
        }

        for (int i = RateInput; i < inputs.Length; i++)
        {
            Require.Scalar(Name, inputs[i]);
        }

        return [.. Enumerable.Repeat(inputs[0], 1 + States)];
    }

    public sealed override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => new Tensor?[node.Inputs.Length];

    public sealed override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name} {Settings}{(Decay > 0 ? $", weight decay {Decay}" : "")}{(Clip is null ? "" : $", {Clip}")}");

    /// <summary>The rule's own settings, for listings.</summary>
    protected abstract string Settings { get; }

    /// <summary>The gradient as the rule takes it: clipped, with the penalty.</summary>
    protected Terms<T> GradientsOf<T>(Operands<T> v)
        where T : unmanaged, IFloatingPointIeee754<T> => new(
            v.In(0),
            v.In(1),
            T.CreateTruncating(Clip is { ByNorm: true } ? Clip.Factor(double.CreateTruncating(v.In(NormInput)[0])) : 1),
            T.CreateTruncating(Clip?.MaxValue ?? double.PositiveInfinity),
            T.CreateTruncating(Decay));

    /// <summary>Gradients, value by value.</summary>
    protected readonly ref struct Terms<T>(ReadOnlySpan<T> p, ReadOnlySpan<T> g, T scale, T limit, T decay)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _p = p;
        private readonly ReadOnlySpan<T> _g = g;

        public T this[int i] => T.Clamp(scale * _g[i], -limit, limit) + (decay * _p[i]);
    }
}
