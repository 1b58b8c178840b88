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

    /// <summary>Forward, a plan for each output pixel over one block of output channels; the items are the pixels of a row.</summary>
    public static ConvPlan[] ForwardByItems(ConvGeometry geometry, Layout x, Layout y, WeightLayout w)
    {
        (int kh, int kw) = ConvGeometry.Window(w.Shape);
        List<(int, int, int)> taps = [];
        for (int t = 0; t < kh * kw; t++)
        {
            taps.Add(((t / kw) - geometry.Padding.Top, (t % kw) - geometry.Padding.Left, t * w.InChannels * w.BlockChannels));
        }

        return [.. ByItems(taps, geometry.Stride, x, y, w, y.Height, y.Width, 0, 0, 1)];
    }

    /// <summary>Backward to the data, a plan for each input pixel over one block of its channels.</summary>
    public static ConvPlan[] BackwardDataByItems(ConvGeometry geometry, Layout dx, Layout dy, WeightLayout turned, Shape w) =>
    [
        .. from c in Classes(geometry, w)
            let taps = c.Taps.Select(tap => (tap.Down, tap.Right, (turned.Taps - 1 - tap.Tap) * turned.InChannels * turned.BlockChannels))
            let rows = (dx.Height - c.Row + geometry.Stride - 1) / geometry.Stride
            let columns = (dx.Width - c.Column + geometry.Stride - 1) / geometry.Stride
            from plan in ByItems([.. taps], 1, dy, dx, turned, rows, columns, c.Row, c.Column, geometry.Stride)
            select plan,
    ];

    /// <summary>Taps of the weights that any of the plans, not merged, reads.</summary>
    public static bool[] UsedTaps(ConvPlan[] plans, WeightLayout w)
    {
        bool[] used = new bool[w.Taps];
        foreach (int offset in plans.SelectMany(plan => plan.WeightOffsets))
        {
            used[offset / (w.InChannels * w.BlockChannels)] = true;
        }

        return used;
    }

    /// <summary>Each of them merged.</summary>
    public static ConvPlan[] Merged(ConvPlan[] plans) => [.. plans.Select(plan => plan.Merged())];

    // Output pixel (i, j) of these rows and columns lies at (firstRow + i spread, firstColumn + j spread).
    private static IEnumerable<ConvPlan> ByItems(
        List<(int Down, int Right, int Weight)> taps, int stride, Layout from, Layout to, WeightLayout w,
        int rows, int columns, int firstRow, int firstColumn, int spread)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                (int row, int column) = (i * stride, j * stride);
                (int Down, int Right, int Weight)[] inside =
                [
                    .. taps.Where(tap => row + tap.Down >= 0 && row + tap.Down < from.Height
                        && column + tap.Right >= 0 && column + tap.Right < from.Width),
                ];
                yield return new ConvPlan
                {
                    InputOffsets = [.. inside.Select(
                        tap => ((row + tap.Down) * from.RowStride) + ((column + tap.Right) * from.PaddedChannels))],
                    WeightOffsets = [.. inside.Select(tap => tap.Weight)],
                    InChannels = w.InChannels,
                    OutChannels = w.BlockChannels,
                    BlockChannels = w.BlockChannels,
                    WeightBlockStride = w.BlockStride,
                    Rows = 1,
                    Columns = 1,
                    InputRowStep = 0,
                    InputPixelStep = from.ItemFloats,
                    OutputRowStep = 0,
                    OutputPixelStep = to.ItemFloats,
                    OutputOffset = ((firstRow + (i * spread)) * to.RowStride) + ((firstColumn + (j * spread)) * to.PaddedChannels),
                };
            }
        }
    }

    /// <summary>Forward by tiles, 3x3 or three in a row at stride 1.</summary>
    public static WinogradPlan Winograd(Padding padding, Layout x, Layout y, WeightLayout w) => new()
    {
        IsRow = ConvGeometry.Window(w.Shape).Height == 1,
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
        OutputPixelStep = y.PaddedChannels,
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
