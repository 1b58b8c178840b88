using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

internal abstract unsafe partial class VectorKernels
{
    /// <summary>
    /// Adds one image's part to the gradient of the weights: <c>dw[o / B, t, c, o % B] += sum over p of x[p + t, c] dy[p, o]</c>.
    /// </summary>
    /// <param name="plan">Geometry of the forward convolution; its output steps are those of <paramref name="dy"/>.</param>
    /// <param name="x">Base of the image, its zero halo included.</param>
    /// <param name="dy">Base of the gradient of the output.</param>
    /// <param name="dw">Gradient, in the layout of the weights.</param>
    /// <param name="firstBlock">First block of output channels.</param>
    /// <param name="blocks">Number of blocks.</param>
    /// <param name="columns">Output pixels in a row, where they differ from the plan's; else 0.</param>
    public abstract void Conv2dWeights(
        ConvPlan plan, float* x, float* dy, float* dw, int firstBlock, int blocks, int columns = 0);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    // Rows are taken in blocks whose input and gradient stay in the first cache while all taps and channels pass over them;
    // the accumulators are read and written once a block. They add to dw in a fixed order.
    [MethodImpl(Hot)]
    public override void Conv2dWeights(
        ConvPlan plan, float* x, float* dy, float* dw, int firstBlock, int blocks, int columns)
    {
        const int CacheFloats = 8192;
        int width = plan.ColumnsOr(columns);
        int rowFloats = Math.Abs(plan.InputRowStep) + plan.OutputRowStep;
        int rowBlock = Math.Clamp(CacheFloats / Math.Max(1, rowFloats), 1, plan.Rows);
        int lanes = Math.Min(2 * TSimd.Width, plan.BlockChannels);
        for (int row = 0; row < plan.Rows; row += rowBlock)
        {
            int rows = Math.Min(rowBlock, plan.Rows - row);
            for (int o = firstBlock * plan.BlockChannels; o < (firstBlock + blocks) * plan.BlockChannels; o += lanes)
            {
                float* dwBlock = dw + (o / plan.BlockChannels * plan.WeightBlockStride) + (o % plan.BlockChannels);
                float* dyRow = dy + plan.OutputOffset + (row * plan.OutputRowStep) + o;
                for (int t = 0; t < plan.InputOffsets.Length; t++)
                {
                    float* xRow = x + plan.InputOffsets[t] + (row * plan.InputRowStep);
                    float* dwTap = dwBlock + plan.WeightOffsets[t];
                    TapWeights(plan, lanes, xRow, dyRow, dwTap, rows, width, fresh: false);
                }
            }
        }
    }

    // One tap, all input channels by one vector of output channels or two. Fresh sums start at zero, others at what dw holds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TapWeights(ConvPlan plan, int lanes, float* x, float* dy, float* dw, int rows, int columns, bool fresh)
    {
        if (lanes == TSimd.Width)
        {
            OneVectorWeights(plan, x, dy, dw, rows, columns, fresh);
        }
        else
        {
            TwoVectorWeights(plan, x, dy, dw, rows, columns, fresh);
        }
    }

    [MethodImpl(Hot)]
    private static void TwoVectorWeights(ConvPlan plan, float* x, float* dy, float* dw, int rows, int columns, bool fresh)
    {
        int c = 0;
        if (TSimd.TilePixels == 8)
        {
            for (; c <= plan.InChannels - 8; c += 8)
            {
                TwoVectorWeightTile<Eight>(plan, x + c, dy, dw + (c * plan.BlockChannels), rows, columns, fresh);
            }
        }

        for (; c <= plan.InChannels - 4; c += 4)
        {
            TwoVectorWeightTile<Four>(plan, x + c, dy, dw + (c * plan.BlockChannels), rows, columns, fresh);
        }

        for (; c < plan.InChannels; c++)
        {
            TwoVectorWeightTile<One>(plan, x + c, dy, dw + (c * plan.BlockChannels), rows, columns, fresh);
        }
    }

    [MethodImpl(Hot)]
    private static void OneVectorWeights(ConvPlan plan, float* x, float* dy, float* dw, int rows, int columns, bool fresh)
    {
        int c = 0;
        for (; c <= plan.InChannels - 16; c += 16)
        {
            OneVectorWeightTile<Eight>(plan, x + c, dy, dw + (c * plan.BlockChannels), rows, columns, fresh);
        }

        for (; c <= plan.InChannels - 8; c += 8)
        {
            OneVectorWeightTile<Four>(plan, x + c, dy, dw + (c * plan.BlockChannels), rows, columns, fresh);
        }

        for (; c <= plan.InChannels - 2; c += 2)
        {
            OneVectorWeightTile<One>(plan, x + c, dy, dw + (c * plan.BlockChannels), rows, columns, fresh);
        }

        if (c < plan.InChannels)
        {
            OneChannelWeights(plan, x + c, dy, dw + (c * plan.BlockChannels), rows, columns, fresh);
        }
    }

