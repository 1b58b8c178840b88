using StepNet.Execution;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Tests.Nn;

/// <summary>Stochastic depth as an option of the block: which items lose their branch, and by which rule.</summary>
public sealed class StochasticDepthTests
{
    private const int N = 4000;

    [Fact]
    public void Block_InTraining_DropsWholeBranchesAndScalesTheOthersUp()
    {
        ResidualBlock block = new(new Same(), skip: 1, step: 0.5, Activation.Identity, dropPath: 0.2);

        double[] y = Run(block, training: true, step: 3);

        // x = 1, F(x) = 1: 1 where dropped, 1 + 0.5 / 0.8 where kept, for all 5 numbers of an item.
        double[] items = [.. y.Chunk(5).Select(item => Assert.Single(item.Distinct()))];
        Assert.All(items, value => Assert.True(value == 1 || Math.Abs(value - 1.625) < 1e-12));
        Assert.Equal(0.2, items.Count(value => value == 1) / (double)N, tolerance: 4 * Math.Sqrt(0.2 * 0.8 / N));
        Assert.Equal(y, Run(block, training: true, step: 3));
        Assert.NotEqual(y, Run(block, training: true, step: 4));
    }

    [Fact]
    public void Block_InPrediction_KeepsEveryBranch() => Assert.All(
        Run(new ResidualBlock(new Same(), 1, 0.5, Activation.Identity, dropPath: 0.2), training: false, step: 0),
        value => Assert.Equal(1.5, value));

    [Fact]
    public void Network_LinearRule_DropsTheLastBlockMost()
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 14, DropPath = 0.6 });

        Node[] masks = [.. Tracer.Trace(model, Shape.Of(3, 8, 8), training: true).Graph.Nodes.Where(node => node.Operation is RandomMaskOp)];

        Assert.Equal([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], masks.Select(node => Math.Round(((RandomMaskOp)node.Operation).Keep, 12)));
        Assert.Equal("layer1.0.drop_path", masks[0].Scope.Path);
        Assert.All(masks, node => Assert.True(((RandomMaskOp)node.Operation).WholeItems));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Network_RateOutOfRange_IsRefused(double rate) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CifarResNet(new CifarResNetOptions { Depth = 8, DropPath = rate }));

    private static double[] Run(ResidualBlock block, bool training, long step)
    {
        Tensor y = Tracer.Trace(block, Shape.Of(5), training);
        using ReferenceExecutor<double> executor = new(
            new GraphProgram(y.Graph, new Dictionary<string, Tensor> { ["y"] = y }), N)
        { Random = new RandomKey(1, step) };
        executor.FeedExact("input", [.. Enumerable.Repeat(1.0, 5 * N)]);
        executor.Run(N);
        return executor.FetchExact("y").ToArray();
    }

    private sealed class Same : Module
    {
        protected override Tensor Forward(Tensor x) => x;
    }
}
