using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

internal abstract unsafe partial class VectorKernels
{
    /// <summary>
    /// Convolution of one image: <c>y[p, o] = sum over taps t, channels c of x[p + t, c] w[o / B, t, c, o % B]</c>.
    /// </summary>
    /// <param name="plan">Geometry.</param>
    /// <param name="x">Base of the image, its zero halo included.</param>
    /// <param name="w">Weights in blocks of B output channels, <c>[O / B, taps, C, B]</c>.</param>
    /// <param name="y">Base of the output; every pixel of the plan is written.</param>
    /// <param name="columns">Output pixels in a row, where they differ from the plan's; else 0.</param>
    /// <param name="firstRow">First output row.</param>
    /// <param name="rows">Output rows, where not all; else 0.</param>
    public abstract void Conv2d(ConvPlan plan, float* x, float* w, float* y, int columns = 0, int firstRow = 0, int rows = 0);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    // A tile is P pixels by 2 vectors of output channels (or 2 P by 1, where a block is one vector), all in registers: each
    // step loads one weight vector, broadcasts P input values and does 2 P multiply-adds, so arithmetic is the limit, not
    // loads. Channels innermost in memory make the input values of a pixel neighbours.
    [MethodImpl(Hot)]
    public override void Conv2d(ConvPlan plan, float* x, float* w, float* y, int columns, int firstRow, int rows)
    {
        int end = rows > 0 ? firstRow + rows : plan.Rows;
        int width = plan.ColumnsOr(columns), lanes = Math.Min(2 * TSimd.Width, plan.BlockChannels);
        for (int o = 0; o < plan.OutChannels; o += lanes)
        {
            float* wBlock = w + (o / plan.BlockChannels * plan.WeightBlockStride) + (o % plan.BlockChannels);
            for (int row = firstRow; row < end; row++)
            {
                float* xRow = x + (row * plan.InputRowStep);
                float* yRow = y + plan.OutputOffset + (row * plan.OutputRowStep) + o;
                if (lanes == TSimd.Width)
                {
                    OneVectorRow(plan, xRow, wBlock, yRow, width);
                }
                else
                {
                    TwoVectorRow(plan, xRow, wBlock, yRow, width);
                }
            }
        }
    }

    [MethodImpl(Hot)]
    private static void TwoVectorRow(ConvPlan plan, float* x, float* w, float* y, int columns)
    {
        int p = 0;
        if (TSimd.TilePixels == 8)
        {
            for (; p <= columns - 8; p += 8)
            {
                TwoVectorTile<Eight>(plan, x + (p * plan.InputPixelStep), w, y + (p * plan.OutputPixelStep));
            }
        }

        for (; p <= columns - 4; p += 4)
        {
            TwoVectorTile<Four>(plan, x + (p * plan.InputPixelStep), w, y + (p * plan.OutputPixelStep));
        }

        for (; p < columns; p++)
        {
            TwoVectorTile<One>(plan, x + (p * plan.InputPixelStep), w, y + (p * plan.OutputPixelStep));
        }
    }

    [MethodImpl(Hot)]
    private static void OneVectorRow(ConvPlan plan, float* x, float* w, float* y, int columns)
    {
        int p = 0;
        for (; p <= columns - 16; p += 16)
        {
            OneVectorTile<Eight>(plan, x + (p * plan.InputPixelStep), w, y + (p * plan.OutputPixelStep));
        }

        for (; p <= columns - 8; p += 8)
        {
            OneVectorTile<Four>(plan, x + (p * plan.InputPixelStep), w, y + (p * plan.OutputPixelStep));
        }

        for (; p <= columns - 2; p += 2)
        {
            OneVectorTile<One>(plan, x + (p * plan.InputPixelStep), w, y + (p * plan.OutputPixelStep));
        }

        if (p < columns)
        {
            OnePixel(plan, x + (p * plan.InputPixelStep), w, y + (p * plan.OutputPixelStep));
        }
    }

