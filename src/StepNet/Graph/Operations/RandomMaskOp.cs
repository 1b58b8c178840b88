using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using StepNet.Kernels;

namespace StepNet.Graph;

/// <summary>
/// A mask of <c>1 / keep</c> with probability <c>keep</c>, else 0, drawn anew each step from a counter-based generator:
/// the value is a function of seed, step, key and place alone, so replay, recomputation and resume draw the same.
/// </summary>
internal sealed class RandomMaskOp(string key, double keep, bool wholeItems) : Operation
{
    private readonly ulong _key = CounterRandom.KeyOf(key);

    public double Keep { get; } = keep;

    /// <summary>Whether an item of the batch is kept or dropped as a whole.</summary>
    public bool WholeItems { get; } = wholeItems;

    public override Locality Locality => Locality.Item;

    public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [inputs[0]];

    public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [null];

    public override void Evaluate<T>(Operands<T> v)
    {
        CounterRandom random = Stream(v.Random);
        int itemCount = v.OutShape(0).ItemCount;
        Span<T> mask = v.Out(0);
        for (int i = 0; i < mask.Length; i++)
        {
            long element = ((long)v.FirstItem * itemCount) + i;
            mask[i] = Draw<T>(random, WholeItems ? element / itemCount : element);
        }
    }

    /// <summary>The draws of one step.</summary>
    public CounterRandom Stream(RandomKey step) => new(step.Seed, (ulong)step.Step, _key);

    /// <summary>The mask at a place: an element of the batch or, for whole items, an item.</summary>
    public T Draw<T>(CounterRandom random, long place)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        random.DoubleAt((ulong)place) < Keep ? T.CreateTruncating(1 / Keep) : T.Zero;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"RandomMask '{key}' keep {Keep}");
}

public static partial class Ops
{
    /// <summary>A random mask of the shape of <paramref name="x"/>: <c>1 / keep</c> or 0.</summary>
    /// <param name="x">Gives shape and batch; its values are not read.</param>
    /// <param name="keep">Probability of a kept element, in (0, 1].</param>
    /// <param name="wholeItems">Whether an item of the batch is kept or dropped as a whole (stochastic depth).</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Tensor RandomMask(
        Tensor x, double keep, bool wholeItems = false, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (keep is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(keep), keep, "The keep probability lies in (0, 1].");
        }

        // The key is the module's path and the mask's place in it: it survives other nodes being added to the graph.
        string path = x.Graph.Scope.Path;
        int place = x.Graph.Nodes.Count(node => node.Operation is RandomMaskOp && node.Scope.Path == path);
        return x.Graph.Add(new RandomMaskOp($"{path}#{place}", keep, wholeItems), [x], file, line);
    }
}
