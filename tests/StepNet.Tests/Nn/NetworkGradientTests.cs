using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests.Nn;

/// <summary>Gradient checks of whole blocks and networks: the rules in the company in which they are used.</summary>
public sealed class NetworkGradientTests
{
    private static readonly CoefficientSpec Learned = CoefficientSpec.LearnedFrom(0.7);

    [Theory]
    [InlineData(BlockOrder.Post, Normalization.Batch)]
    [InlineData(BlockOrder.Post, Normalization.None)]
    [InlineData(BlockOrder.Pre, Normalization.Batch)]
    [InlineData(BlockOrder.Pre, Normalization.None)]
    public void ResidualBlock_LearnedSkipAndStep_MatchesDifferences(BlockOrder order, Normalization norm) =>
        GradientCheck.Module(Block(2, 2, 1, order, norm, shortcut: null), Shape.Of(2, 4, 4));

    [Theory]
    [InlineData(BlockOrder.Post, ShortcutKind.Projection)]
    [InlineData(BlockOrder.Post, ShortcutKind.Pad)]
    [InlineData(BlockOrder.Pre, ShortcutKind.Projection)]
    [InlineData(BlockOrder.Pre, ShortcutKind.Pad)]
    public void ResidualBlock_Shortcut_MatchesDifferences(BlockOrder order, ShortcutKind kind) =>
        GradientCheck.Module(Block(2, 4, 2, order, Normalization.Batch, Shortcut(2, 4, 2, kind)), Shape.Of(2, 5, 4));

    [Fact]
    public void ResidualBlock_OneCoefficientForTwoBlocks_GradientsAddUp()
    {
        Coefficient step = Learned.Create();
        GradientCheck.Module(
            new Sequential(
                new ResidualBlock(new BasicBranch(2, 2, 1, BlockOrder.Post, Normalization.None), new CoefficientSpec(1).Create(), step),
                new ResidualBlock(new BasicBranch(2, 2, 1, BlockOrder.Post, Normalization.None), new CoefficientSpec(1).Create(), step)),
            Shape.Of(2, 3, 3));
    }

    [Theory]
    [InlineData(BlockOrder.Post, ShortcutKind.Projection, 2)]
    [InlineData(BlockOrder.Pre, ShortcutKind.Pad, 3)]
    public void Network_ThreeStages_MatchesDifferences(BlockOrder order, ShortcutKind kind, int n) => GradientCheck.Module(
        new Sequential(
            new Conv2d(3, 2, 3),
            new BatchNorm2d(2),
            Block(2, 2, 1, order, Normalization.Batch, null),
            Block(2, 4, 2, order, Normalization.Batch, Shortcut(2, 4, 2, kind)),
            Block(4, 6, 2, order, Normalization.Batch, Shortcut(4, 6, 2, kind)),
            new Head(6, 3)),
        Shape.Of(3, 8, 8),
        n);

    [Theory]
    [InlineData("learned:0.7", "learned:0.4@stage")]
    [InlineData("learned:1/sqrt(L)@kind", "learned:1/L@network")]
    [InlineData("normal:0.8", "identity=learned:0.4@kind,projection=normal:0.5")]
    [InlineData("channel:0.7", "channel:0.4@stage")]
    public void Network_EveryKindAndScope_MatchesDifferences(string step, string skip)
    {
        (CoefficientSpec h, CoefficientSpec s) = (CoefficientSpec.Parse(step), CoefficientSpec.Parse(skip));
        GradientCheck.Module(new Blocks(h, s, channels => new Conv2d(2, channels, 3), (i, o) => new Conv2d(i, o, 1)), Shape.Of(2, 3, 3));
        GradientCheck.Module(new Blocks(h, s, channels => new Conv1d(2, channels, 3), (i, o) => new Conv1d(i, o, 1)), Shape.Of(2, 4));
        GradientCheck.Module(new Blocks(h, s, channels => new Linear(2, channels), (i, o) => new Linear(i, o)), Shape.Of(2));
    }

    [Fact]
    public void BatchNorm_OnVectors_MatchesDifferences() => GradientCheck.Module(new BatchNorm2d(3), Shape.Of(3), n: 4);

    [Fact]
    public void Dropout_InTraining_MatchesDifferences() =>
        GradientCheck.Module(new Sequential(new Linear(4, 6), new Dropout(0.5), new Linear(6, 2)), Shape.Of(4));

    private static ResidualBlock Block(
        int inChannels, int outChannels, int stride, BlockOrder order, Normalization norm, Module? shortcut) =>
        new(
            new BasicBranch(inChannels, outChannels, stride, order, norm),
            Learned.Create(),
            Learned.Create(),
            order == BlockOrder.Post ? Activation.Relu : Activation.Identity,
            shortcut);

    private static Module Shortcut(int inChannels, int outChannels, int stride, ShortcutKind kind) => kind == ShortcutKind.Pad
        ? new PadShortcut(stride, outChannels)
        : new Sequential(new Conv2d(inChannels, outChannels, 1, stride), new BatchNorm2d(outChannels));

    private sealed class Head : Module
    {
        private readonly Linear _linear;

        public Head(int channels, int classes) => _linear = Child("linear", new Linear(channels, classes));

        protected override Tensor Forward(Tensor x) => _linear.Apply(Ops.GlobalAveragePool(Ops.Relu(x)));
    }

    /// <summary>Two blocks of 2 channels in one stage, one of 3 with a projection in the next.</summary>
    private sealed class Blocks : Module
    {
        private readonly List<ResidualBlock> _blocks = [];

        public Blocks(CoefficientSpec step, CoefficientSpec skip, Func<int, Module> branch, Func<int, int, Module> projection)
        {
            BlockPlan plan = Child("", new BlockPlan(skip, step, blocks: 3, dropPath: 0.5));
            _blocks.Add(Child("layer1.0", plan.Block("layer1", 2, branch(2), Activation.Identity)));
            _blocks.Add(Child("layer1.1", plan.Block("layer1", 2, branch(2))));
            _blocks.Add(Child("layer2.0", plan.Block("layer2", 3, branch(3), Activation.Identity, projection(2, 3))));
        }

        protected override Tensor Forward(Tensor x) => _blocks.Aggregate(x, (value, block) => block.Apply(value));
    }
}
