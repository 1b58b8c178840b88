using System.Diagnostics;
using StepNet.Experiments.Statistics;
using StepNet.Experiments.Studies;
using StepNet.Tests.Execution;

namespace StepNet.Tests.Experiments.Studies;

/// <summary>What the engine itself costs a trial: a time, which tests beside it would be measured in too.</summary>
[Collection(nameof(Alone))]
public sealed class StudyRunnerCostTests
{
    private static readonly ITrialKind s_done = StudyExample.Kind((run, _) =>
    {
        run.Summary(("y", 1));
        return TrialOutcome.Done;
    });

    // On an idle machine a trial costs 1 to 2 ms; the limit is the engine's promise.
    [Fact]
    public async Task Run_TwoThousandTrials_CostLittleAndNoMoreAtTheEnd()
    {
        using StudyExample example = new(StudyExample.Many(2000));
        Study study = example.Read();
        List<double> ends = [];
        long start = Stopwatch.GetTimestamp();
        using TrialStore store = example.Store();
        StudyRunner runner = new(study, s_done, store)
        {
            OnEnd = (_, _, _) => ends.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds),
        };

        await runner.RunAsync(CancellationToken.None);

        double[] costs = [.. ends.Zip(ends.Skip(1), (a, b) => b - a).Order()];
        double first = Median(ends[..500]), last = Median(ends[^500..]);
        TestContext.Current.SendDiagnosticMessage($"a trial: median {Summary.Quantile(costs, 0.5):f2} ms, mean {ends[^1] / 2000:f2} ms; first 500 {first:f2} ms, last 500 {last:f2} ms");
        Assert.Equal(2000, ends.Count);
        Assert.InRange(ends[^1] / 2000, 0, 50);

        // Of a loaded machine the median, and twice: not the search for a trial among all of them, which would be far more.
        Assert.InRange(last, 0, (2 * first) + 1);

        static double Median(List<double> ends) => Summary.Quantile([.. ends.Zip(ends.Skip(1), (a, b) => b - a).Order()], 0.5);
    }
}
