using System.Globalization;
using System.Text.Json;
using StepNet.Cli.Studies;
using StepNet.Data;
using StepNet.Experiments.Reproductions;
using StepNet.Experiments.Studies;
using StepNet.Graph;

namespace StepNet.Tests.Experiments.Reproductions;

/// <summary>The measured noise against noise that is known.</summary>
public sealed class InputNoiseTests
{
    // Two pixels of two channels, deviations 0.5 and 2: noise 0.5, -0.5, 1, 3 on normalised pixels, of mean 1 and variance (10.5 / 4) - 1.
    [Fact]
    public void OfPixels_KnownNoise_IsMeasuredOnNormalisedPixels()
    {
        Items clean = new(Shape.Of(2, 1, 2), [[0.1f, 0.2f, 0.3f, 0.4f]]), noisy = new(Shape.Of(2, 1, 2), [[0.35f, -0.05f, 2.3f, 6.4f]]);

        (double mean, double deviation) = InputNoise.OfPixels(clean, noisy, [0.5f, 2]);

        Assert.Equal(1, mean, tolerance: 1e-6);
        Assert.Equal(Math.Sqrt(1.625), deviation, tolerance: 1e-6);
    }

    // "ab 1" and padding: two letters count 25/26 each, the others 1, as a letter may be replaced by itself.
    [Fact]
    public void OfCharacters_KnownReplacements_LeavesPaddingOut()
    {
        Items clean = new(Shape.Of(6), [Codes("ab 1", 6)]), noisy = new(Shape.Of(6), [Codes("axc1", 6)]);

        Assert.Equal(2 / (2 + (2 * 25.0 / 26)), InputNoise.OfCharacters(clean, noisy), tolerance: 1e-12);
        Assert.Equal(0, InputNoise.OfCharacters(clean, clean));
    }

    [Fact]
    public void Measures_OtherItems_AreRefused()
    {
        Items one = new(Shape.Of(2), [[1, 2]]), two = new(Shape.Of(2), [[1, 2], [3, 4]]);

        Assert.Contains("expected a set and the same set with noise", Assert.Throws<ArgumentException>(() => InputNoise.OfCharacters(one, two)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_Codes_GivesTheTextThatTheNetworkSees() =>
        Assert.Equal("ab 1?\uFFFD", CharacterVocabulary.Decode([.. Codes("Ab 1?é", 6), CharacterVocabulary.Padding, CharacterVocabulary.Padding]));

    [Fact]
    public void One_ImageWithNoise_IsCutToThePixelRange()
    {
        Items images = new(Shape.Of(1, 1, 3), [[-0.4f, 0.5f, 1.7f]]);

        Assert.Equal([0, 0, 0, 128, 128, 128, 255, 255, 255], ImageGrid.One(images, 0).Pixels);
    }

    // The noise of 'stepnet train' on its own generated images, a trial of the kind that figure 17 asks for.
    [Theory]
    [InlineData("shapes", "0.5", new[] { "image-0.png", "image-1.png", "image-2.png", "image-3.png", "image-4.png" })]
    [InlineData("phrases", "0.3", new[] { "text.txt" })]
    public async Task Trial_GeneratedData_MeasuresTheNoiseAskedForAndLeavesPictures(string data, string noise, string[] pictures)
    {
        string folder = Directory.CreateTempSubdirectory("stepnet-test-").FullName;
        ITrialKind kind = TrialKinds.All().First(kind => kind.Name == "input-noise");
        IReadOnlyDictionary<string, string> settings = kind.Resolve(new Dictionary<string, string> { ["data"] = data, ["noise"] = noise, ["items"] = "3", ["seed"] = "2" });

        TrialOutcome outcome = await kind.RunAsync(new TrialRun(settings, folder, threads: 1, TimeSpan.FromMinutes(1)), TestContext.Current.CancellationToken);

        using JsonDocument summary = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "summary.json")));
        double measured = summary.RootElement.GetProperty("measured").GetDouble();
        Assert.Equal(TrialState.Done, outcome.State);
        Assert.Equal(double.Parse(noise, CultureInfo.InvariantCulture), measured, tolerance: 0.1);
        Assert.NotEqual(0, summary.RootElement.GetProperty("error").GetDouble());
        Assert.Equal(pictures, Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Where(name => name != "summary.json").Order());
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("data", "two-moons", "data: 'two-moons', expected ")]
    [InlineData("noise", "-1", "noise: '-1', expected a number, 0 or more.")]
    [InlineData("items", "0", "items: '0', expected a whole number, 1 or more.")]
    public void Check_WrongSetting_SaysWhatIsExpected(string key, string value, string expected) =>
        Assert.StartsWith(expected, TrialKinds.All().First(kind => kind.Name == "input-noise").Check(key, value)!, StringComparison.Ordinal);

    private static float[] Codes(string text, int length)
    {
        byte[] codes = new byte[length];
        _ = CharacterVocabulary.Encode(text, codes);
        return [.. codes.Select(code => (float)code)];
    }

    private sealed class Items(Shape shape, float[][] items) : IDataset
    {
        public int Count => items.Length;

        public Shape ItemShape => shape;

        public IReadOnlyList<string> Classes => ["one"];

        public int Read(int index, Span<float> item)
        {
            items[index].CopyTo(item);
            return 0;
        }
    }
}
