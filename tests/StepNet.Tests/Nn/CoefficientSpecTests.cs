using System.Globalization;
using StepNet.Nn;

namespace StepNet.Tests.Nn;

public sealed class CoefficientSpecTests
{
    [Theory]
    [InlineData("0.1", 0.1, CoefficientKind.Fixed, CoefficientScope.Block)]
    [InlineData("1/sqrt(L)", 0.25, CoefficientKind.Fixed, CoefficientScope.Block)]
    [InlineData("2/L", 0.125, CoefficientKind.Fixed, CoefficientScope.Block)]
    [InlineData("1/L^(1/4)", 0.5, CoefficientKind.Fixed, CoefficientScope.Block)]
    [InlineData("1*L^(1/4)", 2, CoefficientKind.Fixed, CoefficientScope.Block)]
    [InlineData("learned:0.1", 0.1, CoefficientKind.Learned, CoefficientScope.Block)]
    [InlineData("Learned:-1e-3@Block", -0.001, CoefficientKind.Learned, CoefficientScope.Block)]
    [InlineData("learned:1/L@stage", 0.0625, CoefficientKind.Learned, CoefficientScope.Stage)]
    [InlineData("learned:0@kind", 0, CoefficientKind.Learned, CoefficientScope.Kind)]
    [InlineData("normal:0.05@network", 0.05, CoefficientKind.Normal, CoefficientScope.Network)]
    [InlineData("channel:1e-5", 1e-5, CoefficientKind.Channel, CoefficientScope.Block)]
    [InlineData("channel:1/sqrt(L)@stage", 0.25, CoefficientKind.Channel, CoefficientScope.Stage)]
    public void Parse_EveryForm_IsReadAndWrittenBack(string text, double atSixteen, CoefficientKind kind, CoefficientScope scope)
    {
        CoefficientSpec spec = CoefficientSpec.Parse(text);

        Assert.Equal((kind, scope), (spec.Kind, spec.Scope));
        Assert.Equal(atSixteen, spec.Start.At(16), tolerance: 1e-15);
        Assert.Equal(spec, CoefficientSpec.Parse(spec.ToString()));
    }

    [Theory]
    [InlineData("0.10", "0.1")]
    [InlineData("LEARNED:0.5@block", "learned:0.5")]
    [InlineData("learned:1/sqrt(L)@kind", "learned:1/sqrt(L)@kind")]
    [InlineData("identity=learned:0,projection=normal:0.05", "identity=learned:0,projection=normal:0.05")]
    public void ToString_OfParsed_IsTheShortForm(string text, string expected) =>
        Assert.Equal(expected, string.Create(CultureInfo.InvariantCulture, $"{CoefficientSpec.Parse(text)}"));

    [Fact]
    public void Parse_OneForEachKindOfBlock_IsReadAndWrittenBack()
    {
        CoefficientSpec spec = CoefficientSpec.Parse("identity=learned:0@kind,projection=normal:0.05");

        Assert.Equal(CoefficientSpec.LearnedFrom(0, CoefficientScope.Kind), spec with { Projection = null });
        Assert.Equal(new CoefficientSpec(0.05, CoefficientKind.Normal), spec.Projection);
        Assert.Equal(spec, CoefficientSpec.Parse(spec.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0,1")]
    [InlineData("learned")]
    [InlineData("learned:")]
    [InlineData("learned:@stage")]
    [InlineData("fixed:1")]
    [InlineData("3:1")]
    [InlineData("NaN")]
    [InlineData("1/l")]
    [InlineData("/L")]
    [InlineData("identity=1")]
    public void Parse_AnythingElse_SaysWhatIsExpected(string text)
    {
        FormatException e = Assert.Throws<FormatException>(() => CoefficientSpec.Parse(text));

        Assert.StartsWith($"'{text}' is not a coefficient. Give a number such as 0.1 or 1/sqrt(L), learned:0.1", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.1@stage", "'0.1@stage': a fixed number has no scope.")]
    [InlineData("learned:0@layer", "'learned:0@layer': scope '@layer', expected @block, @stage, @kind or @network.")]
    [InlineData("channel:0@network", "'channel:0@network': stages differ in channels, so one value a channel is shared by @block or @stage.")]
    [InlineData("normal:-1", "'normal:-1': a standard deviation is 0 or more.")]
    [InlineData("identity=learned:0@network,projection=1", "'identity=learned:0@network,projection=1': identity and projection blocks differ, so the scope is @block or @kind.")]
    public void Parse_FormsThatMakeNoSense_SayWhy(string text, string expected)
    {
        FormatException e = Assert.Throws<FormatException>(() => CoefficientSpec.Parse(text));

        Assert.StartsWith(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
