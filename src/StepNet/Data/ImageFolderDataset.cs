using StepNet.Graph;
using StepNet.Imaging;

namespace StepNet.Data;

/// <summary>Images of a folder, in memory as bytes or decoded at each look. Any number of threads may read.</summary>
internal sealed class ImageFolderDataset(
    string root, IReadOnlyList<ImageFile> files, IReadOnlyList<byte[]?> pixels, int size, IReadOnlyList<string> classes) : IDataset
{
    public int Count => files.Count;

    public Shape ItemShape { get; } = Shape.Of(3, size, size);

    public IReadOnlyList<string> Classes => classes;

    public int LabelOf(int index) => files[index].Label;

    /// <exception cref="DataException">The file has become unreadable since it was first looked at.</exception>
    public int Read(int index, Span<float> item)
    {
        byte[] bytes = pixels[index] ?? Fit(Decode(root, files[index]), size);
        ImageDataset.ToUnit(bytes, item[..bytes.Length]);
        return files[index].Label;
    }

    /// <exception cref="DataException">The file is no image that can be read.</exception>
    internal static RgbImage Decode(string root, ImageFile file)
    {
        try
        {
            return ImageDecoders.Decode(File.ReadAllBytes(Path.Combine(root, file.Path)), ImageDecoders.PhotographMaxPixels);
        }
        catch (Exception e) when (e is ImageException or IOException or UnauthorizedAccessException)
        {
            throw new DataException($"'{Path.Combine(root, file.Path)}' cannot be used: {DataErrors.OneLine(e)}. Mend or remove it.", e);
        }
    }

    /// <summary>An image as an item: <c>[3, size, size]</c>, channels first.</summary>
    internal static byte[] Fit(RgbImage image, int size)
    {
        byte[] pixels = ImageResize.ShorterSideAndCrop(image, size).Pixels, planes = new byte[pixels.Length];
        int plane = size * size;
        for (int i = 0; i < plane; i++)
        {
            (planes[i], planes[plane + i], planes[(2 * plane) + i]) = (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]);
        }

        return planes;
    }
}
