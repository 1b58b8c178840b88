using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests.Nn;

public sealed class FrozenPartsTests
{
    private static readonly CifarResNetOptions s_options = new()
    {
        Depth = 8,
        Step = CoefficientSpec.LearnedFrom(0.1),
        Skip = CoefficientSpec.Parse("learned:1@stage"),
    };

    [Theory]
    [InlineData("all-but-head", "linear.weight linear.bias")]
    [InlineData("layer1,layer2,layer3,linear", "conv1.weight bn1.weight bn1.bias")]
    [InlineData("conv1,bn1,layer1,layer2.0,layer2.skip,layer3", "linear.weight linear.bias")]
    [InlineData("conv1,bn1,linear,layer2,layer3,layer1.0.conv1,layer1.0.bn1,layer1.0.conv2,layer1.0.bn2",
        "layer1.skip layer1.0.step")]
    public void ApplyTo_Paths_LeaveTheOthers(string text, string trained)
    {
        CifarResNet model = new(s_options);

        FrozenParts.Parse(text).ApplyTo(model);

        Assert.Equal(trained.Split(' '), model.Parameters.Where(parameter => !parameter.IsFrozen).Select(parameter => parameter.Name));
        model.Unfreeze();
        Assert.DoesNotContain(model.Parameters, parameter => parameter.IsFrozen);
    }

    [Fact]
    public void ApplyTo_PathThatBeginsLikeAnother_IsThatPartAlone()
    {
        PointResNet model = new(new PointResNetOptions { Blocks = 12 });

        FrozenParts.Parse("layer1.1").ApplyTo(model);

        Assert.All(model.Parameters, parameter =>
            Assert.Equal(parameter.Name.StartsWith("layer1.1.", StringComparison.Ordinal), parameter.IsFrozen));
    }

    [Theory]
    [InlineData("layer9", "'layer9' is no part with parameters; the network has layer1, layer2, layer3, conv1, bn1, linear, and parts of these such as layer1.0. Name one of them.")]
    [InlineData("layer", "'layer' is no part with parameters; *")]
    [InlineData("linear.bias", "'linear.bias' is no part with parameters; *")]
    [InlineData("conv1,bn1,layer1,layer2,layer3,linear", "'conv1,bn1,layer1,layer2,layer3,linear' leaves nothing to train. Name fewer parts.")]
    public void ApplyTo_WrongPath_SaysWhatThereIs(string text, string message)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => FrozenParts.Parse(text).ApplyTo(new CifarResNet(s_options)));

        Assert.StartsWith(message.TrimEnd('*'), e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("layer1,")]
    [InlineData("layer1.")]
    [InlineData("layer1, layer2")]
    public void Parse_NoPath_SaysWhatIsExpected(string text) => Assert.Equal(
        $"'{text}', expected all-but-head, or parts of the network such as conv1,bn1,layer1.",
        Assert.Throws<FormatException>(() => FrozenParts.Parse(text)).Message);
}
