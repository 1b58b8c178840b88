using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>Geometry of convolutions in terms of memory.</summary>
internal static class ConvPlans
{
    /// <summary>Forward: taps over the haloed input.</summary>
    public static ConvPlan Forward(ConvGeometry geometry, Layout x, Layout y, WeightLayout w)
    {
        (int kh, int kw) = ConvGeometry.Window(w.Shape);
        int[] inputs = new int[kh * kw], weights = new int[kh * kw];
        for (int t = 0; t < inputs.Length; t++)
        {
            inputs[t] = ((t / kw) - geometry.Padding.Top) * x.RowStride
                + (((t % kw) - geometry.Padding.Left) * x.PaddedChannels);
            weights[t] = t * w.InChannels * w.BlockChannels;
        }

        return new ConvPlan
        {
            InputOffsets = inputs,
            WeightOffsets = weights,
            InChannels = w.InChannels,
            OutChannels = w.OutChannels,
            BlockChannels = w.BlockChannels,
            WeightBlockStride = w.BlockStride,
            Rows = y.Height,
            Columns = y.Width,
            InputRowStep = geometry.Stride * x.RowStride,
            InputPixelStep = geometry.Stride * x.PaddedChannels,
            OutputRowStep = y.RowStride,
            OutputPixelStep = y.PaddedChannels,
        };
    }

    /// <summary>Forward by tiles, 3x3 at stride 1.</summary>
    public static WinogradPlan Winograd(Padding padding, Layout x, Layout y, WeightLayout w) => new()
    {
        InputOffset = -(padding.Top * x.RowStride) - (padding.Left * x.PaddedChannels),
        InputRowStep = x.RowStride,
        InputPixelStep = x.PaddedChannels,
        InputItemStep = x.ItemFloats,
        InChannels = w.InChannels,
        Rows = y.Height,
        Columns = y.Width,
        OutputRowStep = y.RowStride,
        OutputItemStep = y.ItemFloats,
        OutChannels = w.OutChannels,
        BlockChannels = w.BlockChannels,
    };

    /// <summary>
    /// Backward to the data, one plan for each of the stride x stride classes of input pixels: pixels of a class meet the
    /// same taps. A class without taps is written with zeros.
    /// </summary>
    public static ConvPlan[] BackwardData(ConvGeometry geometry, Layout dx, Layout dy, WeightLayout turned, Shape w)
    {
        List<ConvPlan> plans = [];
        foreach ((int Row, int Column, List<(int Tap, int Down, int Right)> Taps) c in Classes(geometry, w))
        {
            int rows = (dx.Height - c.Row + geometry.Stride - 1) / geometry.Stride;
            int columns = (dx.Width - c.Column + geometry.Stride - 1) / geometry.Stride;
            if (rows > 0 && columns > 0)
            {
                plans.Add(new ConvPlan
                {
                    InputOffsets = [.. c.Taps.Select(tap => (tap.Down * dy.RowStride) + (tap.Right * dy.PaddedChannels))],
                    WeightOffsets = [.. c.Taps.Select(
                        tap => (turned.Taps - 1 - tap.Tap) * turned.InChannels * turned.BlockChannels)],
                    InChannels = turned.InChannels,
                    OutChannels = turned.OutChannels,
                    BlockChannels = turned.BlockChannels,
                    WeightBlockStride = turned.BlockStride,
                    Rows = rows,
                    Columns = columns,
                    InputRowStep = dy.RowStride,
                    InputPixelStep = dy.PaddedChannels,
                    OutputRowStep = geometry.Stride * dx.RowStride,
                    OutputPixelStep = geometry.Stride * dx.PaddedChannels,
                    OutputOffset = (c.Row * dx.RowStride) + (c.Column * dx.PaddedChannels),
                }.Merged());
            }
        }

        return [.. plans];
    }

    /// <summary>Zeros that <see cref="BackwardData"/> reads around the gradient.</summary>
    public static Padding BackwardHalo(ConvGeometry geometry, Shape x, Shape y, Shape w)
    {
        int top = 0, bottom = 0, left = 0, right = 0;
        foreach ((int Row, int Column, List<(int Tap, int Down, int Right)> Taps) c in Classes(geometry, w))
        {
            int rows = (x.Height - c.Row + geometry.Stride - 1) / geometry.Stride;
            int columns = (x.Width - c.Column + geometry.Stride - 1) / geometry.Stride;
            foreach ((_, int down, int rightward) in c.Taps)
            {
                top = Math.Max(top, -down);
                bottom = Math.Max(bottom, down + rows - y.Height);
                left = Math.Max(left, -rightward);
                right = Math.Max(right, rightward + columns - y.Width);
            }
        }

        return new Padding(top, bottom, left, right);
    }

