using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

internal abstract unsafe partial class VectorKernels
{
    /// <summary><c>sums[row] += x[i]</c> for every i whose id names a row of [first, end), in the order of the ids.</summary>
    /// <param name="ids">Ids, one for each x.</param>
    /// <param name="count">How many.</param>
    /// <param name="x">Vectors, side by side.</param>
    /// <param name="floats">Floats of a vector, a multiple of 16.</param>
    /// <param name="sums">Sum of row <paramref name="first"/>; the others lie behind it.</param>
    /// <param name="first">First row.</param>
    /// <param name="end">The row behind the last.</param>
    public abstract void AddToRows(float* ids, int count, float* x, int floats, float* sums, int first, int end);
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    [MethodImpl(Hot)]
    public override void AddToRows(float* ids, int count, float* x, int floats, float* sums, int first, int end)
    {
        for (int i = 0; i < count; i++, x += floats)
        {
            int row = (int)ids[i];
            if (row >= first && row < end)
            {
                float* sum = sums + ((nint)(row - first) * floats);
                for (int d = 0; d < floats; d += TSimd.Width)
                {
                    TSimd.Store(TSimd.Add(TSimd.Load(sum + d), TSimd.Load(x + d)), sum + d);
                }
            }
        }
    }
}
