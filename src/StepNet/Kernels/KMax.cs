using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

/// <summary>Places of the k largest values of one channel.</summary>
internal static unsafe class KMax
{
    // Channel by channel and not in lanes: every channel chooses places of its own. The chosen stay in the order of the
    // sequence; a newcomer must beat the weakest, the last of equals, and most do not: one comparison a value.

    /// <summary>Writes the places of the k largest, in ascending order. NaN is larger than any number; of equals the first wins.</summary>
    /// <param name="x">First value.</param>
    /// <param name="length">Values, at least k.</param>
    /// <param name="step">Floats from a value to the next.</param>
    /// <param name="k">How many, at least 1.</param>
    /// <param name="chosen">Receives k places.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Select(float* x, int length, int step, int k, int* chosen)
    {
        for (int i = 0; i < k; i++)
        {
            chosen[i] = i;
        }

        int weakest = Weakest(x, step, k, chosen);
        float least = x[chosen[weakest] * step];
        for (int i = k; i < length; i++)
        {
            if (Above(x[i * step], least))
            {
                for (int j = weakest; j < k - 1; j++)
                {
                    chosen[j] = chosen[j + 1];
                }

                chosen[k - 1] = i;
                weakest = Weakest(x, step, k, chosen);
                least = x[chosen[weakest] * step];
            }
        }
    }

    private static int Weakest(float* x, int step, int k, int* chosen)
    {
        int weakest = 0;
        float least = x[chosen[0] * step];
        for (int i = 1; i < k; i++)
        {
            float value = x[chosen[i] * step];
            if (!Above(value, least))
            {
                (weakest, least) = (i, value);
            }
        }

        return weakest;
    }

    private static bool Above(float a, float b) => a > b || (float.IsNaN(a) && !float.IsNaN(b));
}