    /// <summary>Channels of <typeparamref name="TChannels"/> by two vectors of output channels.</summary>
    [MethodImpl(Hot)]
    private static void TwoVectorWeightTile<TChannels>(ConvPlan plan, float* x, float* dy, float* dw, int rows, int columns, bool fresh)
        where TChannels : struct, IPixels
    {
        int lanes = plan.BlockChannels, width = TSimd.Width, xStep = plan.InputPixelStep, yStep = plan.OutputPixelStep;
        TVec a0 = Start(fresh, dw), b0 = Start(fresh, dw + width);
        TVec a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        TVec b1 = b0, b2 = b0, b3 = b0, b4 = b0, b5 = b0, b6 = b0, b7 = b0;
        if (TChannels.Count > 1)
        {
            (a1, b1) = (Start(fresh, dw + lanes), Start(fresh, dw + lanes + width));
            (a2, b2) = (Start(fresh, dw + (2 * lanes)), Start(fresh, dw + (2 * lanes) + width));
            (a3, b3) = (Start(fresh, dw + (3 * lanes)), Start(fresh, dw + (3 * lanes) + width));
        }

        if (TChannels.Count > 4)
        {
            (a4, b4) = (Start(fresh, dw + (4 * lanes)), Start(fresh, dw + (4 * lanes) + width));
            (a5, b5) = (Start(fresh, dw + (5 * lanes)), Start(fresh, dw + (5 * lanes) + width));
            (a6, b6) = (Start(fresh, dw + (6 * lanes)), Start(fresh, dw + (6 * lanes) + width));
            (a7, b7) = (Start(fresh, dw + (7 * lanes)), Start(fresh, dw + (7 * lanes) + width));
        }

        for (int row = 0; row < rows; row++)
        {
            float* xp = x + (row * plan.InputRowStep), yp = dy + (row * plan.OutputRowStep);
            for (int p = 0; p < columns; p++, xp += xStep, yp += yStep)
            {
                TVec y0 = TSimd.Load(yp), y1 = TSimd.Load(yp + width);
                TVec v = TSimd.Broadcast(xp[0]);
                a0 = TSimd.MultiplyAdd(v, y0, a0);
                b0 = TSimd.MultiplyAdd(v, y1, b0);
                if (TChannels.Count > 1)
                {
                    v = TSimd.Broadcast(xp[1]);
                    a1 = TSimd.MultiplyAdd(v, y0, a1);
                    b1 = TSimd.MultiplyAdd(v, y1, b1);
                    v = TSimd.Broadcast(xp[2]);
                    a2 = TSimd.MultiplyAdd(v, y0, a2);
                    b2 = TSimd.MultiplyAdd(v, y1, b2);
                    v = TSimd.Broadcast(xp[3]);
                    a3 = TSimd.MultiplyAdd(v, y0, a3);
                    b3 = TSimd.MultiplyAdd(v, y1, b3);
                }

                if (TChannels.Count > 4)
                {
                    v = TSimd.Broadcast(xp[4]);
                    a4 = TSimd.MultiplyAdd(v, y0, a4);
                    b4 = TSimd.MultiplyAdd(v, y1, b4);
                    v = TSimd.Broadcast(xp[5]);
                    a5 = TSimd.MultiplyAdd(v, y0, a5);
                    b5 = TSimd.MultiplyAdd(v, y1, b5);
                    v = TSimd.Broadcast(xp[6]);
                    a6 = TSimd.MultiplyAdd(v, y0, a6);
                    b6 = TSimd.MultiplyAdd(v, y1, b6);
                    v = TSimd.Broadcast(xp[7]);
                    a7 = TSimd.MultiplyAdd(v, y0, a7);
                    b7 = TSimd.MultiplyAdd(v, y1, b7);
                }
            }
        }

        StorePair(a0, b0, dw);
        if (TChannels.Count > 1)
        {
            StorePair(a1, b1, dw + lanes);
            StorePair(a2, b2, dw + (2 * lanes));
            StorePair(a3, b3, dw + (3 * lanes));
        }

        if (TChannels.Count > 4)
        {
            StorePair(a4, b4, dw + (4 * lanes));
            StorePair(a5, b5, dw + (5 * lanes));
            StorePair(a6, b6, dw + (6 * lanes));
            StorePair(a7, b7, dw + (7 * lanes));
        }
    }

