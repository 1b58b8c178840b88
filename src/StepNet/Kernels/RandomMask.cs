using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

/// <summary>A random mask in channels-innermost order.</summary>
internal static unsafe class RandomMask
{
    // Bound by the generator, some 20 integer operations a value, in 64-bit lanes that ISimd does not have. The draw belongs to
    // the place in logical order, channels first, so that every executor draws the same.

    /// <summary>Writes <c>1 / keep</c> or 0 to the channels of one image, and 0 to the padding channels.</summary>
    /// <param name="random">The step's draws.</param>
    /// <param name="first">Place of the image's first value.</param>
    /// <param name="keep">Probability of a kept value.</param>
    /// <param name="y">The mask.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="padded">Channels in memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(CounterRandom random, long first, double keep, Rows y, int height, int width, int channels, int padded)
    {
        float kept = (float)(1 / keep);
        int pixels = height * width;
        for (int i = 0; i < height; i++)
        {
            for (int j = 0; j < width; j++)
            {
                float* pixel = y[i] + (j * padded);
                ulong place = (ulong)(first + (i * width) + j);
                for (int c = 0; c < channels; c++)
                {
                    pixel[c] = random.DoubleAt(place + ((ulong)c * (ulong)pixels)) < keep ? kept : 0;
                }

                new Span<float>(pixel + channels, padded - channels).Clear();
            }
        }
    }
}
