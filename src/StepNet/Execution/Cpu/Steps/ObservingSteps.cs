using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>Mean and variance of all values of a batch. Doubles from the first block on: a chunk's sums, then the fixed tree.</summary>
internal sealed unsafe class MomentsStep(Node node, CpuValue x, CpuValue mean, CpuValue variance) : CpuStep(node)
{
    public override int PartialFloats => 16;

    public override void Run(CpuContext c)
    {
        for (int i = 0; i < c.Count; i++)
        {
            c.Kernels.Moments(x.Rows(c, c.First + i), (double*)Partial(c), x.Layout.Extent(!x.Layout.HasHalo));
        }
    }

    public override void Finish(CpuContext c, int from, int to)
    {
        double* sums = (double*)Partials(c);
        VectorKernels.TreeSum(sums, c.Chunks, PartialFloats / 2);
        double count = (double)c.N * x.Tensor.Shape.ItemCount, average = sums[0] / count;
        *mean.Numbers(c) = (float)average;

        // Not Math.Max: NaN is to be seen.
        double spread = (sums[1] / count) - (average * average);
        *variance.Numbers(c) = (float)(spread < 0 ? 0 : spread);
    }
}

/// <summary>Root of a sum of squares over the batch: of a gradient, or of the mean over items of what a block adds.</summary>
internal sealed unsafe class BatchRootStep(Node node, CpuValue x, CpuValue? y, CpuValue result) : CpuStep(node)
{
    private readonly bool _flat = !x.Layout.HasHalo && y?.Layout.HasHalo != true;

    public override int PartialFloats => 16;

    public override void Run(CpuContext c)
    {
        double* sum = (double*)Partial(c);
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            *sum += y is null ? c.Kernels.Dot(x.Rows(c, item), x.Rows(c, item), x.Layout.Extent(_flat))
                : x.Layout.PaddedChannels == y.Layout.PaddedChannels
                    ? c.Kernels.SquaredDistance(x.Rows(c, item), y.Rows(c, item), x.Layout.Extent(_flat))
                : OfUnlikeLayouts(x.Rows(c, item), y.Rows(c, item));
        }
    }

    public override void Finish(CpuContext c, int from, int to)
    {
        VectorKernels.TreeSum((double*)Partials(c), c.Chunks, PartialFloats / 2);
        *result.Numbers(c) = (float)Math.Sqrt(*(double*)Partials(c) / (y is null ? 1 : c.N));
    }

    // Raw images lie in fewer channels than all else: no block of the networks here reads them, one of a user may.
    private double OfUnlikeLayouts(Rows a, Rows b)
    {
        double sum = 0;
        for (int row = 0; row < x.Layout.Height; row++)
        {
            for (int i = 0; i < x.Layout.Width * x.Layout.Channels; i++)
            {
                (int pixel, int channel) = (i / x.Layout.Channels, i % x.Layout.Channels);
                double d = (double)a[row][(pixel * x.Layout.PaddedChannels) + channel] - b[row][(pixel * y!.Layout.PaddedChannels) + channel];
                sum += d * d;
            }
        }

        return sum;
    }
}

/// <summary>Norm and mean absolute value of a parameter, in parts of fixed size, joined in order.</summary>
internal sealed unsafe class WeightMagnitudesStep(Node node, CpuValue weight, CpuValue norm, CpuValue average) : CpuStep(node)
{
    private const int PartFloats = 65536;

    public override int OwnFloats => 4 * Blocks;

    public override int Blocks => (weight.Weights.Floats + PartFloats - 1) / PartFloats;

    public override void RunBlock(CpuContext c, int block)
    {
        // Padding is 0 and may be counted.
        float* values = weight.Numbers(c) + ((nint)block * PartFloats);
        int count = Math.Min(PartFloats, weight.Weights.Floats - (block * PartFloats));
        double* sums = (double*)Own(c) + (2 * block);
        sums[0] = VectorKernels.SumOfSquares(values, count);
        sums[1] = VectorKernels.SumOfMagnitudes(values, count);
    }

    public override void Run(CpuContext c)
    {
        for (int block = 0; block < Blocks; block++)
        {
            RunBlock(c, block);
        }

        Join(c);
    }

    public override void Join(CpuContext c)
    {
        (double squares, double magnitudes) = (0, 0);
        for (int i = 0; i < Blocks; i++)
        {
            squares += ((double*)Own(c))[2 * i];
            magnitudes += ((double*)Own(c))[(2 * i) + 1];
        }

        *norm.Numbers(c) = (float)Math.Sqrt(squares);
        *average.Numbers(c) = (float)(magnitudes / weight.Tensor.Shape.ItemCount);
    }
}
