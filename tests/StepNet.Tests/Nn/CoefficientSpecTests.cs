using System.Globalization;
using StepNet.Nn;

namespace StepNet.Tests.Nn;

public sealed class CoefficientSpecTests
{
    [Theory]
    [InlineData("0.1", 0.1, false)]
    [InlineData("1", 1, false)]
    [InlineData("learned:0.1", 0.1, true)]
    [InlineData("Learned:-1e-3", -0.001, true)]
    public void Parse_NumberOrLearned_IsRead(string text, double value, bool learned)
    {
        CoefficientSpec spec = CoefficientSpec.Parse(text);

        Assert.Equal((value, learned), (spec.Value, spec.Learned));
        Assert.Equal(spec, CoefficientSpec.Parse(spec.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0,1")]
    [InlineData("learned")]
    [InlineData("learned:")]
    [InlineData("NaN")]
    public void Parse_AnythingElse_SaysWhatIsExpected(string text)
    {
        FormatException e = Assert.Throws<FormatException>(() => CoefficientSpec.Parse(text));

        Assert.StartsWith($"'{text}' is not a coefficient. Give a number such as 0.1, or learned:0.1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_AnyCulture_HasADecimalPoint() =>
        Assert.Equal("learned:0.5", string.Create(CultureInfo.InvariantCulture, $"{CoefficientSpec.LearnedFrom(0.5)}"));
}