    // dx[i] = sum over k with (i + top - k) a multiple of the stride of dy[(i + top - k) / stride] w[k]: for i = class + stride j
    // that is dy[j + (class + top - k) / stride].
    private static IEnumerable<(int Row, int Column, List<(int Tap, int Down, int Right)> Taps)> Classes(
        ConvGeometry geometry, Shape w)
    {
        (int kh, int kw) = ConvGeometry.Window(w);
        int stride = geometry.Stride;
        for (int row = 0; row < stride; row++)
        {
            for (int column = 0; column < stride; column++)
            {
                List<(int, int, int)> taps = [];
                // The last tap first: it reads the first pixel, and lies first among the turned weights.
                for (int t = (kh * kw) - 1; t >= 0; t--)
                {
                    int down = row + geometry.Padding.Top - (t / kw), right = column + geometry.Padding.Left - (t % kw);
                    if (down % stride == 0 && right % stride == 0)
                    {
                        taps.Add((t, down / stride, right / stride));
                    }
                }

                yield return (row, column, taps);
            }
        }
    }
}

/// <summary>Convolution and linear layer forward. A group of vectors is a row of pixels to the kernel.</summary>
internal sealed unsafe class ConvStep(Node node, ConvGeometry geometry, CpuValue x, CpuValue w, CpuValue y) : CpuStep(node)
{
    private readonly ConvPlan _plan = ConvPlans.Forward(geometry, x.Layout, y.Layout, w.Weights).Merged();

    public override void Run(CpuContext c)
    {
        if (Node.Operation is LinearOp)
        {
            c.Kernels.Conv2d(_plan, x.Rows(c, c.First).Data, w.Numbers(c), y.Rows(c, c.First).Data, c.Count);
            return;
        }

        for (int item = c.First; item < c.First + c.Count; item++)
        {
            c.Kernels.Conv2d(_plan, x.Rows(c, item).Data, w.Numbers(c), y.Rows(c, item).Data);
        }
    }
}

/// <summary>Backward to the data: a convolution of the gradient with the weights turned, <c>[in][taps, reversed][out]</c>.</summary>
internal sealed unsafe class ConvBackwardDataStep : CpuStep
{
    private readonly CpuValue _dy;
    private readonly CpuValue _w;
    private readonly CpuValue _dx;
    private readonly WeightLayout _turned;
    private readonly ConvPlan[] _plans;

    public ConvBackwardDataStep(Node node, ConvGeometry geometry, CpuValue dy, CpuValue w, CpuValue dx)
        : base(node)
    {
        (_dy, _w, _dx) = (dy, w, dx);
        _turned = w.Weights.Turned;
        _plans = ConvPlans.BackwardData(geometry, dx.Layout, dy.Layout, _turned, w.Tensor.Shape);
    }

    public override int PreparedFloats => _turned.Floats;

    public override void Prepare(CpuContext c) => _w.Weights.Turn(_w.Numbers(c), _turned, Prepared(c));

    public override void Run(CpuContext c)
    {
        if (Node.Operation is LinearBackwardDataOp)
        {
            c.Kernels.Conv2d(_plans[0], _dy.Rows(c, c.First).Data, Prepared(c), _dx.Rows(c, c.First).Data, c.Count);
            return;
        }

        for (int item = c.First; item < c.First + c.Count; item++)
        {
            foreach (ConvPlan plan in _plans)
            {
                c.Kernels.Conv2d(plan, _dy.Rows(c, item).Data, Prepared(c), _dx.Rows(c, item).Data);
            }
        }
    }
}

/// <summary>Backward to the weights. Narrow weights: a partial sum for each chunk of the batch. Wide ones: by output channels.</summary>
internal unsafe class ConvBackwardWeightsStep(Node node, ConvGeometry geometry, bool wide, CpuValue x, CpuValue dy, CpuValue dw)
    : CpuStep(node)
{
    private readonly ConvPlan _plan = ConvPlans.Forward(geometry, x.Layout, dy.Layout, dw.Weights);
    private readonly int _blocks = dw.Weights.OutChannels / dw.Weights.BlockChannels;
    private readonly int _floats = dw.Weights.Floats;

    public override int PartialFloats => wide ? 0 : _floats;

    /// <summary>Units of a wide one: blocks of output channels.</summary>
    public override int Blocks => _blocks;

    public override int FinishElements => wide ? 0 : _floats;

    public override void Run(CpuContext c) => AddItems(c, c.First, c.Count, Partial(c), 0, _blocks);

    /// <summary>The whole batch, one block of output channels: items in their order, so that the sum is the same on any machine.</summary>
    public override void RunBlock(CpuContext c, int block)
    {
        float* result = dw.Numbers(c);
        new Span<float>(result + ((nint)block * dw.Weights.BlockStride), dw.Weights.BlockStride).Clear();
        AddItems(c, 0, c.N, result, block, 1);
    }

    public override void Finish(CpuContext c, int from, int to)
    {
        c.Kernels.TreeSum(Partials(c), c.Chunks, PartialFloats, from, to);
        new ReadOnlySpan<float>(Partials(c) + from, to - from).CopyTo(new Span<float>(dw.Numbers(c) + from, to - from));
    }

    private void AddItems(CpuContext c, int first, int count, float* into, int block, int blocks)
    {
        if (Node.Operation is LinearBackwardWeightsOp)
        {
            c.Kernels.Conv2dWeights(_plan, x.Rows(c, first).Data, dy.Rows(c, first).Data, into, block, blocks, count);
            return;
        }

        for (int item = first; item < first + count; item++)
        {
            c.Kernels.Conv2dWeights(_plan, x.Rows(c, item).Data, dy.Rows(c, item).Data, into, block, blocks);
        }
    }
}
