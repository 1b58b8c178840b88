using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests.Models;

public sealed class ModelCatalogTests
{
    public static TheoryData<string> Names => [.. ModelCatalog.Families.SelectMany(family => family.Examples)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Options_EveryExample_IsThatNetworkAndSaysSo(string name)
    {
        ResNetOptions options = ModelCatalog.Options(name);

        Assert.Equal(name, options.Name);
        Assert.Equal(options, options.Words.Aggregate(options, (o, pair) => o.With(pair.Key, pair.Value)));
        Assert.Equal(options with { Classes = 7 }, options.For(options.Item, 7));
    }

    [Theory]
    [InlineData("resnet8", 8)]
    [InlineData("cifar-resnet110", 110)]
    [InlineData("resnet1202", 1202)]
    public void Options_CifarName_IsItsDepth(string name, int depth) =>
        Assert.Equal(new CifarResNetOptions { Depth = depth }, ModelCatalog.Options(name));

    [Theory]
    [InlineData("resnet21", "Nearest: resnet20, resnet26.")]
    [InlineData("resnet25", "Nearest: resnet20, resnet26.")]
    [InlineData("resnet0", "Nearest: resnet8, resnet14.")]
    [InlineData("resnet7", "Nearest: resnet8, resnet14.")]
    [InlineData("resnet99999", "Nearest: resnet59996, resnet60002.")]
    [InlineData("text-resnet18", "Nearest: text-resnet9, text-resnet17.")]
    [InlineData("resnet49", "Nearest: resnet44, cifar-resnet50.")]
    [InlineData("imagenet-resnet20", "the number must be 18, 34 or 50. Nearest: imagenet-resnet18, imagenet-resnet34.")]
    [InlineData("adaresnet34", "the number must be 18. Nearest: adaresnet18.")]
    [InlineData("point-resnet0", "the number must be 1 to 10,000. Nearest: point-resnet1.")]
    [InlineData("resnet", "Expected resnetN, imagenet-resnetN, adaresnet18, keras-resnet50, text-resnetN, text-rnnN, point-resnetN, N a number: resnet20, ")]
    [InlineData("resnet-20", "Expected resnetN")]
    [InlineData("vgg16", "Expected resnetN")]
    [InlineData("resnet99999999999", "Expected resnetN")]
    [InlineData("", "Expected resnetN")]
    public void Options_UnknownName_SaysWhatThereIs(string name, string hint)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => ModelCatalog.Options(name));

        Assert.StartsWith($"'{name}' is no model", e.Message, StringComparison.Ordinal);
        Assert.Contains(hint, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_OptionOfAnotherFamily_NamesThoseItHas()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => ModelCatalog.Options("text-resnet9").With("shortcut", "pad"));

        Assert.Equal(
            "text-resnet9 has no 'shortcut'; it has step, skip, integrator, drop-path, init, norm, width, order, head, vocabulary. Leave it out.", e.Message);
    }

    [Theory]
    [InlineData("resnet20", 2)]
    [InlineData("keras-resnet50", 1)]
    [InlineData("text-resnet9", 3)]
    [InlineData("point-resnet3", 3)]
    [InlineData("text-rnn5", 3)]
    public void For_ItemOfAnotherKind_SaysWhatItReads(string name, int rank)
    {
        int[] dims = [3, 8, 8];
        ArgumentException e = Assert.Throws<ArgumentException>(() => ModelCatalog.Options(name).For(Shape.Of(dims.AsSpan(0, rank)), 2));

        Assert.StartsWith($"{name} reads ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resnet8", 3)]
    [InlineData("imagenet-resnet18", 8)]
    [InlineData("imagenet-resnet50", 16)]
    [InlineData("adaresnet18", 8)]
    [InlineData("keras-resnet50", 16)]
    [InlineData("text-resnet9", 4)]
    [InlineData("point-resnet5", 5)]
    [InlineData("text-rnn7", 1)]
    public void Create_OwnBranch_StandsInEveryBlock(string name, int blocks)
    {
        ResNetOptions own = ModelCatalog.Options(name) with { Branch = (from, to, stride) => new Own(from, to, stride), Step = 0.5 };

        Module model = own.Create();

        Assert.Equal(blocks, model.Modules.OfType<Own>().Count());
        Assert.Equal(blocks, model.Modules.OfType<ResidualBlock>().Count());
        Assert.Equal(Shape.Batch(own.Classes), model.Compile(own.Item).OutputShape);
        Assert.Throws<InvalidOperationException>(
            () => new ModelCard { Options = own, Classes = ["a", "b"], Mean = [], Std = [] }.ToMetadata());
    }

    [Theory]
    [InlineData("resnet18", 18)]
    [InlineData("resnet34", 34)]
    [InlineData("imagenet-resnet50", 50)]
    public void Options_ImageNetName_IsItsDepth(string name, int depth) =>
        Assert.Equal(new ImageNetResNetOptions { Depth = depth }, ModelCatalog.Options(name));

    [Fact]
    public void Options_NameOfThreeFamilies_NamesAllThree()
    {
        string message = Assert.Throws<ArgumentException>(() => ModelCatalog.Options("resnet50")).Message;

        Assert.Equal(
            "'resnet50' is three networks: imagenet-resnet50 (torchvision's), keras-resnet50 and cifar-resnet50. Give one of these names.", message);
        Assert.All(["imagenet-resnet50", "keras-resnet50", "cifar-resnet50"], name => Assert.Equal(name, ModelCatalog.Options(name).Name));
    }

    // Any shape that the network asks for: zeros of the right size from the input alone.
    private sealed class Own(int from, int to, int stride) : Module
    {
        protected override Tensor Forward(Tensor x)
        {
            Assert.Equal(from, x.Shape.Channels);
            return x.Shape.Dims.Length == 3 ? Ops.PadShortcut(x, stride, to, "", 0)
                : from == to ? Ops.Relu(x)
                : Ops.Conv1d(x, x.Graph.Add(new ConstantOp(0.5, Shape.Of(to, from, 1)), []), 1, default);
        }
    }
}
