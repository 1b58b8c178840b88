using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>
/// A step factor by the product form: the largest h with <c>(|s| + h W)^D &lt;= G</c>, W measured on the network as it is initialised.
/// The gradient of the loss at the first block is then at most G times that at the last, as long as W stays what it was.
/// </summary>
/// <param name="W">Largest norm of a branch's Jacobian, over all blocks and items: see <see cref="BlockJacobians"/>.</param>
/// <param name="Blocks">Residual blocks on the way, D; one that is used again and again counts each time.</param>
/// <param name="Gain">The gain that may be, G.</param>
/// <param name="Step">The largest such h, rounded down to four digits; at most 1 where the bound would allow more.</param>
/// <param name="PropositionOne">What Proposition 1 alone would allow, by <see cref="GradientBounds.LargestStepOfPropositionOne"/>: useless at depth.</param>
/// <param name="WidestBlock">Path of the block that W comes from.</param>
public sealed record StepRule(double W, int Blocks, double Gain, double Step, double PropositionOne, string WidestBlock)
{
    /// <summary>The gain that may be where nothing is said.</summary>
    public const double DefaultGain = 100;

    /// <summary>Measures a network and applies the rule.</summary>
    /// <remarks>
    /// Measured with the h of W = 1: F's Jacobian depends a little on where the blocks before have brought the items. Blocks that change
    /// the shape count as all others do, though their shortcut has a norm of its own.
    /// </remarks>
    /// <param name="model">As it is initialised, with a fixed step factor.</param>
    /// <param name="items">A batch, <c>[N, ...]</c>, as a training step would see it.</param>
    /// <param name="gain">G, above 1.</param>
    /// <param name="seed">Seed of the power iteration.</param>
    /// <param name="threads">Threads, or 0: see <see cref="Execution.ThreadCount"/>.</param>
    /// <exception cref="ArgumentException">No residual block, a learned step factor, or a skip weight whose own gain is G or more; one line.</exception>
    /// <exception cref="NotSupportedException">A branch holds an operation without a rule for its Jacobian; the message names it.</exception>
    public static StepRule Choose(Module model, NdArray items, double gain = DefaultGain, ulong seed = 1, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(gain, 1);
        ResidualBlock[] blocks = [.. model.Modules.OfType<ResidualBlock>()];
        if (blocks.FirstOrDefault(block => block.Integrator != Integrator.Euler) is ResidualBlock other)
        {
            throw new ArgumentException($"The rule is for Euler's step; '{other.Path}' takes one of {other.Integrator}.");
        }

        if (blocks.Length == 0)
        {
            throw new ArgumentException("The network has no residual block, and so no step factor to choose.");
        }

        if (blocks.Any(block => block.Step.Spec.Learned))
        {
            throw new ArgumentException("The rule chooses a fixed step factor; this network learns its own.");
        }

        int uses = BlockJacobians.Count(model, Shape.Of([.. items.Dims.Skip(1)]));
        double s = blocks.Max(block => Math.Max(Math.Abs(block.Skip.Least), Math.Abs(block.Skip.Greatest)));
        if (Math.Pow(s, uses) >= gain)
        {
            throw new ArgumentException(
                $"The skip weight {s} alone gives {uses} blocks a gain of {Math.Pow(s, uses):g3}, and {gain} are allowed: no h is small enough.");
        }

        double trial = Math.Min(1, GradientBounds.LargestStep(1, uses, gain, s));
        IReadOnlyList<BlockJacobian> rows = BlockJacobians.Measure(model, items, seed: seed, threads: threads, step: trial);
        BlockJacobian widest = rows.MaxBy(row => double.IsNaN(row.Branch) ? double.PositiveInfinity : row.Branch)!;
        if (!double.IsFinite(widest.Branch))
        {
            throw new ArgumentException($"The Jacobian of the branch of '{widest.Block}' is not finite as the network is initialised. Give a number.");
        }

        double step = Math.Min(1, GradientBounds.LargestStep(widest.Branch, uses, gain, s));
        return new StepRule(
            widest.Branch, uses, gain, RoundedDown(step),
            GradientBounds.LargestStepOfPropositionOne(widest.Branch, uses, gain), widest.Block);
    }

    // A short number, for configuration files, that still keeps the bound.
    private static double RoundedDown(double step)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(step)) - 3);
        return double.Parse(
            (Math.Floor(step / unit) * unit).ToString("g4", System.Globalization.CultureInfo.InvariantCulture),
            System.Globalization.CultureInfo.InvariantCulture);
    }
}
