using StepNet.Imaging;

namespace StepNet.Data;

/// <summary>Shows images of a set side by side.</summary>
public static class ImageGrid
{
    private const int Gap = 2;

    /// <summary>A row for each class, in the order of the labels: its first images from left to right, on white.</summary>
    /// <param name="images">Images <c>[C, H, W]</c> of 1 or 3 channels.</param>
    /// <param name="columns">Images of a class, at least 1; fewer where it has no more.</param>
    /// <param name="maxClasses">Rows, at least 1: the first classes.</param>
    public static RgbImage Draw(IDataset images, int columns = 10, int maxClasses = 20)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxClasses);
        int H = images.ItemShape.Height, W = images.ItemShape.Width, rows = Math.Min(maxClasses, images.Classes.Count);
        RgbImage grid = new((columns * (W + Gap)) + Gap, (rows * (H + Gap)) + Gap);
        grid.Pixels.AsSpan().Fill(255);
        int[] shown = new int[rows];
        float[] item = new float[images.ItemShape.ItemCount];
        for (int i = 0; i < images.Count && shown.Any(count => count < columns); i++)
        {
            int label = images.LabelOf(i);
            if (label < rows && shown[label] < columns)
            {
                _ = images.Read(i, item);
                Draw(grid, item, H, W, Gap + (label * (H + Gap)), Gap + (shown[label]++ * (W + Gap)));
            }
        }

        return grid;
    }

    /// <summary>One image of a set; values outside of [0, 1] are cut.</summary>
    /// <param name="images">Images <c>[C, H, W]</c> of 1 or 3 channels.</param>
    /// <param name="index">In [0, number of images).</param>
    public static RgbImage One(IDataset images, int index)
    {
        ArgumentNullException.ThrowIfNull(images);
        float[] item = new float[images.ItemShape.ItemCount];
        _ = images.Read(index, item);
        RgbImage picture = new(images.ItemShape.Width, images.ItemShape.Height);
        Draw(picture, item, picture.Height, picture.Width, 0, 0);
        return picture;
    }

    private static void Draw(RgbImage grid, float[] item, int H, int W, int top, int left)
    {
        int plane = item.Length > H * W ? H * W : 0; // of a grey image all three are the one
        for (int y = 0; y < H; y++)
        {
            Span<byte> row = grid.Row(top + y).Slice(3 * left, 3 * W);
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = (byte)Math.Round(255 * Math.Clamp(item[(i % 3 * plane) + (y * W) + (i / 3)], 0, 1));
            }
        }
    }
}
