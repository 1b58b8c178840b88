using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Tests.Execution;

/// <summary>Which convolutions go by tiles, and that the plan follows the choice in all three directions.</summary>
public sealed class ConvAlgorithmTests
{
    [Theory]
    [InlineData(16, 16, 32, 128, true, true)]
    [InlineData(64, 64, 8, 8, true, true)]
    [InlineData(64, 64, 7, 128, true, true)]
    [InlineData(64, 64, 9, 128, true, false)]
    [InlineData(256, 256, 4, 128, true, true)]
    [InlineData(512, 512, 4, 128, false, false)]
    [InlineData(64, 64, 8, 1, false, true)]
    [InlineData(3, 16, 32, 128, false, false)]
    [InlineData(64, 64, 1, 128, false, false)]
    public void Choice_ByShape_IsWhatWasMeasured(int inputs, int outputs, int size, int batch, bool forward, bool gradient)
    {
        ConvGeometry geometry = new(1, Padding.All(1));
        Shape w = Shape.Of(outputs, inputs, 3, 3), y = Shape.Batch(outputs, size, size);
        Assert.Equal(forward, ConvAlgorithm.ByTiles(geometry, w, y, batch));
        Assert.Equal(gradient, ConvAlgorithm.GradientByTiles(geometry, w, y));
    }

    [Theory]
    [InlineData(16, 64, 256, 128, false, false)]
    [InlineData(32, 64, 256, 128, true, true)]
    [InlineData(512, 512, 32, 128, true, true)]
    [InlineData(512, 1024, 32, 128, false, false)]
    [InlineData(64, 64, 256, 1, false, true)]
    [InlineData(64, 64, 5, 128, true, false)]
    public void Choice_ThreeInARow_IsWhatWasMeasured(int inputs, int outputs, int length, int batch, bool forward, bool gradient)
    {
        ConvGeometry geometry = new(1, Padding.Along(1, 1));
        Shape w = Shape.Of(outputs, inputs, 3), y = Shape.Batch(outputs, length);
        Assert.Equal(forward, ConvAlgorithm.ByTiles(geometry, w, y, batch));
        Assert.Equal(gradient, ConvAlgorithm.GradientByTiles(geometry, w, y));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(1, 1)]
    public void Choice_OtherStrideOrWindow_IsDirect(int stride, int window)
    {
        ConvGeometry geometry = new(stride, Padding.All(window / 2));
        Shape w = Shape.Of(32, 32, window, window), y = Shape.Batch(32, 16, 16);
        Assert.False(ConvAlgorithm.ByTiles(geometry, w, y, 128));
        Assert.False(ConvAlgorithm.GradientByTiles(geometry, w, y));
    }

    [Fact]
    public void Plan_OfThreeByThree_GoesByTilesInAllDirections()
    {
        ComputationGraph graph = new(training: true);
        Tensor x = graph.Read(new Variable("x", Shape.Of(16), new float[16]));
        Tensor w = graph.Read(new Variable("w", Shape.Of(16, 16, 3, 3), new float[16 * 16 * 9]));
        Tensor y = Ops.Conv2d(Ops.ChannelBias(graph.Input("input", Shape.Batch(16, 8, 8)), x), w, 1, Padding.All(1));
        Tensor loss = Ops.SoftmaxCrossEntropy(Ops.GlobalAveragePool(y), graph.Input("labels", Shape.Batch()));
        Tensor?[] gradients = Differentiate.Loss(loss, [x, w]);
        CpuPlan plan = new(new GraphProgram(graph, new Dictionary<string, Tensor> { ["x"] = gradients[0]!, ["w"] = gradients[1]! }), 16);

        CpuStep[] steps = [.. plan.Phases.SelectMany(phase => phase.Plain.Steps)];
        Assert.Single(steps.OfType<WinogradStep>());
        Assert.Single(steps.OfType<WinogradBackwardDataStep>());
        Assert.Single(steps.OfType<WinogradBackwardWeightsStep>());
        Assert.DoesNotContain(steps, step => step is ConvStep or ConvBackwardDataStep);
    }
}
