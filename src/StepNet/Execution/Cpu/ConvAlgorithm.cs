using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>
/// Which convolutions go by tiles (Winograd) and which by the direct sum: by shape alone, so that one plan serves every
/// instruction set; tiles pay on each of them. The limits come from <c>benchmarks convolutions</c>; docs/performance.md has
/// its figures.
/// </summary>
internal static class ConvAlgorithm
{
    // With fewer channels the transforms outweigh the products they save.
    private const int LeastChannels = 16;
    private const int LeastRowChannels = 32;

    // Transformed weights are read once for a few tiles, and so are the gradients that come from theirs: beyond the caches that
    // costs more than the direct sum. 256 x 256 weights of 3x3, or 512 x 512 of three in a row.
    private const int MostPoints = 36 * 256 * 256;

    // Where weights stay transformed, all of them are read for as few tiles as there are: up to four times what the direct sum reads.
    private const int LeastTiles = 4;

    // A gradient's tile that the map does not fill wastes its products; forward, the direct sum loses as much on short rows.
    private const double LeastFilled = 0.75;

    /// <summary>Whether a convolution forward, or backward to the data, goes by tiles.</summary>
    /// <param name="geometry">Stride and padding of the forward convolution.</param>
    /// <param name="w">Its weights.</param>
    /// <param name="y">What is computed: its output, or the gradient for its input.</param>
    /// <param name="maxBatch">Items; transforming the weights must pay for itself.</param>
    /// <param name="ready">Whether the weights stay transformed from run to run.</param>
    public static bool ByTiles(ConvGeometry geometry, Shape w, Shape y, int maxBatch, bool ready = false) =>
        HasTiles(geometry, w)
        && (IsRow(w) ? y.Width : Math.Min(y.Height, y.Width)) >= WinogradPlan.TileOutputs / 2
        && (ready
            ? maxBatch * (IsRow(w) ? y.Height : WinogradPlan.TilesOver(y.Height)) * WinogradPlan.TilesOver(y.Width) >= LeastTiles
            : maxBatch >= CpuPlan.ChunkItems);

    /// <summary>Whether the gradient of the weights goes by tiles.</summary>
    /// <param name="geometry">Stride and padding of the forward convolution.</param>
    /// <param name="w">Its weights.</param>
    /// <param name="y">Its output.</param>
    public static bool GradientByTiles(ConvGeometry geometry, Shape w, Shape y) =>
        HasTiles(geometry, w)
        && (IsRow(w) ? 1 : Filled(y.Height)) * Filled(y.Width) >= LeastFilled;

    private static bool HasTiles(ConvGeometry geometry, Shape w)
    {
        // Backward to the data, a window that reaches p pixels over one edge reaches 2 - p over the other.
        Padding p = geometry.Padding;
        return geometry.Stride == 1
            && ConvGeometry.Window(w) is (3, 3) or (1, 3)
            && Math.Max(Math.Max(p.Top, p.Bottom), Math.Max(p.Left, p.Right)) <= 2
            && Math.Min(w.Dims[0], w.Dims[1]) >= (IsRow(w) ? LeastRowChannels : LeastChannels)
            && WinogradPlan.PointsOf(IsRow(w)) * w.Dims[0] * w.Dims[1] <= MostPoints;
    }

    private static bool IsRow(Shape w) => ConvGeometry.Window(w).Height == 1;

    private static double Filled(int pixels) => (double)pixels / (WinogradPlan.TilesOver(pixels) * WinogradPlan.TileOutputs);
}
