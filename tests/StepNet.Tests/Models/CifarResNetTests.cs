using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests.Models;

public sealed class CifarResNetTests
{
    // Worked out by hand, n blocks a stage: 97,216 n - 21,926 without, 2,752 more with projections of width 32 and 64.
    [Theory]
    [InlineData(20, ShortcutKind.Projection, 272_474)]
    [InlineData(20, ShortcutKind.Pad, 269_722)]
    [InlineData(8, ShortcutKind.Pad, 97_216 - 21_926)]
    [InlineData(32, ShortcutKind.Pad, (97_216 * 5) - 21_926)]
    [InlineData(56, ShortcutKind.Projection, (97_216 * 9) - 21_926 + 2_752)]
    [InlineData(110, ShortcutKind.Pad, (97_216 * 18) - 21_926)]
    public void ParameterCount_Depth_IsThatOfThePaper(int depth, ShortcutKind shortcut, int count) =>
        Assert.Equal(count, new CifarResNet(new CifarResNetOptions { Depth = depth, Shortcut = shortcut }).ParameterCount);

    [Fact]
    public void ParameterCount_Options_AddWhatTheySay()
    {
        CifarResNetOptions options = new() { Depth = 20 };

        // Nine blocks of one h and one s; 90 more classes of 64 weights and a bias; one input channel for three.
        Assert.Equal(272_474 + 9, Count(options with { Step = CoefficientSpec.LearnedFrom(0.1) }));
        Assert.Equal(272_474 + 18, Count(options with { Step = CoefficientSpec.LearnedFrom(0.1), Skip = CoefficientSpec.LearnedFrom(1) }));
        Assert.Equal(272_474 + (90 * 65), Count(options with { Classes = 100 }));
        Assert.Equal(272_474 - (2 * 16 * 9), Count(options with { InChannels = 1 }));

        // Pre order has a last norm of 64 and no stem norm of 16; the first norms of stages 2 and 3 have 16 and 32 less.
        Assert.Equal(272_474, Count(options with { Order = BlockOrder.Pre }));

        // Every norm has two numbers a channel: stem 16, six a stage of n = 3, two in projections.
        Assert.Equal(272_474 - (2 * (16 + (6 * (16 + 32 + 64)) + 32 + 64)), Count(options with { Norm = Normalization.None }));

        static int Count(CifarResNetOptions o) => new CifarResNet(o).ParameterCount;
    }

    [Fact]
    public void State_Depth8_HasTheNamesOfPyTorchInOrder()
    {
        CifarResNet model = new(new CifarResNetOptions
        {
            Depth = 8,
            Step = CoefficientSpec.LearnedFrom(0.1),
            Skip = CoefficientSpec.LearnedFrom(1),
        });

        string[] expected =
        [
            "conv1.weight", .. Norm("bn1"),
            .. Branch("layer1.0"), "layer1.0.skip", "layer1.0.step",
            .. Branch("layer2.0"), "layer2.0.shortcut.0.weight", .. Norm("layer2.0.shortcut.1"), "layer2.0.skip", "layer2.0.step",
            .. Branch("layer3.0"), "layer3.0.shortcut.0.weight", .. Norm("layer3.0.shortcut.1"), "layer3.0.skip", "layer3.0.step",
            "linear.weight", "linear.bias",
        ];
        Assert.Equal(expected, model.State.Select(variable => variable.Name));

        static string[] Branch(string path) =>
            [$"{path}.conv1.weight", .. Norm($"{path}.bn1"), $"{path}.conv2.weight", .. Norm($"{path}.bn2")];

        static string[] Norm(string path) => [$"{path}.weight", $"{path}.bias", $"{path}.running_mean", $"{path}.running_var"];
    }

    [Fact]
    public void Blocks_FixedCoefficients_AreSlotsNamedByPlace()
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 14, Step = 0.1 });

        Assert.Equal(
            ["layer1.0.step", "layer1.1.step", "layer2.0.step", "layer2.1.step", "layer3.0.step", "layer3.1.step"],
            model.Blocks.Select(block => block.Step.Slot!.Name));
        Assert.All(model.Blocks, block => Assert.Equal(0.1, block.Step.Slot!.Initial));
        Assert.DoesNotContain(model.State, variable => variable.Name.EndsWith("step", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(BlockOrder.Post, ShortcutKind.Projection, Normalization.Batch)]
    [InlineData(BlockOrder.Pre, ShortcutKind.Pad, Normalization.Batch)]
    [InlineData(BlockOrder.Pre, ShortcutKind.Projection, Normalization.None)]
    public void Compile_EveryKind_GivesLogits(BlockOrder order, ShortcutKind shortcut, Normalization norm)
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 14, Order = order, Shortcut = shortcut, Norm = norm, Classes = 7 });

        CompiledModel compiled = model.Compile(Shape.Of(3, 32, 32));

        Assert.Equal(Shape.Batch(7), compiled.OutputShape);
        Assert.Contains(
            compiled.Program.Nodes, node => node.Scope.Path == "layer3.1" && node.Outputs[0].Shape == Shape.Batch(64, 8, 8));

        // Every parameter has a part in the output: none is made and forgotten.
        Assert.Equal(model.State.ToHashSet(), compiled.Program.Variables.ToHashSet());
    }

    [Theory]
    [InlineData(21, "near it: 20, 26")]
    [InlineData(2, "near it: 8, 14")]
    [InlineData(-5, "near it: 8, 14")]
    public void Constructor_OtherDepth_SaysWhatIsNear(int depth, string hint)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new CifarResNet(new CifarResNetOptions { Depth = depth }));

        Assert.StartsWith($"Depth {depth} is not 6n + 2", e.Message, StringComparison.Ordinal);
        Assert.Contains(hint, e.Message, StringComparison.Ordinal);
    }
}
