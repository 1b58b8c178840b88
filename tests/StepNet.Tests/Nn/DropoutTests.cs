using StepNet.Execution;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Tests.Nn;

public sealed class DropoutTests
{
    [Fact]
    public void Apply_InPrediction_AddsNothing()
    {
        Tensor y = Tracer.Trace(new Dropout(0.5), Shape.Of(4), training: false);

        Assert.IsType<InputOp>(y.Producer.Operation);
    }

    [Fact]
    public void Apply_InTraining_DropsAndScalesUp()
    {
        double[] y = Train(new Dropout(0.2), new RandomKey(1, 0));

        Assert.All(y, value => Assert.True(value is 0 or 1 / 0.8));
        Assert.Contains(0, y);
    }

    [Fact]
    public void Apply_OtherModulesInTheModel_LeaveTheMaskAlone()
    {
        // The second model draws another mask before, and has other nodes before and after.
        RandomKey key = new(1, 7);
        double[] alone = Train(new Sequential(new Same(0), new Dropout(0.5)), key);
        double[] among = Train(new Sequential(new Same(0.3), new Dropout(0.5), new Same(0)), key);

        Assert.Equal([.. alone.Select(value => value > 0)], among.Select(value => value > 0));
    }

    [Fact]
    public void Apply_TwoDropouts_DrawDifferentMasks()
    {
        RandomKey key = new(1, 7);

        Assert.NotEqual(Train(new Sequential(new Dropout(0.5)), key), Train(new Sequential(new Same(0), new Dropout(0.5)), key));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Constructor_RateOutOfRange_IsRefusedAtOnce(double rate) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(rate));

    private static double[] Train(Module module, RandomKey key)
    {
        Tensor y = Tracer.Trace(module, Shape.Of(200), training: true);
        using ReferenceExecutor<double> executor = new(
            new GraphProgram(y.Graph, new Dictionary<string, Tensor> { ["y"] = y }), 2)
        { Random = key };
        executor.FeedExact("input", [.. Enumerable.Repeat(1.0, 400)]);
        executor.Run(2);
        return executor.FetchExact("y").ToArray();
    }

    /// <summary>x itself by way of some nodes; where asked, a mask is drawn and not used.</summary>
    private sealed class Same(double rate) : Module
    {
        protected override Tensor Forward(Tensor x)
        {
            if (rate > 0)
            {
                Ops.RandomMask(x, 1 - rate);
            }

            return Ops.Scale(x, x.Graph.Read(new Slot("one", 1)));
        }
    }
}
