using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>The rewriting rules of <see cref="Fuse"/>.</summary>
internal static class Fusions
{
    /// <summary><c>Relu(ChannelAffine(y, a, b))</c>: normalise and rectify what a convolution reads, in one pass.</summary>
    public static Tensor[]? AffineRelu(Site site) =>
        site.Operation is ReluOp && Is<ChannelAffineOp>(site.Inputs[0], out Node affine)
            ? site.One(new AffineReluOp(), affine.Inputs.AsSpan())
            : null;

    /// <summary><c>ResidualStep(x, f, s, h)</c> with batch norm's affine maps of x and f folded in.</summary>
    public static Tensor[]? Combine(Site site)
    {
        if (site.Operation is not ResidualStepOp)
        {
            return null;
        }

        (Tensor x, Tensor f) = (site.Inputs[0], site.Inputs[1]);
        bool skip = Is<ChannelAffineOp>(x, out Node skipAffine), branch = Is<ChannelAffineOp>(f, out Node branchAffine);
        List<Tensor> inputs = [skip ? skipAffine.Inputs[0] : x, branch ? branchAffine.Inputs[0] : f, site.Inputs[2], site.Inputs[3]];
        inputs.AddRange(skip ? skipAffine.Inputs.Skip(1) : []);
        inputs.AddRange(branch ? branchAffine.Inputs.Skip(1) : []);
        return site.One(new CombineOp(skip, branch, relu: false), inputs.ToArray());
    }

    /// <summary>ReLU on the residual sum.</summary>
    public static Tensor[]? CombineRelu(Site site) =>
        site.Operation is ReluOp && Is<CombineOp>(site.Inputs[0], out Node sum) && sum.Operation is CombineOp { Relu: false } op
            ? site.One(new CombineOp(op.SkipAffine, op.BranchAffine, relu: true), sum.Inputs.AsSpan())
            : null;

    /// <summary><c>ChannelScale(d, a) + ChannelStatisticsBackward(y, ...)</c>: the two ways into a batch norm's input.</summary>
    public static Tensor[]? NormGradient(Site site) =>
        site.Operation is AddOp && NormGradientOf(site, site.Inputs[0], site.Inputs[1]) is Tensor gradient ? [gradient] : null;

    /// <summary>The same where another gradient was added first: <c>(p + ChannelScale) + StatisticsBackward</c>.</summary>
    public static Tensor[]? NormGradientIntoSum(Site site)
    {
        if (site.Operation is not AddOp
            || !Is<AddOp, GatedSumOp>(site.Inputs[0], out Node sum)
            || sum.Operation is GatedSumOp { Gated: true })
        {
            return null;
        }

        // A sum c b + a was fused as (a, b, c); the scaled channel is its unscaled addend.
        int scaledAt = sum.Operation is GatedSumOp ? 0 : 1;
        if (NormGradientOf(site, sum.Inputs[scaledAt], site.Inputs[1]) is not Tensor gradient)
        {
            return null;
        }

        return sum.Operation is GatedSumOp
            ? site.One(sum.Operation, [gradient, .. sum.Inputs.AsSpan(1..)])
            : site.One(new AddOp(), sum.Inputs[0], gradient);
    }

    /// <summary><c>s d + dx</c>: the skip's and the branch's gradients meet.</summary>
    public static Tensor[]? ScaledSum(Site site)
    {
        if (site.Operation is not AddOp || !site.Inputs[0].Shape.Batched)
        {
            return null;
        }

        (Tensor a, Tensor b) = (site.Inputs[0], site.Inputs[1]);
        return IsTimesCoefficient(a, out Node scale) ? site.One(new GatedSumOp(true, false), b, scale.Inputs[0], scale.Inputs[1])
            : IsTimesCoefficient(b, out scale) ? site.One(new GatedSumOp(true, false), a, scale.Inputs[0], scale.Inputs[1])
            : null;
    }

    /// <summary>ReLU's backward of a sum of two gradients.</summary>
    public static Tensor[]? GatedSum(Site site)
    {
        if (site.Operation is not ReluBackwardOp)
        {
            return null;
        }

        (Tensor dy, Tensor gate) = (site.Inputs[0], site.Inputs[1]);
        return Is<GatedSumOp>(dy, out Node scaled) && scaled.Operation is GatedSumOp { Gated: false }
                ? site.One(new GatedSumOp(true, true), scaled.Inputs[0], scaled.Inputs[1], scaled.Inputs[2], gate)
            : Is<AddOp>(dy, out Node sum) ? site.One(new GatedSumOp(false, true), sum.Inputs[0], sum.Inputs[1], gate)
            : null;
    }

