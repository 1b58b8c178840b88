using StepNet.Optim;

namespace StepNet.Tests.Optim;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Constant_EveryStep_IsTheRate()
    {
        ConstantSchedule schedule = new(0.1);

        Assert.Equal([0.1, 0.1, 0.1], new[] { schedule.At(0, 5, 10), schedule.At(5, 5, 10), schedule.At(9, 5, 10) });
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(299, 0.1)]
    [InlineData(300, 0.01)]
    [InlineData(399, 0.01)]
    [InlineData(400, 0.001)]
    [InlineData(10_000, 0.001)]
    public void MultiStep_MilestonesPassed_DividesByTen(long step, double expected) =>
        Assert.Equal(expected, new MultiStepSchedule(0.1, [3, 4]).At(step, 100, 600), 1e-12);

    [Fact]
    public void OneCycle_TenSteps_HasTheHandValues()
    {
        // 10 steps, 30 % up: the top lies at 0.3 * 10 - 1 = 2, the end at 9. Up from 0.016 over 0.208 to 0.4.
        OneCycleSchedule schedule = new(0.4);

        Assert.Equal(0.016, schedule.At(0, 5, 10), 1e-12);
        Assert.Equal(0.208, schedule.At(1, 5, 10), 1e-12);
        Assert.Equal(0.4, schedule.At(2, 5, 10), 1e-12);
        Assert.Equal(0.4 * (0.5 + (0.5 * Math.Cos(Math.PI / 7))), schedule.At(3, 5, 10), 1e-5);
        Assert.Equal(1.6e-6, schedule.At(9, 5, 10), 1e-12);
    }

    [Theory]
    [InlineData(0, 0.4)]
    [InlineData(3, 0.3)]
    [InlineData(6, 0.1)]
    [InlineData(9, 0)]
    [InlineData(10, 0)]
    public void Cosine_NineSteps_HasTheHandValues(long step, double expected) =>
        Assert.Equal(expected, new CosineSchedule(0.4).At(step, 3, 9), 1e-12);

    [Fact]
    public void WarmUp_HalfAnEpoch_ClimbsLinearlyToWhatFollows()
    {
        // Half of 5 steps is rounded up to 3: quarters of the rate of step 3, then the schedule itself.
        WarmUpSchedule schedule = new(new MultiStepSchedule(0.8, [1, 2]), epochs: 0.5);

        double[] rates = [.. Enumerable.Range(0, 11).Select(step => schedule.At(step, 5, 15))];

        Compute.AssertClose([0.2, 0.4, 0.6, 0.8, 0.8, 0.08, 0.08, 0.08, 0.08, 0.08, 0.008], rates);
        Assert.Equal("multi-step 0.8, times 0.1 at epochs 1, 2 after 0.5 epochs of warm-up", schedule.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void WarmUp_AsLongAsTheRun_StillTrains(long totalSteps)
    {
        WarmUpSchedule schedule = new(new CosineSchedule(0.1), epochs: 7);

        Assert.All(Enumerable.Range(0, (int)totalSteps), step => Assert.InRange(schedule.At(step, 1, totalSteps), 0.001, 0.1));
    }

    [Fact]
    public void Create_OutOfRange_IsRefused()
    {
        foreach (Action create in (Action[])
            [
                () => _ = new ConstantSchedule(0),
                () => _ = new ConstantSchedule(double.NaN),
                () => _ = new CosineSchedule(-0.1),
                () => _ = new OneCycleSchedule(double.PositiveInfinity),
                () => _ = new OneCycleSchedule(0.1, warmUp: 1),
                () => _ = new MultiStepSchedule(0.1, [1], gamma: 1.5),
                () => _ = new MultiStepSchedule(0, []),
            ])
        {
            Assert.Throws<ArgumentOutOfRangeException>(create);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void OneCycle_FewSteps_StaysBetweenZeroAndTop(long totalSteps)
    {
        for (long step = 0; step <= totalSteps; step++)
        {
            Assert.InRange(new OneCycleSchedule(0.4).At(step, 1, totalSteps), 1e-6, 0.4);
        }
    }

    // Half and three quarters of the way, and no milestone at the very start.
    [Theory]
    [InlineData(1, 0.1)]
    [InlineData(2, 0.1, 0.01)]
    [InlineData(4, 0.1, 0.1, 0.01, 0.001)]
    public void MultiStep_DefaultMilestones_LeaveTheFirstEpochItsRate(int epochs, params double[] rates)
    {
        LearningRateSchedule schedule = new StepNet.Cli.Commands.ScheduleSettings("multi-step", null, null, 0).Create(0.1, epochs);

        Assert.Equal(rates, Enumerable.Range(0, epochs).Select(epoch => schedule.At(10 * epoch, 10, 10 * epochs)), (a, b) => Math.Abs(a - b) < 1e-12);
    }
}