    // The accumulators are separate locals and the pixel count a constant of the type, so that the JIT keeps all of them in
    // registers and drops the branches.
    [MethodImpl(Hot)]
    private static void TwoVectorTile<TPixels>(ConvPlan plan, float* x, float* w, float* y)
        where TPixels : struct, IPixels
    {
        TVec a0 = TSimd.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        TVec b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0, b6 = a0, b7 = a0;
        int channels = plan.InChannels, step = plan.InputPixelStep, lanes = plan.BlockChannels;
        int[] inputOffsets = plan.InputOffsets, weightOffsets = plan.WeightOffsets;
        for (int t = 0; t < inputOffsets.Length; t++)
        {
            float* x0 = x + inputOffsets[t];
            float* x1 = x0 + step, x2 = x1 + step, x3 = x2 + step, x4 = x3 + step, x5 = x4 + step, x6 = x5 + step, x7 = x6 + step;
            float* wt = w + weightOffsets[t];
            for (nint c = 0; c < channels; c++)
            {
                TVec w0 = TSimd.Load(wt), w1 = TSimd.Load(wt + TSimd.Width);
                wt += lanes;
                TVec v = TSimd.Broadcast(x0[c]);
                a0 = TSimd.MultiplyAdd(v, w0, a0);
                b0 = TSimd.MultiplyAdd(v, w1, b0);
                if (TPixels.Count > 1)
                {
                    v = TSimd.Broadcast(x1[c]);
                    a1 = TSimd.MultiplyAdd(v, w0, a1);
                    b1 = TSimd.MultiplyAdd(v, w1, b1);
                    v = TSimd.Broadcast(x2[c]);
                    a2 = TSimd.MultiplyAdd(v, w0, a2);
                    b2 = TSimd.MultiplyAdd(v, w1, b2);
                    v = TSimd.Broadcast(x3[c]);
                    a3 = TSimd.MultiplyAdd(v, w0, a3);
                    b3 = TSimd.MultiplyAdd(v, w1, b3);
                }

                if (TPixels.Count > 4)
                {
                    v = TSimd.Broadcast(x4[c]);
                    a4 = TSimd.MultiplyAdd(v, w0, a4);
                    b4 = TSimd.MultiplyAdd(v, w1, b4);
                    v = TSimd.Broadcast(x5[c]);
                    a5 = TSimd.MultiplyAdd(v, w0, a5);
                    b5 = TSimd.MultiplyAdd(v, w1, b5);
                    v = TSimd.Broadcast(x6[c]);
                    a6 = TSimd.MultiplyAdd(v, w0, a6);
                    b6 = TSimd.MultiplyAdd(v, w1, b6);
                    v = TSimd.Broadcast(x7[c]);
                    a7 = TSimd.MultiplyAdd(v, w0, a7);
                    b7 = TSimd.MultiplyAdd(v, w1, b7);
                }
            }
        }

        int next = plan.OutputPixelStep;
        StorePair(a0, b0, y);
        if (TPixels.Count > 1)
        {
            StorePair(a1, b1, y + next);
            StorePair(a2, b2, y + (2 * next));
            StorePair(a3, b3, y + (3 * next));
        }

        if (TPixels.Count > 4)
        {
            StorePair(a4, b4, y + (4 * next));
            StorePair(a5, b5, y + (5 * next));
            StorePair(a6, b6, y + (6 * next));
            StorePair(a7, b7, y + (7 * next));
        }
    }

