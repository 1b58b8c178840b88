using System.Numerics;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>Per-channel sums over the batch: statistics, the sums of batch norm's gradient, a bias's gradient.</summary>
/// <remarks>Doubles from the first image on: a chunk's sum, then the fixed tree over chunks.</remarks>
internal sealed unsafe class ChannelSumsStep(Node node, CpuValue a, CpuValue b, CpuValue[] results) : CpuStep(node)
{
    private readonly bool _flat = !a.Layout.HasHalo && !b.Layout.HasHalo;

    public override int PartialFloats => 4 * a.Layout.PaddedChannels;

    public override void Run(CpuContext c)
    {
        Extent e = a.Layout.Extent(_flat);
        for (int i = 0; i < c.Count; i++)
        {
            c.Kernels.ChannelSums(a.Rows(c, c.First + i), b.Rows(c, c.First + i), (double*)Partial(c), e);
        }
    }

    public override void Finish(CpuContext c, int from, int to)
    {
        int channels = a.Layout.Channels, padded = a.Layout.PaddedChannels;
        double* sums = (double*)Partials(c);
        VectorKernels.TreeSum(sums, c.Chunks, 2 * padded);
        float* first = results[0].Numbers(c), second = results.Length > 1 ? results[1].Numbers(c) : null;
        double count = (double)c.N * a.Layout.Height * a.Layout.Width;
        for (int i = 0; i < channels; i++)
        {
            if (Node.Operation is ChannelStatisticsOp)
            {
                double mean = sums[i] / count;
                first[i] = (float)mean;
                second[i] = (float)Math.Max(0, (sums[padded + i] / count) - (mean * mean));
            }
            else
            {
                first[i] = (float)sums[i];
                if (second != null)
                {
                    second[i] = (float)sums[padded + i];
                }
            }
        }
    }
}

/// <summary>The sum of two unbatched values, as they lie: gradients of a parameter that is used several times.</summary>
internal sealed unsafe class SumStep(Node node, CpuValue a, CpuValue b, CpuValue sum) : CpuStep(node)
{
    public override void Run(CpuContext c)
    {
        float* x = a.Numbers(c), y = b.Numbers(c), z = sum.Numbers(c);

        // Every unbatched value fills whole vectors of 16.
        for (int i = 0; i < a.Weights.Floats; i += Vector<float>.Count)
        {
            (Vector.Load(x + i) + Vector.Load(y + i)).Store(z + i);
        }
    }
}

/// <summary>Sum of all products over the batch.</summary>
internal sealed unsafe class DotStep(Node node, CpuValue a, CpuValue b, CpuValue result) : CpuStep(node)
{
    private readonly bool _flat = !a.Layout.HasHalo && !b.Layout.HasHalo;

    public override int PartialFloats => 16;

    public override void Run(CpuContext c)
    {
        for (int i = 0; i < c.Count; i++)
        {
            *(double*)Partial(c) += c.Kernels.Dot(a.Rows(c, c.First + i), b.Rows(c, c.First + i), a.Layout.Extent(_flat));
        }
    }

    public override void Finish(CpuContext c, int from, int to)
    {
        VectorKernels.TreeSum((double*)Partials(c), c.Chunks, PartialFloats / 2);
        *result.Numbers(c) = (float)*(double*)Partials(c);
    }
}

/// <summary>Cross-entropy, its gradient, and the number of right answers, item by item.</summary>
internal sealed unsafe class SoftmaxStep(Node node, CpuValue logits, CpuValue labels, CpuValue? scale, CpuValue result) : CpuStep(node)
{
    private readonly double _smoothing = node.Operation switch
    {
        SoftmaxCrossEntropyOp op => op.Smoothing,
        SoftmaxCrossEntropyBackwardOp op => op.Smoothing,
        _ => 0,
    };

    public override int PartialFloats => Node.Operation is SoftmaxCrossEntropyBackwardOp ? 0 : 16;

    public override void Run(CpuContext c)
    {
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            ReadOnlySpan<float> values = new(logits.Rows(c, item).Data, logits.Layout.Channels);
            ReadOnlySpan<float> label = new(labels.Rows(c, item).Data, labels.Layout.Channels);
            if (Node.Operation is SoftmaxCrossEntropyBackwardOp)
            {
                Span<float> gradient = new(result.Rows(c, item).Data, result.Layout.PaddedChannels);
                gradient[values.Length..].Clear();
                SoftmaxCrossEntropyOp.ItemGradient(values, label, _smoothing, *scale!.Numbers(c) / c.N, gradient[..values.Length]);
            }
            else
            {
                *(double*)Partial(c) += Node.Operation is CountCorrectOp
                    ? (SoftmaxCrossEntropyOp.Largest(values) == SoftmaxCrossEntropyOp.ClassOf(label) ? 1 : 0)
                    : SoftmaxCrossEntropyOp.ItemLoss(values, label, _smoothing);
            }
        }
    }

    public override void Finish(CpuContext c, int from, int to)
    {
        VectorKernels.TreeSum((double*)Partials(c), c.Chunks, PartialFloats / 2);
        double sum = *(double*)Partials(c);
        *result.Numbers(c) = (float)(Node.Operation is CountCorrectOp ? sum : sum / c.N);
    }
}
