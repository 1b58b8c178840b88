using System.Globalization;
using System.Text.Json;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Imaging;
using StepNet.Inference;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Tests.Inference;

namespace StepNet.Tests.Cli;

public sealed class PredictCommandTests : IDisposable
{
    private readonly StepNetProcess _stepnet = new();
    private readonly TrainedModel _images = ModelFolder.Model(
        new CifarResNetOptions { Depth = 8, Width = 4, Classes = 3 }, Shape.Of(3, 16, 16), ["cat", "dog, or wolf", "emu"], [0.5f, 0.4f, 0.3f], [0.2f, 0.3f, 0.4f]);

    public void Dispose() => _stepnet.Dispose();

    [Fact]
    public void Predict_FilesAndFolders_IsWhatTheLibrarySays()
    {
        ModelFile.Save(_stepnet.PathOf("m.safetensors"), _images.Network, _images.Card.ToMetadata());
        Directory.CreateDirectory(_stepnet.PathOf("pictures", "deep"));
        string[] names = ["pictures/0.png", "pictures/1.png", "pictures/deep/2.png"];
        for (int i = 0; i < names.Length; i++)
        {
            File.WriteAllBytes(_stepnet.PathOf(names[i]), Picture((ulong)i));
        }

        File.WriteAllText(_stepnet.PathOf("pictures", ".hidden"), "no picture");
        using Classifier classifier = new(_images);

        string[] rows = Lines("predict --weights m.safetensors --input pictures pictures/0.png --top 2 --format csv");

        Assert.Equal("input,rank,class,index,probability", rows[0]);
        Assert.Equal(
            [.. names.Append(names[0]).SelectMany(name => classifier.PredictFile(_stepnet.PathOf(name)).Top(2)
                .Select((one, rank) => $"{name},{rank + 1},{Quoted(one.Name)},{one.Index}"))],
            rows[1..].Select(row => row[..row.LastIndexOf(',')]));
        double probability = double.Parse(rows[1][(rows[1].LastIndexOf(',') + 1)..], CultureInfo.InvariantCulture);
        Assert.Equal(classifier.PredictFile(_stepnet.PathOf(names[0])).Best.Probability, probability, tolerance: 1e-5);

        string[] table = Lines("predict --weights m.safetensors --input pictures/0.png");
        Assert.Equal(["input", "class", "%"], table[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("pictures/0.png  ", table[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_ABadFile_IsNamedOrLeftOut()
    {
        ModelFile.Save(_stepnet.PathOf("m.safetensors"), _images.Network, _images.Card.ToMetadata());
        Directory.CreateDirectory(_stepnet.PathOf("pictures"));
        File.WriteAllBytes(_stepnet.PathOf("pictures", "a.png"), Picture(1));
        File.WriteAllText(_stepnet.PathOf("pictures", "b.png"), "word");

        (int code, string output, string error) = _stepnet.Run("predict --weights m.safetensors --input pictures");
        Assert.Equal((3, ""), (code, output));
        Assert.StartsWith("stepnet: Image 'pictures/b.png': the file begins with 776F7264, which is none of ", error, StringComparison.Ordinal);
        (code, output, error) = _stepnet.Run("predict --weights m.safetensors --input pictures --bad-files skip --format csv");
        Assert.Equal(0, code);
        Assert.Equal(2, output.TrimEnd().Split('\n').Length);
        Assert.EndsWith("1 of 2 files left out\n", error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_AnArrayWithAFileOfValuesAlone_WritesTheLogits()
    {
        ModelFile.Save(_stepnet.PathOf("bare.safetensors"), _images.Network);
        float[] values = [.. Compute.Uniform(40 * 768, 4).Select(value => (float)value)];
        NdArray items = new(values, 40, 3, 16, 16);
        NpyFile.Write(_stepnet.PathOf("items.npy"), items);

        (int code, string output, string error) = _stepnet.Run(
            "predict --model resnet8 --width 4 --image-size 16 --weights bare.safetensors --input items.npy --output logits.npy");

        Assert.True(code == 0, error);
        Assert.Equal("", output);
        NdArray logits = NpyFile.Read(_stepnet.PathOf("logits.npy"));
        Assert.Equal([40, 3], logits.Dims);
        using Classifier classifier = new(_images);
        float[] expected = classifier.Logits(items).Values;
        Assert.All(logits.Values.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, tolerance: 1e-5f));

        // Pictures would have to be normalised.
        File.WriteAllBytes(_stepnet.PathOf("a.png"), Picture(1));
        (code, _, error) = _stepnet.Run("predict --model resnet8 --width 4 --image-size 16 --weights bare.safetensors --input a.png");
        Assert.Equal(
            (2, "stepnet: the file does not say how images were normalised in training. Give --mean and --std.\n"), (code, error.ReplaceLineEndings("\n")));
    }

    [Fact]
    public void Predict_NamingTheFilesOwnNetwork_KeepsWhatTheFileSaysOfIt()
    {
        TrainedModel model = ModelFolder.Model(new CifarResNetOptions { Depth = 8, Width = 4, Step = 0.1, Skip = 0.9 }, Shape.Of(3, 16, 16));
        ModelFile.Save(_stepnet.PathOf("m.safetensors"), model.Network, model.Card.ToMetadata());
        NdArray items = new([.. Compute.Uniform(2 * 768, 4).Select(value => (float)value)], 2, 3, 16, 16);
        NpyFile.Write(_stepnet.PathOf("items.npy"), items);

        foreach (string options in (string[])["", " --model resnet8", " --model resnet8 --skip 0.5"])
        {
            (int code, _, string error) = _stepnet.Run($"predict --weights m.safetensors{options} --input items.npy --output logits.npy");

            Assert.True(code == 0, error);
            TrainedModel expected = options.EndsWith("0.5", StringComparison.Ordinal)
                ? TrainedModel.Load(_stepnet.PathOf("m.safetensors"), model.Card.Options! with { Skip = 0.5 }) : model;
            using Classifier classifier = new(expected);
            Assert.All(
                NpyFile.Read(_stepnet.PathOf("logits.npy")).Values.Zip(classifier.Logits(items).Values), pair => Assert.Equal(pair.Second, pair.First, tolerance: 1e-5f));
        }
    }

    [Fact]
    public void Predict_FolderWithALinkToItself_IsReadOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a right there.");
        ModelFile.Save(_stepnet.PathOf("m.safetensors"), _images.Network, _images.Card.ToMetadata());
        Directory.CreateDirectory(_stepnet.PathOf("pictures", "deep"));
        File.WriteAllBytes(_stepnet.PathOf("pictures", "deep", "0.png"), Picture(1));
        Directory.CreateSymbolicLink(_stepnet.PathOf("pictures", "loop"), ".");

        Assert.Equal(2, Lines("predict --weights m.safetensors --input pictures --format csv --top 1").Length);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("rnn")]
    public void Predict_LinesOfText_AsJson(string kind)
    {
        TrainedModel model = kind == "text"
            ? ModelFolder.Model(new TextResNetOptions { Depth = 9, Width = 4, Head = TextHead.Max, Length = 20 }, Shape.Of(20))
            : ModelFolder.Model(new TextRnnOptions { Steps = 8, Length = 20, Width = 4 }, Shape.Of(20));
        ModelFile.Save(_stepnet.PathOf("m.safetensors"), model.Network, model.Card.ToMetadata());
        File.WriteAllText(_stepnet.PathOf("lines.txt"), "\uFEFFFirst line\nand, a \"second\"\n");
        using Classifier classifier = new(model);

        JsonElement[] list = [.. JsonDocument.Parse(string.Join('\n', Lines("predict --weights m.safetensors --input lines.txt --format json --top 2")))
            .RootElement.EnumerateArray()];

        Assert.Equal(["lines.txt:1", "lines.txt:2"], list.Select(item => item.GetProperty("input").GetString()));
        Prediction first = classifier.PredictText("First line");
        Assert.Equal(first.Top(2).Select(one => one.Name), list[0].GetProperty("top").EnumerateArray().Select(one => one.GetProperty("class").GetString()));
        Assert.Equal(first.Best.Probability, list[0].GetProperty("top")[0].GetProperty("probability").GetDouble(), tolerance: 1e-5);
        (int code, string output, string error) = _stepnet.RunIn(
            "/bin/sh", ["-c", "exec \"$0\" \"$@\" < lines.txt"], "predict --weights m.safetensors --input - --format csv");
        Assert.True(code == 0, error);
        Assert.Equal(["-:1", "-:2"], output.TrimEnd().Split('\n')[1..].Select(line => line.Split(',')[0]));

        // Codes of an array as they are: one beyond the table.
        NpyFile.Write(_stepnet.PathOf("codes.npy"), new NdArray([1, 69, .. new float[18]], 1, 20));
        (code, _, error) = _stepnet.Run("predict --weights m.safetensors --input codes.npy");
        Assert.Equal(3, code);
        Assert.StartsWith("stepnet: in the items codes.npy:0 to codes.npy:0: Input 'input': token id 69 at place 1 of item 0. ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private static byte[] Picture(ulong seed) => PngEncoder.Encode(
        new RgbImage(20, 18, [.. Compute.Uniform(20 * 18 * 3, seed).Select(value => (byte)(127 * (value + 1)))]));

    private static string Quoted(string name) => name.Contains(',', StringComparison.Ordinal) ? $"\"{name}\"" : name;

    private string[] Lines(string arguments)
    {
        (int code, string output, string error) = _stepnet.Run(arguments);
        Assert.True(code == 0, error);
        return output.TrimEnd().ReplaceLineEndings("\n").Split('\n');
    }
}
