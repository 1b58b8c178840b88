using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Benchmarks;

/// <summary>
/// The main kernels on the shapes of a ResNet-20, and on one of a text ResNet, one instruction set: where nearly all of a training
/// step goes. Backward to the data is the forward kernel over turned weights and so not listed again.
/// </summary>
internal sealed unsafe class KernelCases : IDisposable
{
    // Inputs and outputs of a call together: beyond the last cache of most machines.
    private const long Footprint = 128L << 20;

    private readonly VectorKernels _k;
    private readonly List<NativeBuffer> _buffers = [];
    private readonly NativeBuffer _a = Filled(Footprint / sizeof(float)), _b = Filled(Footprint / sizeof(float));

    /// <param name="kernels">The instruction set.</param>
    public KernelCases(VectorKernels kernels)
    {
        _k = kernels;
        (int Channels, int Size)[] stages = [(16, 32), (32, 16), (64, 8)];
        All =
        [
            .. stages.SelectMany(stage => OverThree(stage.Channels, stage.Size, stage.Size)),
            .. OverThree(256, 1, 64),
            First(),
            Projection(16, 32), Projection(32, 16),
            .. Passes(16, 32),
            .. Updates(),
        ];
    }

    public IReadOnlyList<KernelCase> All { get; }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _buffers.ForEach(buffer => buffer.Dispose());
    }

    // 3x3, or three in a row, stride 1, as many channels out as in: all four kernels of it.
    private KernelCase[] OverThree(int channels, int height, int width)
    {
        int rows = Math.Min(height, 3);
        Padding padding = rows == 1 ? Padding.Along(1, 1) : Padding.All(1);
        Layout x = Layout.Of(Graph.Shape.Batch(channels, height, width), padding, false);
        Layout y = Layout.Of(Graph.Shape.Batch(channels, height, width), default, false);
        WeightLayout w = new(Graph.Shape.Of(channels, channels, rows, 3));
        ConvPlan taps = ConvPlans.Forward(new ConvGeometry(1, padding), x, y, w), direct = taps.Merged();
        WinogradPlan tiles = ConvPlans.Winograd(padding, x, y, w);
        int items = Items(x.ItemFloats + y.ItemFloats), group = 1;
        while (group < CpuPlan.ChunkItems && 2 * group * (x.ItemFloats + y.ItemFloats) <= 256 * 1024)
        {
            group *= 2; // as many as the executor takes together
        }

        float* xs = _a.Data, ys = _b.Data, ws = New(w.Floats), us = New(tiles.WeightFloats), dw = New(w.Floats);
        float* scratch = New(tiles.ScratchFloats + tiles.WeightFloats);
        double flops = 2.0 * items * 3 * rows * channels * channels * height * width;
        double bytes = sizeof(float) * ((2.0 * items * channels * height * width) + (3 * rows * channels * channels));
        string shape = $"{channels}x{height}x{width}", name = $"{rows}x3";
        int blocks = w.OutChannels / w.BlockChannels;
        return
        [
            new($"{name} forward, direct", shape, KernelKind.Direct, flops, bytes, () => Each(
                items, 1, i => _k.Conv2d(direct, xs + x.Interior + ((long)i * x.ItemFloats), ws, ys + ((long)i * y.ItemFloats)))),
            new($"{name} forward, tiles", shape, KernelKind.Tiles, flops, bytes, () => Each(
                items, group, i => _k.Winograd(tiles, xs + x.Interior + ((long)i * x.ItemFloats), us, ys + ((long)i * y.ItemFloats), group, scratch))),
            new($"{name} weights, direct", shape, KernelKind.Direct, flops, bytes, () => Each(
                items, 1, i => _k.Conv2dWeights(taps, xs + x.Interior + ((long)i * x.ItemFloats), ys + ((long)i * y.ItemFloats), dw, 0, blocks))),
            new($"{name} weights, tiles", shape, KernelKind.Tiles, flops, bytes, () => Each(
                items, group, i => _k.WinogradWeightGradient(
                    tiles, xs + x.Interior + ((long)i * x.ItemFloats), ys + ((long)i * y.ItemFloats), dw, group, scratch))),
        ];
    }

    // The first convolution: three channels lie in four.
    private KernelCase First()
    {
        Layout x = Layout.Of(Graph.Shape.Batch(3, 32, 32), Padding.All(1), true);
        Layout y = Layout.Of(Graph.Shape.Batch(16, 32, 32), default, false);
        return Forward("3x3 first", "3 to 16, 32x32", x, y, new WeightLayout(Graph.Shape.Of(16, 3, 3, 3)), new ConvGeometry(1, Padding.All(1)), 1024);
    }

    private KernelCase Projection(int channels, int size)
    {
        Layout x = Layout.Of(Graph.Shape.Batch(channels, size, size), default, false);
        Layout y = Layout.Of(Graph.Shape.Batch(2 * channels, size / 2, size / 2), default, false);
        return Forward(
            "1x1 stride 2", $"{channels} to {2 * channels}, {size}x{size}", x, y,
            new WeightLayout(Graph.Shape.Of(2 * channels, channels, 1, 1)), new ConvGeometry(2, Padding.All(0)), size * size / 4);
    }

    private KernelCase Forward(string name, string shape, Layout x, Layout y, WeightLayout w, ConvGeometry geometry, int pixels)
    {
        ConvPlan plan = ConvPlans.Forward(geometry, x, y, w).Merged();
        int items = Items(x.ItemFloats + y.ItemFloats);
        float* xs = _a.Data + x.Interior, ys = _b.Data, ws = New(w.Floats);
        int values = x.Channels * x.Height * x.Width / (geometry.Stride * geometry.Stride); // of a strided 1x1, those it reads
        return new(
            name, shape, KernelKind.Direct, 2.0 * items * w.Shape.ItemCount * pixels,
            sizeof(float) * (((double)items * (values + (y.Channels * pixels))) + w.Shape.ItemCount),
            () => Each(items, 1, i => _k.Conv2d(plan, xs + ((long)i * x.ItemFloats), ws, ys + ((long)i * y.ItemFloats))));
    }

    private KernelCase[] Passes(int channels, int size)
    {
        int floats = channels * size * size, items = Items(4 * floats);
        Extent e = new(1, floats, channels);
        float* a = _a.Data, b = a + ((long)items * floats), y = _b.Data, gate = y + ((long)items * floats);
        float* ca = New(channels), cb = New(channels), cc = New(channels);
        double* sums = (double*)New(4 * channels);
        double values = (double)items * floats;
        string shape = $"{channels}x{size}x{size}";
        return
        [
            Pass("a x + b and ReLU", 3, 2, i => _k.ChannelAffine(At(a, i), ca, cb, At(y, i), e, relu: true)),
            Pass("residual sum and ReLU", 5, 3, i => _k.Combine(At(a, i), At(b, i), ca, cb, cc, At(y, i), e, relu: true)),
            Pass("residual gradient's gate and sum", 3, 4, i => _k.GatedSum(At(a, i), At(b, i), ca, At(gate, i), At(y, i), e)),
            Pass("channel sums", 3, 2, i => _k.ChannelSums(At(a, i), At(b, i), sums, e)),
        ];

        KernelCase Pass(string name, int flops, int streams, Action<int> run) =>
            new(name, shape, KernelKind.Pass, flops * values, streams * sizeof(float) * values, () => Each(items, 1, run));

        Rows At(float* from, int item) => new(from + ((long)item * floats), floats);
    }

    private KernelCase[] Updates()
    {
        int values = (int)(Footprint / sizeof(float) / 2);
        float* p = _a.Data, g = p + values, m = _b.Data, v = m + values;
        GradientTerms plain = new(1, float.PositiveInfinity, 0);
        AdamTerms adam = new(0.9f, 0.1f, 0.999f, 0.001f, 1e-6f, 1, 1e-7f, 0);
        string shape = $"{values >> 20} Mi values";

        return
        [
            new("SGD with momentum", shape, KernelKind.Pass, 4.0 * values, 5.0 * sizeof(float) * values,
                () => _k.SgdUpdate(p, g, m, values, plain, 1e-6f, 0.9f, nesterov: false)),
            new("ADAM", shape, KernelKind.Pass, 12.0 * values, 7.0 * sizeof(float) * values,
                () => _k.AdamUpdate(p, g, m, v, values, plain, adam)),
        ];
    }

    private static int Items(int floatsOfItem) => (int)(Footprint / sizeof(float) / floatsOfItem / CpuPlan.ChunkItems * CpuPlan.ChunkItems);

    private static void Each(int items, int step, Action<int> kernel)
    {
        for (int i = 0; i < items; i += step)
        {
            kernel(i);
        }
    }

    private float* New(int floats)
    {
        _buffers.Add(Filled(floats));
        return _buffers[^1].Data;
    }

    // Random numbers, the same over and over: 32 million would take a second. Above 0, as ADAM's squares must be.
    private static NativeBuffer Filled(long floats)
    {
        NativeBuffer buffer = new(floats);
        CounterRandom random = new(1, 2);
        Span<float> some = stackalloc float[4099];
        foreach (ref float value in some)
        {
            value = (float)random.NextUniform(0, 1);
        }

        for (long at = 0; at < floats; at += some.Length)
        {
            int count = (int)Math.Min(some.Length, floats - at);
            some[..count].CopyTo(new Span<float>(buffer.Data + at, count));
        }

        return buffer;
    }
}
