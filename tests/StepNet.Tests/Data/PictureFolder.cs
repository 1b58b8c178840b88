using StepNet.Imaging;

namespace StepNet.Tests.Data;

/// <summary>A folder of small PNG files, removed at the end.</summary>
internal sealed class PictureFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("stepnet-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Adds a picture of one colour.</summary>
    internal PictureFolder Add(string path, byte red, byte green, byte blue, int width = 8, int height = 8)
    {
        byte[] pixels = [.. Enumerable.Repeat(new[] { red, green, blue }, width * height).SelectMany(pixel => pixel)];
        return Add(path, PngEncoder.Encode(new RgbImage(width, height, pixels)));
    }

    internal PictureFolder Add(string path, byte[] bytes)
    {
        string file = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
        return this;
    }

    /// <summary>Adds pictures that differ from each other, redder the later: <c>0.png</c>, <c>1.png</c>, ...</summary>
    internal PictureFolder AddMany(string folder, int count, byte blue, int size = 8)
    {
        for (int i = 0; i < count; i++)
        {
            Add($"{folder}/{i}.png", (byte)i, 100, blue, size, size);
        }

        return this;
    }
}
