using System.Text.Json;
using StepNet.Export;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Tests.Data;

namespace StepNet.Tests.Cli;

/// <summary><c>stepnet train --weights --freeze</c>, as a process.</summary>
public sealed class FineTuningCommandTests : IDisposable
{
    private readonly StepNetProcess _stepnet = new();
    private readonly PictureFolder _folder = new();

    public void Dispose()
    {
        _stepnet.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Train_WeightsOfARun_KeepTheFrozenPartsAndItsSettings()
    {
        _folder.AddMany("three/a", 6, blue: 0).AddMany("three/b", 6, blue: 100).AddMany("three/c", 6, blue: 255)
            .AddMany("two/d", 8, blue: 30).AddMany("two/e", 8, blue: 200);
        string data = Path.Combine(_folder.Path, "two");
        Run($"train --data {Path.Combine(_folder.Path, "three")} --image-size 12 --model resnet8 --step learned:0.2 --width 8 --epochs 2 --batch 4 --threads 1 --out first");

        string error = Run($"train --data {data} --weights first --freeze all-but-head --epochs 2 --batch 4 --threads 1 --out second");

        Assert.Contains("resnet8, ", error, StringComparison.Ordinal);
        Assert.Contains($"'first/model.safetensors'; the head 'linear' starts anew: 3 classes there, 2 here\n", error.ReplaceLineEndings("\n").Replace('\\', '/'), StringComparison.Ordinal);
        Assert.Contains("frozen: all-but-head; 66 of ", error, StringComparison.Ordinal);
        SafeTensorFile first = SafeTensors.Read(_stepnet.PathOf("first", "model.safetensors")), second = SafeTensors.Read(_stepnet.PathOf("second", "model.safetensors"));
        Assert.Equal(first.Tensors.Keys, second.Tensors.Keys);
        Assert.All(
            first.Tensors.Values.Where(tensor => !tensor.Name.StartsWith("linear", StringComparison.Ordinal)),
            tensor => Assert.Equal(tensor.ToSingles(), second[tensor.Name].ToSingles()));
        ModelCard of = ModelCard.Parse(first.Metadata), card = ModelCard.Parse(second.Metadata);
        Assert.Equal((of.Options! with { Classes = 2 }, of.Item), (card.Options, card.Item));
        Assert.Equal(of.Mean, card.Mean);
        Assert.Equal(["d", "e"], card.Classes);

        // The rate is a tenth of a folder's 0.1; all of it repeats from the configuration, and a run that stops goes on.
        string config = File.ReadAllText(_stepnet.PathOf("second", "config.yaml"));
        Assert.Contains("lr: 0.01\n", config, StringComparison.Ordinal);
        Assert.Contains($"weights: {_stepnet.PathOf("first", "model.safetensors")}\n", config, StringComparison.Ordinal);
        Assert.Contains("freeze: all-but-head\n", config, StringComparison.Ordinal);
        Run("train --config second/config.yaml --out again");
        Assert.Equal(File.ReadAllBytes(_stepnet.PathOf("second", "model.safetensors")), File.ReadAllBytes(_stepnet.PathOf("again", "model.safetensors")));
        JsonElement summary = JsonDocument.Parse(File.ReadAllText(_stepnet.PathOf("second", "summary.json"))).RootElement;
        Assert.Equal("all-but-head", summary.GetProperty("freeze").GetString());
        Assert.EndsWith("model.safetensors", summary.GetProperty("weights").GetString(), StringComparison.Ordinal);

        File.Delete(_stepnet.PathOf("again", "model.safetensors"));
        Run("train --resume --out again");
        Assert.Equal(File.ReadAllBytes(_stepnet.PathOf("second", "model.safetensors")), File.ReadAllBytes(_stepnet.PathOf("again", "model.safetensors")));

        // To be looked at, the run no longer needs what it began with.
        Directory.Delete(_stepnet.PathOf("first"), recursive: true);
        Run("evaluate second --noise none");
        Run("features second --items 2");
    }

    [Fact]
    public void Train_WeightsWithoutMetadata_TakeTheNormalizationOfImageNet()
    {
        _folder.AddMany("a", 5, blue: 0).AddMany("b", 5, blue: 255);
        Module published = new ImageNetResNetOptions { Width = 4, Classes = 1000 }.Create();
        published.Initialize(1);
        ModelFile.Save(_stepnet.PathOf("published.safetensors"), published);

        string error = Run($"train --data {_folder.Path} --model resnet18 --width 4 --image-size 32 --weights published.safetensors --freeze conv1,bn1,layer1 --epochs 1 --threads 1 --out run");

        Assert.Contains("the head 'fc' starts anew: 1,000 classes there, 2 here", error, StringComparison.Ordinal);
        SafeTensorFile file = SafeTensors.Read(_stepnet.PathOf("run", "model.safetensors"));
        ModelCard card = ModelCard.Parse(file.Metadata);
        Assert.Equal("imagenet-resnet18", card.Name);
        Assert.Equal(ImageNetResNetOptions.PublishedMean, card.Mean);
        Assert.Equal(ImageNetResNetOptions.PublishedStd, card.Std);
        Dictionary<string, float[]> before = published.State.ToDictionary(v => v.Name, v => v.Values);
        Assert.All(file.Tensors.Values, tensor =>
        {
            bool frozen = tensor.Name.Split('.')[0] is "conv1" or "bn1" or "layer1";
            Assert.Equal(frozen, before[tensor.Name].AsSpan().SequenceEqual(tensor.ToSingles()));
        });
    }

    private string Run(string arguments)
    {
        (int code, _, string error) = _stepnet.Run(arguments);
        Assert.True(code == 0, error);
        return error;
    }
}