    /// <summary>Twice the channels of <typeparamref name="TChannels"/> by one vector of output channels.</summary>
    [MethodImpl(Hot)]
    private static void OneVectorWeightTile<TChannels>(ConvPlan plan, float* x, float* dy, float* dw, int rows, int columns, bool fresh)
        where TChannels : struct, IPixels
    {
        int lanes = plan.BlockChannels, n = TChannels.Count, xStep = plan.InputPixelStep, yStep = plan.OutputPixelStep;
        float* far = dw + (n * lanes);
        TVec a0 = Start(fresh, dw), b0 = Start(fresh, far);
        TVec a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        TVec b1 = b0, b2 = b0, b3 = b0, b4 = b0, b5 = b0, b6 = b0, b7 = b0;
        if (n > 1)
        {
            (a1, b1) = (Start(fresh, dw + lanes), Start(fresh, far + lanes));
            (a2, b2) = (Start(fresh, dw + (2 * lanes)), Start(fresh, far + (2 * lanes)));
            (a3, b3) = (Start(fresh, dw + (3 * lanes)), Start(fresh, far + (3 * lanes)));
        }

        if (n > 4)
        {
            (a4, b4) = (Start(fresh, dw + (4 * lanes)), Start(fresh, far + (4 * lanes)));
            (a5, b5) = (Start(fresh, dw + (5 * lanes)), Start(fresh, far + (5 * lanes)));
            (a6, b6) = (Start(fresh, dw + (6 * lanes)), Start(fresh, far + (6 * lanes)));
            (a7, b7) = (Start(fresh, dw + (7 * lanes)), Start(fresh, far + (7 * lanes)));
        }

        for (int row = 0; row < rows; row++)
        {
            float* xp = x + (row * plan.InputRowStep), yp = dy + (row * plan.OutputRowStep);
            for (int p = 0; p < columns; p++, xp += xStep, yp += yStep)
            {
                TVec v = TSimd.Load(yp);
                a0 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[0]), v, a0);
                b0 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[n]), v, b0);
                if (n > 1)
                {
                    a1 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[1]), v, a1);
                    b1 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[n + 1]), v, b1);
                    a2 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[2]), v, a2);
                    b2 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[n + 2]), v, b2);
                    a3 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[3]), v, a3);
                    b3 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[n + 3]), v, b3);
                }

                if (n > 4)
                {
                    a4 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[4]), v, a4);
                    b4 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[n + 4]), v, b4);
                    a5 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[5]), v, a5);
                    b5 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[n + 5]), v, b5);
                    a6 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[6]), v, a6);
                    b6 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[n + 6]), v, b6);
                    a7 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[7]), v, a7);
                    b7 = TSimd.MultiplyAdd(TSimd.Broadcast(xp[n + 7]), v, b7);
                }
            }
        }

        StoreFar(a0, b0, dw, n * lanes);
        if (n > 1)
        {
            StoreFar(a1, b1, dw + lanes, n * lanes);
            StoreFar(a2, b2, dw + (2 * lanes), n * lanes);
            StoreFar(a3, b3, dw + (3 * lanes), n * lanes);
        }

        if (n > 4)
        {
            StoreFar(a4, b4, dw + (4 * lanes), n * lanes);
            StoreFar(a5, b5, dw + (5 * lanes), n * lanes);
            StoreFar(a6, b6, dw + (6 * lanes), n * lanes);
            StoreFar(a7, b7, dw + (7 * lanes), n * lanes);
        }
    }

    [MethodImpl(Hot)]
    private static void OneChannelWeights(ConvPlan plan, float* x, float* dy, float* dw, int rows, int columns, bool fresh)
    {
        TVec sum = Start(fresh, dw);
        for (int row = 0; row < rows; row++)
        {
            float* xp = x + (row * plan.InputRowStep), yp = dy + (row * plan.OutputRowStep);
            for (int p = 0; p < columns; p++)
            {
                sum = TSimd.MultiplyAdd(
                    TSimd.Broadcast(xp[p * plan.InputPixelStep]), TSimd.Load(yp + (p * plan.OutputPixelStep)), sum);
            }
        }

        TSimd.Store(sum, dw);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Start(bool fresh, float* sum) => fresh ? TSimd.Zero : TSimd.Load(sum);
}
