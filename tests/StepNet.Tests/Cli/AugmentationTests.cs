using StepNet.Cli;
using StepNet.Data;
using StepNet.Graph;

namespace StepNet.Tests.Cli;

public sealed class AugmentationTests
{
    [Theory]
    [InlineData("none", "Normalize")]
    [InlineData("mixup:0.2", "Normalize")]
    [InlineData("crop:4,flip", "Normalize, RandomCrop, HorizontalFlip")]
    [InlineData("cutout:8,hue,crop,flip:0.3,jitter:0.2,resized-crop:0.6",
        "ColorJitter, ColorJitter, Normalize, Cutout, RandomCrop, HorizontalFlip, RandomResizedCrop")]
    public void Around_AnyWords_KeepTheirOrderOnEachSideOfNormalisation(string text, string expected)
    {
        Augmentation augmentation = Augmentation.Parse(text);

        Assert.Equal(expected, string.Join(", ", augmentation.Around([new Normalize([0f], [1f])]).Select(t => t.GetType().Name)));
        Assert.Equal(text.Contains("mixup", StringComparison.Ordinal), augmentation.Mixup is not null);
        Assert.Equal(text, $"{augmentation}");
    }

    [Theory]
    [InlineData("flip", 2)]
    [InlineData("jitter", 1, 2, 2)]
    [InlineData("mixup", 256)]
    public void CheckFits_ItemsOfAnotherKind_SaysWhatIsNeeded(string text, params int[] dims)
    {
        Augmentation augmentation = Augmentation.Parse(text);
        Shape item = Shape.Of(dims);
        if (text == "jitter")
        {
            augmentation.CheckFits(item);
            item = Shape.Of(2, 2, 2);
        }

        UsageException error = Assert.Throws<UsageException>(() => augmentation.CheckFits(item));

        Assert.StartsWith($"--augment {text}: items of {item} are", error.Message, StringComparison.Ordinal);
        Augmentation.Parse("none").CheckFits(item);
    }

    [Theory]
    [InlineData("crop:4,filp", "'filp', expected none, or words such as crop:4,flip from crop, flip, resized-crop, jitter, hue, cutout, mixup. Did you mean flip?")]
    [InlineData("rain", "'rain', expected none, or words such as")]
    [InlineData("", "'', expected none, or words")]
    [InlineData("crop:4,none", "'none', expected none, or words")]
    [InlineData("crop:2.5", "'crop:2.5', expected crop with an integer, 1 to 1024, such as crop:4.")]
    [InlineData("flip:2", "'flip:2', expected flip with a number, 0 to 1, such as flip:0.5.")]
    [InlineData("hue:-0.1", "'hue:-0.1', expected hue with a number, 0 to 0.5, such as hue:0.1.")]
    [InlineData("jitter:nan", "'jitter:nan', expected jitter with a number, 0 to 10, such as jitter:0.2.")]
    [InlineData("cutout:8:8", "'cutout:8:8', expected cutout with an integer, 1 to 1024")]
    public void Parse_Wrong_IsOneLineThatNamesTheWord(string text, string expected)
    {
        FormatException error = Assert.Throws<FormatException>(() => Augmentation.Parse(text));

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
