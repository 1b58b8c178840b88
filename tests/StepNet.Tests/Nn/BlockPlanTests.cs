using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests.Nn;

/// <summary>Which blocks get which coefficient, under which name.</summary>
public sealed class BlockPlanTests
{
    [Theory]
    [InlineData("learned:0.5@network", "skip")]
    [InlineData("learned:0.5@kind", "identity.skip projection.skip")]
    [InlineData("learned:0.5@stage", "layer1.skip layer2.skip layer3.skip")]
    [InlineData("channel:0.5@stage", "layer1.skip layer2.skip layer3.skip")]
    [InlineData("learned:0.5", "layer1.0.skip layer1.1.skip layer2.0.skip layer2.1.skip layer3.0.skip layer3.1.skip")]
    [InlineData("identity=learned:0.5@kind,projection=normal:0.1", "identity.skip layer2.0.skip layer3.0.skip")]
    [InlineData("0.5", "")]
    public void Parameters_OfAScope_AreNamedByIt(string skip, string names)
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 14, Skip = CoefficientSpec.Parse(skip) });

        Parameter[] coefficients = [.. model.Parameters.Where(p => p.Name.EndsWith("skip", StringComparison.Ordinal))];

        Assert.Equal(names, string.Join(' ', coefficients.Select(p => p.Name)));
        Assert.All(coefficients, parameter => Assert.Equal(ParameterKind.Coefficient, parameter.Kind));
        Assert.All(model.Blocks, block => Assert.Equal(block.Skip.Trained is null, block.Skip.Slot is not null));
    }

    [Fact]
    public void Parameters_OfTheOthers_KeepNamesAndOrder()
    {
        string[] plain = [.. new CifarResNet(new CifarResNetOptions()).State.Select(v => v.Name)];
        CifarResNet shared = new(new CifarResNetOptions
        {
            Step = CoefficientSpec.Parse("learned:1@stage"),
            Skip = CoefficientSpec.Parse("learned:1@network"),
        });

        Assert.Equal(["skip", "layer1.step", "layer2.step", "layer3.step", .. plain], shared.State.Select(v => v.Name));
    }

    [Fact]
    public void Step_ByDepth_CountsAllBlocks()
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 56, Step = CoefficientSpec.Parse("1/sqrt(L)"), Skip = CoefficientSpec.Parse("learned:1/L") });
        model.Initialize(1);

        Assert.All(model.Blocks, block => Assert.Equal(1 / Math.Sqrt(27), block.Step.Value, tolerance: 1e-15));
        Assert.All(model.Blocks, block => Assert.Equal((float)(1 / 27.0), block.Skip.Trained!.Values[0]));
    }

    [Fact]
    public void Normal_OfManyBlocks_HasItsSpreadAndFollowsTheSeed()
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 602, Skip = CoefficientSpec.Parse("normal:0.05") });
        model.Initialize(3);
        double[] first = Values();
        model.Initialize(3);
        Assert.Equal(first, Values());
        model.Initialize(4);
        Assert.NotEqual(first, Values());

        // 300 draws: four standard errors of mean and standard deviation.
        double mean = first.Average(), std = Math.Sqrt(first.Average(value => (value - mean) * (value - mean)));
        Assert.Equal(0, mean, tolerance: 4 * 0.05 / Math.Sqrt(300));
        Assert.Equal(0.05, std, tolerance: 4 * 0.05 / Math.Sqrt(600));

        double[] Values() => [.. model.Blocks.Select(block => block.Skip.Value)];
    }

    [Fact]
    public void Block_ChannelsThatDiffer_CannotShareOneValueAChannel()
    {
        BlockPlan plan = new(1, CoefficientSpec.Parse("channel:1@stage"), blocks: 2);
        plan.Block("layer1", 4, new Conv2d(4, 4, 3));

        ArgumentException e = Assert.Throws<ArgumentException>(() => plan.Block("layer1", 8, new Conv2d(4, 8, 3), shortcut: new PadShortcut(1, 8)));

        Assert.Contains("'layer1.step': a block of 8 channels cannot share [4]. Give step the scope @block.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Block_BeyondThePlan_IsRefused()
    {
        BlockPlan plan = new(1, 1, blocks: 1);
        plan.Block("layer1", 4, new Conv2d(4, 4, 3));

        Assert.Contains("Block 2 of a network planned with 1", Assert.Throws<InvalidOperationException>(
            () => plan.Block("layer1", 4, new Conv2d(4, 4, 3))).Message, StringComparison.Ordinal);
    }
}
