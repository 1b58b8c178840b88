namespace StepNet.Nn;

/// <summary>
/// What theory says of gradients and noise in D residual blocks <c>x_{n+1} = I(s x_n + h F(x_n))</c>: Towards Robust ResNet (Zhang et
/// al., IJCAI 2019), eq. 9 and Propositions 1 and 2, and the product form, which holds where Proposition 1 does not.
/// </summary>
/// <remarks>
/// W bounds the norm of the Jacobian of F in every block. Gains are factors of <c>||dL/dx_0||</c> over <c>||dL/dx_D||</c>; a bound too
/// large for a double is infinite.
/// </remarks>
public static class GradientBounds
{
    /// <summary>Eq. 9, of a block whose branch is a weight W_n and a batch norm: <c>1 + h gamma / sigma ||W_n||</c>.</summary>
    /// <param name="h">Step factor.</param>
    /// <param name="gamma">Largest magnitude of the norm's scale.</param>
    /// <param name="sigma">Least standard deviation that the norm divides by, above 0.</param>
    /// <param name="weightNorm">Spectral norm of the weight, at least 0.</param>
    public static double Block(double h, double gamma, double sigma, double weightNorm)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        ArgumentOutOfRangeException.ThrowIfNegative(weightNorm);
        return 1 + (Math.Abs(h * gamma) / sigma * weightNorm);
    }

    /// <summary>Proposition 1: <c>1 - h + h (1 + W)^D</c>.</summary>
    /// <remarks>Its proof needs identity shortcuts with s = 1 and an I that is 1-Lipschitz, as the identity and ReLU are: see <see cref="WhyNotPropositionOne"/>.</remarks>
    /// <param name="h">Step factor, in (0, 1]: beyond, it is no bound. F(x) = x, h = 2, D = 2 has the gain 9 and would have the bound 7.</param>
    /// <param name="w">W, at least 0.</param>
    /// <param name="blocks">D, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">h outside (0, 1].</exception>
    public static double PropositionOne(double h, double w, int blocks)
    {
        if (h is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(h), h, "Proposition 1 holds for 0 < h <= 1. For any h the product form does: Product.");
        }

        Check(w, blocks);
        return 1 - h + (h * Math.Pow(1 + w, blocks));
    }

    /// <summary>The product form <c>(|s| + |h| W)^D</c>, for any h and s, identity shortcuts and a 1-Lipschitz I.</summary>
    /// <remarks>With s = 1 and 0 &lt; h &lt;= 1 it is never above <see cref="PropositionOne"/>, since it is convex in h.</remarks>
    /// <param name="h">Step factor.</param>
    /// <param name="w">W, at least 0.</param>
    /// <param name="blocks">D, at least 0.</param>
    /// <param name="s">Skip weight.</param>
    public static double Product(double h, double w, int blocks, double s = 1)
    {
        Check(w, blocks);
        return Math.Pow(Math.Abs(s) + (Math.Abs(h) * w), blocks);
    }

    /// <summary>The product form block by block, <c>prod of |s_n| P_n + |h_n| W_n</c>, P_n the norm of the shortcut's Jacobian: for any shortcuts.</summary>
    /// <param name="blocks">The blocks, with the norms of their own Jacobians.</param>
    public static double Product(IEnumerable<BlockJacobian> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        return blocks.Aggregate(1.0, (product, block) => product * block.Bound);
    }

    /// <summary>Proposition 2: input noise eps reaches the last block as no more than <c>eps + h D W</c>.</summary>
    /// <param name="eps"><c>||x_0^eps - x_0||</c>, at least 0.</param>
    /// <param name="h">Step factor.</param>
    /// <param name="w">Bounds <c>||F(x_n^eps) - F(x_n)||</c> in every block, at least 0: a distance, not a Jacobian's norm.</param>
    /// <param name="blocks">D, at least 0.</param>
    public static double PropositionTwo(double eps, double h, double w, int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(eps);
        Check(w, blocks);
        return eps + (Math.Abs(h) * blocks * w);
    }

    /// <summary>The largest h with <c>(|s| + h W)^D &lt;= gain</c>; infinite where W is 0, and not above 0 where s alone exceeds the gain.</summary>
    /// <param name="w">W, at least 0.</param>
    /// <param name="blocks">D, at least 1.</param>
    /// <param name="gain">The gain that may be, above 0.</param>
    /// <param name="s">Skip weight.</param>
    public static double LargestStep(double w, int blocks, double gain, double s = 1)
    {
        CheckRule(w, blocks, gain);
        return (Math.Pow(gain, 1.0 / blocks) - Math.Abs(s)) / w;
    }

    /// <summary>The largest h in (0, 1] with <c>1 - h + h (1 + W)^D &lt;= gain</c>: Proposition 1 as a rule, useless where D is large.</summary>
    /// <param name="w">W, at least 0.</param>
    /// <param name="blocks">D, at least 1.</param>
    /// <param name="gain">The gain that may be, above 1.</param>
    public static double LargestStepOfPropositionOne(double w, int blocks, double gain)
    {
        CheckRule(w, blocks, gain);
        return Math.Min(1, (gain - 1) / (Math.Pow(1 + w, blocks) - 1));
    }

    /// <summary>Whether the blocks of a network are those of Proposition 1.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <returns>Null where they are; else the first reason why the proposition does not apply, in one line.</returns>
    public static string? WhyNotPropositionOne(IEnumerable<ResidualBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        foreach (ResidualBlock block in blocks)
        {
            string? why = block.Integrator != Integrator.Euler ? $"a step of {block.Integrator}, not of Euler"
                : block.DropPath is not null ? "its branch is dropped at random"
                : block.Shortcut is not null ? "its shortcut is not the identity"
                : block.Skip.Spec.Learned || block.Skip.Value != 1 ? $"s is {block.Skip.Spec}, not 1"
                : block.Step.Least <= 0 || block.Step.Greatest > 1 ? $"h is {block.Step.Spec}, not in (0, 1]"
                : block.Activation is not (Activation.Identity or Activation.Relu) ? $"{block.Activation} is not known to be 1-Lipschitz"
                : null;
            if (why is not null)
            {
                return $"{block.Path}: {why}";
            }
        }

        return null;
    }

    private static void CheckRule(double w, int blocks, double gain)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(w);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blocks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(gain);
    }

    private static void Check(double w, int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(w);
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
    }
}
