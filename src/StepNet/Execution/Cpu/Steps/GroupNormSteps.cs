using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>
/// Group norm and its gradients, item by item while it is in the cache: channel sums in double (<see cref="VectorKernels.ChannelSums"/>),
/// sums of a group from them, then one pass with coefficients for each channel.
/// </summary>
internal abstract unsafe class GroupNormSteps(Node node, CpuValue x, CpuValue mean, CpuValue inverse) : CpuStep(node)
{
    protected int Channels => x.Layout.PaddedChannels;

    protected int Groups => mean.Layout.Channels;

    protected int GroupsPadded => mean.Layout.PaddedChannels;

    /// <summary>Channels of a group.</summary>
    protected int Size => x.Layout.Channels / Groups;

    /// <summary>Values of a group.</summary>
    protected double Count => (double)Size * x.Layout.Height * x.Layout.Width;

    // 2 C doubles for the sums, then 3 C floats for the coefficients; padding channels keep zeros there.
    public override int TemporaryFloats => 7 * Channels;

    protected double* Sums(CpuContext c) => (double*)(Temporary(c));

    protected float* Coefficients(CpuContext c) => Temporary(c) + (4 * Channels);

    protected CpuValue X => x;

    protected float* Mean(CpuContext c, int item) => mean.Rows(c, item).Data;

    protected float* Inverse(CpuContext c, int item) => inverse.Rows(c, item).Data;

    public override void Run(CpuContext c)
    {
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            new Span<float>(Temporary(c), TemporaryFloats).Clear();
            RunItem(c, item);
        }
    }

    protected abstract void RunItem(CpuContext c, int item);

    /// <summary>Per channel: sum of d, and behind those the sum of d x.</summary>
    protected double* SumsOf(CpuContext c, CpuValue d, int item)
    {
        c.Kernels.ChannelSums(d.Rows(c, item), x.Rows(c, item), Sums(c), x.Layout.Extent(!d.Layout.HasHalo && !x.Layout.HasHalo));
        return Sums(c);
    }
}

/// <summary>Group norm forward.</summary>
internal sealed unsafe class GroupNormStep(Node node, CpuValue x, CpuValue gamma, CpuValue beta, CpuValue y, CpuValue mean, CpuValue inverse)
    : GroupNormSteps(node, x, mean, inverse)
{
    private readonly double _epsilon = ((GroupNormOp)node.Operation).Epsilon;

    protected override void RunItem(CpuContext c, int item)
    {
        double* sums = SumsOf(c, X, item);
        float* a = Coefficients(c), b = a + Channels, means = Mean(c, item), inverses = Inverse(c, item);
        new Span<float>(means, GroupsPadded).Clear();
        new Span<float>(inverses, GroupsPadded).Clear();
        for (int g = 0; g < Groups; g++)
        {
            double sum = 0, squares = 0;
            for (int i = g * Size; i < (g + 1) * Size; i++)
            {
                sum += sums[i];
                squares += sums[Channels + i];
            }

            double average = sum / Count, variance = Math.Max(0, (squares / Count) - (average * average));
            // Math.Max(0, NaN) is NaN: a bad value reaches the loss.
            double scale = 1 / Math.Sqrt(variance + _epsilon);
            (means[g], inverses[g]) = ((float)average, (float)scale);
            for (int i = g * Size; i < (g + 1) * Size; i++)
            {
                double slope = gamma.Numbers(c)[i] * scale;
                (a[i], b[i]) = ((float)slope, (float)(beta.Numbers(c)[i] - (average * slope)));
            }
        }

        Extent e = X.Layout.Extent(!X.Layout.HasHalo && !y.Layout.HasHalo);
        c.Kernels.ChannelAffine(X.Rows(c, item), a, b, y.Rows(c, item), e, relu: false);
    }
}

/// <summary>Group norm's gradient to its input: <c>ca[c] dy + cb[c] x + cc[c]</c>.</summary>
internal sealed unsafe class GroupNormBackwardDataStep(
    Node node, CpuValue dy, CpuValue x, CpuValue gamma, CpuValue mean, CpuValue inverse, CpuValue dx) : GroupNormSteps(node, x, mean, inverse)
{
    protected override void RunItem(CpuContext c, int item)
    {
        double* sums = SumsOf(c, dy, item);
        float* ca = Coefficients(c), cb = ca + Channels, cc = cb + Channels;
        for (int g = 0; g < Groups; g++)
        {
            double average = Mean(c, item)[g], scale = Inverse(c, item)[g], sum = 0, products = 0;
            for (int i = g * Size; i < (g + 1) * Size; i++)
            {
                double weight = gamma.Numbers(c)[i];
                sum += weight * sums[i];
                products += weight * scale * (sums[Channels + i] - (average * sums[i]));
            }

            double slope = -scale * scale * products / Count, shift = (-scale * sum / Count) - (slope * average);
            for (int i = g * Size; i < (g + 1) * Size; i++)
            {
                (ca[i], cb[i], cc[i]) = ((float)(scale * gamma.Numbers(c)[i]), (float)slope, (float)shift);
            }
        }

        Extent e = X.Layout.Extent(!X.Layout.HasHalo && !dy.Layout.HasHalo && !dx.Layout.HasHalo);
        c.Kernels.Combine(dy.Rows(c, item), X.Rows(c, item), ca, cb, cc, dx.Rows(c, item), e, relu: false);
    }
}

/// <summary>Group norm's gradients to gamma and beta: doubles over a chunk, then the fixed tree.</summary>
internal sealed unsafe class GroupNormBackwardAffineStep(
    Node node, CpuValue dy, CpuValue x, CpuValue mean, CpuValue inverse, CpuValue dgamma, CpuValue dbeta)
    : GroupNormSteps(node, x, mean, inverse)
{
    public override int PartialFloats => 4 * Channels;

    protected override void RunItem(CpuContext c, int item)
    {
        double* sums = SumsOf(c, dy, item), partial = (double*)Partial(c);
        for (int i = 0; i < X.Layout.Channels; i++)
        {
            double average = Mean(c, item)[i / Size], scale = Inverse(c, item)[i / Size];
            partial[i] += scale * (sums[Channels + i] - (average * sums[i]));
            partial[Channels + i] += sums[i];
        }
    }

    public override void Finish(CpuContext c, int from, int to)
    {
        double* sums = (double*)Partials(c);
        VectorKernels.TreeSum(sums, c.Chunks, 2 * Channels);
        for (int i = 0; i < X.Layout.Channels; i++)
        {
            (dgamma.Numbers(c)[i], dbeta.Numbers(c)[i]) = ((float)sums[i], (float)sums[Channels + i]);
        }
    }
}
