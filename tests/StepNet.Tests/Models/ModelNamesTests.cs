using StepNet.Models;

namespace StepNet.Tests.Models;

public sealed class ModelNamesTests
{
    [Theory]
    [InlineData("resnet8", 8)]
    [InlineData("resnet20", 20)]
    [InlineData("cifar-resnet110", 110)]
    [InlineData("resnet1202", 1202)]
    public void CifarDepth_KnownName_IsItsDepth(string name, int depth) => Assert.Equal(depth, ModelNames.CifarDepth(name));

    [Theory]
    [InlineData("resnet21", "Nearest: resnet20, resnet26.")]
    [InlineData("resnet25", "Nearest: resnet20, resnet26.")]
    [InlineData("resnet0", "Nearest: resnet8, resnet14.")]
    [InlineData("resnet7", "Nearest: resnet8, resnet14.")]
    [InlineData("resnet99999", "Nearest: resnet59996, resnet60002.")]
    [InlineData("resnet", "Expected resnetD with D = 6n + 2: resnet8, resnet20, resnet110")]
    [InlineData("vgg", "Expected resnetD with D = 6n + 2: resnet8, resnet20, resnet110")]
    [InlineData("resnet-20", "Nearest: resnet20.")]
    [InlineData("resnet99999999999", "Expected resnetD")]
    public void CifarDepth_UnknownName_SaysWhatIsNear(string name, string hint)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => ModelNames.CifarDepth(name));

        Assert.StartsWith($"'{name}' is no model", e.Message, StringComparison.Ordinal);
        Assert.Contains(hint, e.Message, StringComparison.Ordinal);
    }
}