    /// <summary>Twice the pixels of <typeparamref name="TPixels"/> by one vector of channels.</summary>
    [MethodImpl(Hot)]
    private static void OneVectorTile<TPixels>(ConvPlan plan, float* x, float* w, float* y)
        where TPixels : struct, IPixels
    {
        TVec a0 = TSimd.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        TVec b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0, b6 = a0, b7 = a0;
        int channels = plan.InChannels, step = plan.InputPixelStep, lanes = plan.BlockChannels;
        int[] inputOffsets = plan.InputOffsets, weightOffsets = plan.WeightOffsets;
        for (int t = 0; t < inputOffsets.Length; t++)
        {
            // Pixel p + P lies a fixed distance behind pixel p: a second index serves it, and eight pointers all sixteen.
            float* x0 = x + inputOffsets[t];
            float* x1 = x0 + step, x2 = x1 + step, x3 = x2 + step, x4 = x3 + step, x5 = x4 + step, x6 = x5 + step, x7 = x6 + step;
            float* wt = w + weightOffsets[t];
            nint d = TPixels.Count * step;
            for (nint c = 0; c < channels; c++, d++)
            {
                TVec v = TSimd.Load(wt);
                wt += lanes;
                a0 = TSimd.MultiplyAdd(TSimd.Broadcast(x0[c]), v, a0);
                b0 = TSimd.MultiplyAdd(TSimd.Broadcast(x0[d]), v, b0);
                if (TPixels.Count > 1)
                {
                    a1 = TSimd.MultiplyAdd(TSimd.Broadcast(x1[c]), v, a1);
                    b1 = TSimd.MultiplyAdd(TSimd.Broadcast(x1[d]), v, b1);
                    a2 = TSimd.MultiplyAdd(TSimd.Broadcast(x2[c]), v, a2);
                    b2 = TSimd.MultiplyAdd(TSimd.Broadcast(x2[d]), v, b2);
                    a3 = TSimd.MultiplyAdd(TSimd.Broadcast(x3[c]), v, a3);
                    b3 = TSimd.MultiplyAdd(TSimd.Broadcast(x3[d]), v, b3);
                }

                if (TPixels.Count > 4)
                {
                    a4 = TSimd.MultiplyAdd(TSimd.Broadcast(x4[c]), v, a4);
                    b4 = TSimd.MultiplyAdd(TSimd.Broadcast(x4[d]), v, b4);
                    a5 = TSimd.MultiplyAdd(TSimd.Broadcast(x5[c]), v, a5);
                    b5 = TSimd.MultiplyAdd(TSimd.Broadcast(x5[d]), v, b5);
                    a6 = TSimd.MultiplyAdd(TSimd.Broadcast(x6[c]), v, a6);
                    b6 = TSimd.MultiplyAdd(TSimd.Broadcast(x6[d]), v, b6);
                    a7 = TSimd.MultiplyAdd(TSimd.Broadcast(x7[c]), v, a7);
                    b7 = TSimd.MultiplyAdd(TSimd.Broadcast(x7[d]), v, b7);
                }
            }
        }

        int next = plan.OutputPixelStep, half = TPixels.Count * next;
        StoreFar(a0, b0, y, half);
        if (TPixels.Count > 1)
        {
            StoreFar(a1, b1, y + next, half);
            StoreFar(a2, b2, y + (2 * next), half);
            StoreFar(a3, b3, y + (3 * next), half);
        }

        if (TPixels.Count > 4)
        {
            StoreFar(a4, b4, y + (4 * next), half);
            StoreFar(a5, b5, y + (5 * next), half);
            StoreFar(a6, b6, y + (6 * next), half);
            StoreFar(a7, b7, y + (7 * next), half);
        }
    }

    [MethodImpl(Hot)]
    private static void OnePixel(ConvPlan plan, float* x, float* w, float* y)
    {
        TVec sum = TSimd.Zero;
        for (int t = 0; t < plan.InputOffsets.Length; t++)
        {
            float* xt = x + plan.InputOffsets[t], wt = w + plan.WeightOffsets[t];
            for (int c = 0; c < plan.InChannels; c++)
            {
                sum = TSimd.MultiplyAdd(TSimd.Broadcast(xt[c]), TSimd.Load(wt + (c * plan.BlockChannels)), sum);
            }
        }

        TSimd.Store(sum, y);
    }

    private static void StorePair(TVec a, TVec b, float* y)
    {
        TSimd.Store(a, y);
        TSimd.Store(b, y + TSimd.Width);
    }

    private static void StoreFar(TVec a, TVec b, float* y, int distance)
    {
        TSimd.Store(a, y);
        TSimd.Store(b, y + distance);
    }

    /// <summary>A pixel (or channel) count known to the JIT.</summary>
    private interface IPixels
    {
        static abstract int Count { get; }
    }

    private readonly struct One : IPixels
    {
        public static int Count => 1;
    }

    private readonly struct Four : IPixels
    {
        public static int Count => 4;
    }

    private readonly struct Eight : IPixels
    {
        public static int Count => 8;
    }
}