    /// <summary><c>ChannelSums(h d, y) = h ChannelSums(d, y)</c>: no pass over the batch for the step factor.</summary>
    public static Tensor[]? ChannelSumsOfScaled(Site site)
    {
        if (site.Operation is not ChannelSumsOp || !IsTimesCoefficient(site.Inputs[0], out Node scale))
        {
            return null;
        }

        Node sums = site.Add(new ChannelSumsOp(), scale.Inputs[0], site.Inputs[1]);
        Tensor h = scale.Inputs[1];
        return [.. sums.Outputs.Select(sum => site.Add(h.Shape == Shape.Scalar ? new ScaleOp() : new MultiplyOp(), sum, h).Outputs[0])];
    }

    /// <summary><c>&lt;d, ChannelAffine(y, a, b)&gt;</c> from the channel sums that batch norm's backward needs anyway.</summary>
    public static Tensor[]? DotWithAffine(Site site)
    {
        if (site.Operation is not DotOp || !Is<ChannelAffineOp>(site.Inputs[1], out Node affine))
        {
            return null;
        }

        Node sums = site.Add(new ChannelSumsOp(), site.Inputs[0], affine.Inputs[0]);
        return site.One(new DotFromSumsOp(), sums.Outputs[0], sums.Outputs[1], affine.Inputs[1], affine.Inputs[2]);
    }

    /// <summary>The same by channels: <c>ChannelSums(d, ChannelAffine(y, a, b))</c>.</summary>
    public static Tensor[]? ChannelSumsWithAffine(Site site)
    {
        if (site.Operation is not ChannelSumsOp || !Is<ChannelAffineOp>(site.Inputs[1], out Node affine))
        {
            return null;
        }

        Node sums = site.Add(new ChannelSumsOp(), site.Inputs[0], affine.Inputs[0]);
        Node scaled = site.Add(new MultiplyOp(), affine.Inputs[1], sums.Outputs[1]);
        Node shifted = site.Add(new MultiplyOp(), affine.Inputs[2], sums.Outputs[0]);
        return [sums.Outputs[0], site.Add(new AddOp(), scaled.Outputs[0], shifted.Outputs[0]).Outputs[0]];
    }

    /// <summary>The product with a mask of whole items: one number an item, drawn where it is used instead of spread over a mask.</summary>
    public static Tensor[]? MaskItems(Site site) =>
        site.Operation is MultiplyOp && Is<RandomMaskOp>(site.Inputs[1], out Node mask) && mask.Operation is RandomMaskOp { WholeItems: true } op
            ? site.One(new MaskItemsOp(op), site.Inputs[0])
            : null;

    /// <summary>An optimiser's step that clips the gradient as it reads it.</summary>
    public static Tensor[]? ClippedUpdate(Site site) =>
        site.Operation is UpdateOp update && Is<ClipGradientOp>(site.Inputs[1], out Node clip)
            ? [.. site.Add(
                update.Clipped((ClipGradientOp)clip.Operation),
                [site.Inputs[0], clip.Inputs[0], .. site.Inputs.AsSpan(2..), .. clip.Inputs.AsSpan(1..)]).Outputs]
            : null;

    private static Tensor? NormGradientOf(Site site, Tensor scaled, Tensor statistics)
    {
        if (!Is<ChannelScaleOp>(scaled, out Node scale)
            || !Is<ChannelStatisticsBackwardOp>(statistics, out Node backward)
            || scale.Inputs[0].Shape != backward.Inputs[0].Shape)
        {
            return null;
        }

        bool stepped = IsTimesCoefficient(scale.Inputs[0], out Node step);
        Tensor d = stepped ? step.Inputs[0] : scale.Inputs[0];
        (Tensor y, Tensor mean, Tensor dmean, Tensor dvar) =
            (backward.Inputs[0], backward.Inputs[1], backward.Inputs[2], backward.Inputs[3]);
        return stepped
            ? site.One(new NormGradientOp(true), d, y, scale.Inputs[1], mean, dmean, dvar, step.Inputs[1])[0]
            : site.One(new NormGradientOp(false), d, y, scale.Inputs[1], mean, dmean, dvar)[0];
    }

    // A coefficient that has one number a channel is a variable; what else scales channels is batch norm's own number a.
    private static bool IsTimesCoefficient(Tensor tensor, out Node scale) =>
        Is<ScaleOp>(tensor, out scale) || (scale.Operation is ChannelScaleOp && scale.Inputs[1].Producer.Operation is VariableOp);

    private static bool Is<TOperation>(Tensor tensor, out Node producer)
    {
        producer = tensor.Producer;
        return producer.Operation is TOperation;
    }

    private static bool Is<TFirst, TSecond>(Tensor tensor, out Node producer)
    {
        producer = tensor.Producer;
        return producer.Operation is TFirst or TSecond;
    }
}
