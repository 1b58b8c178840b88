using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Tests.Kernels;

/// <summary>
/// The tiled convolution and its weights' gradient on every instruction set, by name, against plain loops in double: maps
/// that are no multiple of a tile, channels around the vector width, tiles of several items, a last block that is not full.
/// </summary>
public sealed unsafe class WinogradTests
{
    private const double Tolerance = 1e-5;

    private static readonly string[] s_paths = ["avx512", "avx2", "portable"];

    // A map one row high has a window of one row.
    private static readonly (int In, int Out, int Height, int Width, int Items, Padding Padding)[] s_shapes =
    [
        (16, 16, 4, 4, 1, Padding.All(1)),
        (16, 16, 32, 32, 1, Padding.All(1)),
        (3, 16, 7, 7, 3, Padding.All(1)),
        (16, 3, 9, 5, 2, Padding.All(1)),
        (17, 32, 9, 5, 5, Padding.All(1)),
        (32, 17, 7, 7, 8, Padding.All(1)),
        (32, 32, 16, 16, 3, Padding.All(1)),
        (64, 64, 8, 8, 8, Padding.All(1)),
        (64, 48, 8, 8, 7, Padding.All(1)),
        (33, 80, 2, 1, 4, Padding.All(1)),
        (16, 16, 3, 33, 2, Padding.All(1)),
        (16, 32, 8, 6, 2, default),
        (20, 16, 5, 5, 2, new Padding(0, 2, 2, 1)),
        (128, 128, 4, 4, 8, Padding.All(1)),
        (16, 16, 1, 4, 1, Padding.Along(1, 1)),
        (3, 16, 1, 7, 3, Padding.Along(1, 1)),
        (64, 128, 1, 128, 2, Padding.Along(1, 1)),
        (17, 33, 1, 9, 8, Padding.Along(1, 1)),
        (80, 48, 1, 5, 3, Padding.Along(0, 2)),
        (32, 32, 1, 3, 20, default),
    ];

    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> data = [];
        foreach (var shape in s_shapes)
        {
            foreach (string path in s_paths)
            {
                data.Add(shape.ToString(), path);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Winograd_OnEveryPath_MatchesDirectSum(string shape, string path)
    {
        using Case c = new(s_shapes.Single(s => s.ToString() == shape), path);
        c.Kernels.WinogradWeights(c.Plan, c.W.Data, c.Transformed.Data);
        c.Kernels.Winograd(c.Plan, Case.Interior(c.X, c.XLayout), c.Transformed.Data, Case.Interior(c.Y, c.YLayout), c.Items, c.Scratch.Data);

        float[] halo = [.. Enumerable.Range(0, (int)c.Y.Floats).Select(i => c.Y.Data[i])];
        Case.Check(c.Forward(), c.Logical(c.Y, c.YLayout));
        Assert.Equal(
            c.Items * c.YLayout.Height * c.YLayout.Width * c.YLayout.PaddedChannels, halo.Count(value => !float.IsNaN(value)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void WinogradWeightGradient_OnEveryPath_AddsDirectSum(string shape, string path)
    {
        using Case c = new(s_shapes.Single(s => s.ToString() == shape), path);
        float[] dy = Values(c.Items * c.YLayout.Height * c.YLayout.Width * c.YLayout.Channels, 3);
        c.Scatter(dy, c.Y, c.YLayout);
        float[] before = new float[c.Weights.Shape.ItemCount], after = new float[before.Length];
        c.Weights.Unpack(c.W.Data, before);
        c.Kernels.WinogradWeightGradient(
            c.Plan, Case.Interior(c.X, c.XLayout), Case.Interior(c.Y, c.YLayout), c.W.Data, c.Items, c.Scratch.Data);
        c.Weights.Unpack(c.W.Data, after);

        double[] expected = c.WeightGradient(dy);
        Case.Check([.. expected.Zip(before, (gradient, value) => gradient + value)], after);
    }

    private static float[] Values(int count, int seed)
    {
        CounterRandom random = new((ulong)seed, 4);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextUniform(-1, 1))];
    }

    /// <summary>Buffers of one convolution; what is not part of a value is NaN, so that reading it shows.</summary>
    private sealed class Case : IDisposable
    {
        private readonly float[] _x;
        private readonly float[] _w;
        private readonly Padding _padding;
        private readonly int _window;

        public Case((int In, int Out, int Height, int Width, int Items, Padding Padding) s, string path)
        {
            if (!VectorKernels.Available.Contains(path))
            {
                Assert.Skip($"This machine lacks {path}.");
            }

            Kernels = VectorKernels.Select(path);
            (Items, _padding) = (s.Items, s.Padding);
            _window = s.Height == 1 ? 1 : 3;
            int rows = s.Height + s.Padding.Top + s.Padding.Bottom - _window + 1, columns = s.Width + s.Padding.Left + s.Padding.Right - 2;
            XLayout = Layout.Of(Shape.Batch(s.In, s.Height, s.Width), s.Padding, false);
            YLayout = Layout.Of(Shape.Batch(s.Out, rows, columns), Padding.All(1), false);
            Weights = new WeightLayout(Shape.Of(s.Out, s.In, _window, 3));
            Plan = ConvPlans.Winograd(s.Padding, XLayout, YLayout, Weights);
            X = Blank(Items * XLayout.ItemFloats, 0);
            Y = Blank(Items * YLayout.ItemFloats, float.NaN);
            W = Blank(Weights.Floats, float.NaN);
            Transformed = Blank(Plan.WeightFloats, float.NaN);
            Scratch = Blank(Plan.ScratchFloats, float.NaN);
            _x = Values(Items * s.In * s.Height * s.Width, 1);
            _w = Values(s.Out * s.In * Taps, 2);
            Scatter(_x, X, XLayout);
            Weights.Pack(_w, W.Data);
        }

        public VectorKernels Kernels { get; }

        public int Items { get; }

        public Layout XLayout { get; }

        public Layout YLayout { get; }

        public WeightLayout Weights { get; }

        public WinogradPlan Plan { get; }

        public NativeBuffer X { get; }

        public NativeBuffer Y { get; }

        public NativeBuffer W { get; }

        public NativeBuffer Transformed { get; }

        public NativeBuffer Scratch { get; }

        private int Taps => 3 * _window;

        public static float* Interior(NativeBuffer buffer, Layout layout) => buffer.Data + layout.Interior;

        public double[] Forward()
        {
            double[] y = new double[Items * YLayout.Channels * YLayout.Height * YLayout.Width];
            Sum((n, o, i, j, c, tap, pixel) => y[Index(YLayout, n, o, i, j)] += (double)_w[(((o * XLayout.Channels) + c) * Taps) + tap] * _x[pixel]);
            return y;
        }

        public double[] WeightGradient(float[] dy)
        {
            double[] dw = new double[_w.Length];
            Sum((n, o, i, j, c, tap, pixel) => dw[(((o * XLayout.Channels) + c) * Taps) + tap] += (double)dy[Index(YLayout, n, o, i, j)] * _x[pixel]);
            return dw;
        }

        public static void Check(double[] expected, float[] actual)
        {
            double largest = expected.Max(Math.Abs), error = Compute.LargestDifference(expected, actual);
            Assert.True(error <= Tolerance * largest, $"error {error:g3} of {largest:g3}");
        }

        public float[] Logical(NativeBuffer buffer, Layout layout)
        {
            float[] values = new float[Items * layout.Channels * layout.Height * layout.Width];
            Each(layout, (logical, physical) => values[logical] = buffer.Data[physical], padding: false);
            return values;
        }

        public void Scatter(float[] values, NativeBuffer buffer, Layout layout) =>
            Each(layout, (logical, physical) => buffer.Data[physical] = logical < 0 ? 0 : values[logical], padding: true);

        public void Dispose()
        {
            foreach (NativeBuffer buffer in (NativeBuffer[])[X, Y, W, Transformed, Scratch])
            {
                buffer.Dispose();
            }
        }

        private void Each(Layout l, Action<int, int> visit, bool padding)
        {
            for (int n = 0; n < Items; n++)
            {
                for (int i = 0; i < l.Height; i++)
                {
                    for (int j = 0; j < l.Width; j++)
                    {
                        for (int c = 0; c < (padding ? l.PaddedChannels : l.Channels); c++)
                        {
                            visit(
                                c < l.Channels ? Index(l, n, c, i, j) : -1,
                                (n * l.ItemFloats) + l.Interior + (i * l.RowStride) + (j * l.PaddedChannels) + c);
                        }
                    }
                }
            }
        }

        private void Sum(Action<int, int, int, int, int, int, int> term)
        {
            for (int n = 0; n < Items; n++)
            {
                for (int p = 0; p < YLayout.Height * YLayout.Width; p++)
                {
                    (int i, int j) = Math.DivRem(p, YLayout.Width);
                    for (int tap = 0; tap < Taps; tap++)
                    {
                        int row = i + (tap / 3) - _padding.Top, column = j + (tap % 3) - _padding.Left;
                        if (row < 0 || row >= XLayout.Height || column < 0 || column >= XLayout.Width)
                        {
                            continue;
                        }

                        for (int c = 0; c < XLayout.Channels; c++)
                        {
                            int pixel = Index(XLayout, n, c, row, column);
                            for (int o = 0; o < YLayout.Channels; o++)
                            {
                                term(n, o, i, j, c, tap, pixel);
                            }
                        }
                    }
                }
            }
        }

        private static int Index(Layout l, int n, int c, int i, int j) => (((((n * l.Channels) + c) * l.Height) + i) * l.Width) + j;

        private static NativeBuffer Blank(int floats, float value)
        {
            NativeBuffer buffer = new(floats);
            new Span<float>(buffer.Data, floats).Fill(value);
            return buffer;
        }
    }
}
