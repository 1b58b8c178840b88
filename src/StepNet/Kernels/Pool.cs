using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

internal abstract unsafe partial class VectorKernels
{
    /// <summary>Mean over the pixels of one image, per channel.</summary>
    public abstract void AveragePixels(Rows x, float* y, Extent e);

    /// <summary>The same per-channel numbers, divided by the number of pixels, at every pixel of one image.</summary>
    public abstract void SpreadPixels(float* dy, Rows dx, Extent e);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    [MethodImpl(Hot)]
    public override void AveragePixels(Rows x, float* y, Extent e)
    {
        float perPixel = 1f / (e.RowCount * (e.RowFloats / e.Channels));
        for (int c = 0; c < e.Channels; c += TSimd.Width)
        {
            TVec sum = TSimd.Zero;
            for (int row = 0; row < e.RowCount; row++)
            {
                for (int i = c; i < e.RowFloats; i += e.Channels)
                {
                    sum = TSimd.Add(sum, TSimd.Load(x[row] + i));
                }
            }

            TSimd.Store(TSimd.Multiply(sum, TSimd.Broadcast(perPixel)), y + c);
        }
    }

    [MethodImpl(Hot)]
    public override void SpreadPixels(float* dy, Rows dx, Extent e)
    {
        TVec perPixel = TSimd.Broadcast(1f / (e.RowCount * (e.RowFloats / e.Channels)));
        for (int c = 0; c < e.Channels; c += TSimd.Width)
        {
            TVec value = TSimd.Multiply(TSimd.Load(dy + c), perPixel);
            for (int row = 0; row < e.RowCount; row++)
            {
                for (int i = c; i < e.RowFloats; i += e.Channels)
                {
                    TSimd.Store(value, dx[row] + i);
                }
            }
        }
    }
}
