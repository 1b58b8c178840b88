using System.Text.Json;

namespace StepNet.Tests.Imaging;

/// <summary>A small picture file with the pixels that Pillow and libjpeg-turbo decode; <c>tests/imaging/make_samples.py</c> wrote them.</summary>
internal sealed record ImageSample(string Name, byte[] File, int Width, int Height, byte[] Pixels)
{
    private static readonly JsonSerializerOptions s_web = new(JsonSerializerDefaults.Web);

    internal static IReadOnlyDictionary<string, ImageSample> All { get; } = Read();

    internal static ImageSample Of(string name) => All[name];

    private static Dictionary<string, ImageSample> Read()
    {
        string path = Path.Combine(Checkout.Root, "tests", "StepNet.Tests", "Imaging", "samples.json");
        return JsonSerializer.Deserialize<ImageSample[]>(System.IO.File.ReadAllText(path), s_web)!.ToDictionary(sample => sample.Name);
    }
}
