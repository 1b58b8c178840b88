using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>
/// A convolution of maps so small that a row of pixels does not fill the kernel's register tile: pixel by pixel of the map, with
/// the items of the batch for columns. Weights that meet only zeros around such a pixel are left out: eight of nine on a map of one
/// pixel.
/// </summary>
/// <param name="plans">A plan for each output pixel, over one block of output channels.</param>
/// <param name="w">Layout of the weights.</param>
internal sealed unsafe class ConvByItems(ConvPlan[] plans, WeightLayout w)
{
    /// <summary>Items from which it pays where a row has some pixels.</summary>
    public const int LeastItems = 4;

    // A row of eight pixels fills the tile.
    private const int FullRow = 8;
    private const int MostPixels = 64;

    /// <summary>Blocks of output channels: each can be computed alone.</summary>
    public int Blocks => w.OutChannels / w.BlockChannels;

    /// <summary>Floats of a block's weights.</summary>
    public int BlockStride => w.BlockStride;

    /// <summary>Output channels of a block.</summary>
    public int BlockChannels => w.BlockChannels;

    /// <summary>Whether a map is that small.</summary>
    public static bool IsFor(Layout y) => y.Width < FullRow && y.Height * y.Width <= MostPixels;

    /// <summary>One block of output channels of some items: its weights stay in the cache for all pixels.</summary>
    /// <param name="c">The context.</param>
    /// <param name="x">First pixel of the first item of the input.</param>
    /// <param name="weights">The block's weights.</param>
    /// <param name="y">First pixel of the first item of the output.</param>
    /// <param name="items">Items.</param>
    /// <param name="block">Which block.</param>
    public void Run(CpuContext c, float* x, float* weights, float* y, int items, int block)
    {
        foreach (ConvPlan plan in plans)
        {
            c.Kernels.Conv2d(plan, x, weights, y + (block * w.BlockChannels), items);
        }
    }
}
