using StepNet.Export;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests.Export;

public sealed class ModelFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-test-").FullName;

    private string FilePath => Path.Combine(_folder, "model.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(BlockOrder.Post, Normalization.Batch, ShortcutKind.Projection, "1", "1")]
    [InlineData(BlockOrder.Pre, Normalization.Batch, ShortcutKind.Pad, "0.1", "learned:0.9")]
    [InlineData(BlockOrder.Post, Normalization.None, ShortcutKind.Projection, "learned:0.1", "1")]
    [InlineData(BlockOrder.Post, Normalization.Batch, ShortcutKind.Projection, "channel:1/sqrt(L)", "learned:1@stage")]
    [InlineData(BlockOrder.Pre, Normalization.Batch, ShortcutKind.Projection, "1/L", "identity=learned:0,projection=normal:0.05")]
    public void SaveThenLoad_EveryVariant_GivesTheSameValuesAndCard(
        BlockOrder order, Normalization norm, ShortcutKind shortcut, string step, string skip)
    {
        CifarResNetOptions options = new()
        {
            Depth = 8,
            Order = order,
            Norm = norm,
            Shortcut = shortcut,
            Step = CoefficientSpec.Parse(step),
            Skip = CoefficientSpec.Parse(skip),
        };
        ModelCard card = Card(options);
        CifarResNet saved = new(options);
        saved.Initialize(7);
        Perturb(saved);
        ModelFile.Save(FilePath, saved, card.ToMetadata());

        ModelCard read = ModelCard.Parse(SafeTensors.Read(FilePath).Metadata);
        Module loaded = read.Options!.Create();
        ModelFile.Load(FilePath, loaded);
        loaded.Compile(Shape.Of(3, 8, 8));

        Assert.Equal(card, read);
        Assert.Equal(saved.State.Select(v => v.Name), loaded.State.Select(v => v.Name));
        Assert.All(saved.State.Zip(loaded.State), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
    }

    [Fact]
    public void Save_LearnedStep_IsAScalarUnderItsBlock()
    {
        ModelFile.Save(FilePath, Small(step: CoefficientSpec.LearnedFrom(0.1)));

        SafeTensor step = SafeTensors.Read(FilePath)["layer1.0.step"];

        Assert.Empty(step.Shape);
        Assert.Equal([0.1f], step.ToSingles());
    }

    [Fact]
    public void Save_SameModelTwice_SameBytes()
    {
        ModelFile.Save(FilePath, Small(), Card(new CifarResNetOptions { Depth = 8 }).ToMetadata());
        byte[] first = File.ReadAllBytes(FilePath);
        ModelFile.Save(FilePath, Small(), Card(new CifarResNetOptions { Depth = 8 }).ToMetadata());

        Assert.Equal(first, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void Load_MissingStep_SaysSoInOneLineAndChangesNothing()
    {
        ModelFile.Save(FilePath, Small());
        CifarResNet model = Small(step: CoefficientSpec.LearnedFrom(0.1));
        float before = model.Parameters.First().Values[0];
        Perturb(model);

        SafeTensorsException e = Assert.Throws<SafeTensorsException>(() => ModelFile.Load(FilePath, model));

        Assert.Equal(
            $"'{FilePath}' does not fit the model: missing 'layer1.0.step' and 2 more. Build the model with the options of the file.",
            e.Message);
        Assert.NotEqual(before, model.Parameters.First().Values[0]);
    }

    [Fact]
    public void Load_SuperfluousAndUnlike_NamesTheFirstOfEach()
    {
        ModelFile.Save(FilePath, Small(step: CoefficientSpec.LearnedFrom(0.1)));

        SafeTensorsException e = Assert.Throws<SafeTensorsException>(() => ModelFile.Load(FilePath, Small(classes: 7)));

        Assert.Contains("superfluous 'layer1.0.step' and 2 more; unlike 'linear.weight F32 [10, 64] for [7, 64]' and 1 more", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_PyTorchsBatchCounters_AreNoFault()
    {
        CifarResNet model = Small();
        SafeTensor counter = SafeTensor.Of("bn1.num_batches_tracked", [], [17L]);
        SafeTensors.Write(FilePath, [.. model.State.Select(v => SafeTensor.Of(v.Name, v.Shape.Dims.AsSpan(), v.Values)), counter]);

        ModelFile.Load(FilePath, Small());
    }

    [Theory]
    [InlineData("step", null, "The model's metadata lack 'step'.")]
    [InlineData("order", "middle", "'order' = 'middle', expected post or pre")]
    [InlineData("image_size", "32", "resnet8 reads images [channels, height, width], not [32]")]
    [InlineData("model", "resnet9", "'resnet9' is no model")]
    [InlineData("step", "big", "'big' is not a coefficient")]
    [InlineData("mean", "a,b,c", "'mean' = 'a,b,c', expected numbers")]
    [InlineData("format_version", "9", "'format_version' = '9', expected 1")]
    public void Parse_WrongCard_NamesTheText(string key, string? text, string expected)
    {
        Dictionary<string, string> metadata = new(Card(new CifarResNetOptions { Depth = 8 }).ToMetadata());
        _ = metadata.Remove(key);
        if (text is not null)
        {
            metadata.Add(key, text);
        }

        FormatException e = Assert.Throws<FormatException>(() => ModelCard.Parse(metadata));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    private static CifarResNet Small(CoefficientSpec? step = null, int classes = 10)
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 8, Step = step ?? 1.0, Classes = classes });
        model.Initialize(1);
        return model;
    }

    private static ModelCard Card(ResNetOptions options) => new()
    {
        Options = options,
        Classes = [.. Enumerable.Range(0, options.Classes).Select(i => $"class {i}")],
        Mean = [0.1f, 0.2f, 0.3f],
        Std = [1, 2, 3],
    };

    private static void Perturb(Module model)
    {
        foreach (Variable variable in model.State)
        {
            for (int i = 0; i < variable.Values.Length; i++)
            {
                variable.Values[i] += 0.25f + (0.001f * i);
            }
        }
    }
}
