using System.Collections.Concurrent;
using StepNet.Experiments.Statistics;
using StepNet.Experiments.Studies;

namespace StepNet.Tests.Experiments.Studies;

/// <summary>The engine: every trial once, whatever happens to processes and trials.</summary>
public sealed class StudyRunnerTests
{
    [Fact]
    public async Task Run_Example_GivesRowsAndVerdict()
    {
        using StudyExample example = new();

        await RunAsync(example, StudyExample.Parabola);

        StudyResult result = example.Result();
        Assert.True(result.IsComplete);
        Assert.Equal(24, result.Rows().Rows.Count);
        Assert.Equal(["side", "x", "seed", "state", "y"], result.Rows().Columns.Skip(1));
        Assert.Equal(["2", "3", "3", "done", "20.3"], result.Rows().Rows[^1].Skip(1));
        Assert.Equal(["2", "3", "3", "3", "20.3"], result.Curve(result.Study.Measure("curve")).Rows[^1].Skip(1));

        // Differences are x^2 + 1 whatever the seed: 1, 2, 5, 10.
        ClaimResult claim = Assert.Single(result.Claims);
        Assert.Equal((Verdict.Holds, 12, 4.5), (claim.Verdict, claim.Comparison!.Pairs, Math.Round(claim.Comparison.MeanDifference, 12)));
        Assert.Contains("\"verdict\": \"holds\"", result.VerdictJson(), StringComparison.Ordinal);
    }

    // y = x^2 + seed / 10 differs between x and not between sides of an offset that does not matter here.
    [Fact]
    public async Task Run_ClaimThatGroupsDiffer_IsJudgedByItsVariance()
    {
        using StudyExample example = new("""
            title: Differences
            kind: parabola
            axes: { x: [1, 3] }
            seeds: 5
            measures:
              y: { column: y, chance: none }
              same: { file: rows.csv, column: y, chance: none }
              curve: { file: rows.csv, column: y, by: x }
            claim:
              - { text: y depends on x, measure: y, differ: x }
              - { text: One number differs from itself, measures: [y, same], differ: measure }
            """);
        using (TrialStore store = example.Store())
        {
            _ = await new StudyRunner(example.Read(), StudyExample.Parabola, store).RunAsync(TestContext.Current.CancellationToken);
        }

        StudyResult result = example.Result();

        Assert.Equal(["holds", "inconclusive"], result.Claims.Select(claim => claim.Word));
        Assert.Equal(10, result.Claims[0].Comparison!.Pairs);
        Assert.InRange(result.Claims[0].Comparison!.MeanDifference, 0.99, 1);
        Assert.Equal(0, result.Claims[1].Comparison!.MeanDifference, 12);
        Assert.Contains("\"of\": \"difference by x\"", result.VerdictJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CurveOfEveryThirdRow_KeepsTheFirstAndTheLast()
    {
        ITrialKind kind = StudyExample.Kind((run, _) =>
        {
            Action<object[]> row = run.Rows("rows.csv", "x", "y");
            foreach (int i in Enumerable.Range(0, 9))
            {
                row([i, 10 * i]);
            }

            return TrialOutcome.Done;
        });
        using StudyExample example = new("""
            title: Every third
            kind: parabola
            measures: { curve: { file: rows.csv, column: y, by: x, every: 3 } }
            """);
        Study study = StudyFile.Read(example.File, [kind]);
        using TrialStore store = example.Store();
        _ = await new StudyRunner(study, kind, store).RunAsync(TestContext.Current.CancellationToken);

        StudyResult result = StudyResult.Read(study, kind, store);

        Assert.Equal([(0, 0), (3, 30), (6, 60), (8, 80)], result.Of(result.Trials[0]).Curves["curve"]);
    }

    [Fact]
    public async Task Run_TwoStudies_ShareTrials()
    {
        using StudyExample example = new();
        await RunAsync(example, StudyExample.Parabola);

        // Other words for the same configurations, and one value more.
        example.Write("""
            title: Other
            kind: parabola
            axes: { case: { a: { side: 2, x: 3, offset: 1 }, b: { side: 2, x: 4, offset: 1 } } }
            seeds: 3
            measures: { y: { column: y } }
            """);
        int ran = await RunAsync(example, StudyExample.Parabola);

        Assert.Equal(3, ran);
        Assert.True(example.Result().IsComplete);
    }

    [Fact]
    public async Task Run_Again_RunsNothing()
    {
        using StudyExample example = new();
        await RunAsync(example, StudyExample.Parabola);
        string rows = example.Result().Rows().ToCsv();

        Assert.Equal(0, await RunAsync(example, StudyExample.Parabola));
        Assert.Equal(rows, example.Result().Rows().ToCsv());
    }

    [Fact]
    public async Task Run_TrialsThatFailDivergeAndHang_TouchNoOther()
    {
        using StudyExample example = new(StudyExample.Many(6).Replace("{ column: y }", "{ column: y, chance: 3 }", StringComparison.Ordinal));
        using ManualResetEventSlim never = new();
        bool well = false;
        ITrialKind kind = StudyExample.Kind((run, stop) =>
        {
            run.Summary(("y", run.Number("offset")));
            switch (run.Integer("offset"))
            {
                case 1 when !Volatile.Read(ref well):
                    throw new InvalidOperationException("out\nof luck");
                case 2:
                    return new TrialOutcome(TrialState.Diverged, "at step 7");
                case 3 when !Volatile.Read(ref well):
                    never.Wait(stop);
                    break;
            }

            return TrialOutcome.Done;
        });

        Assert.Equal(6, await RunAsync(example, kind, limit: TimeSpan.FromSeconds(1)));

        Assert.Equal(["done", "failed", "diverged", "stale", "done", "done"], States(example));
        StudyResult result = example.Result();
        Assert.Equal("InvalidOperationException: out of luck", result.Sights[result.Trials[1].Trial.Key].Status!.Message);
        Assert.Equal(3, result.Of(result.Trials[2]).Score(result.Study.Measure("y")));
        Assert.True(double.IsNaN(result.Of(result.Trials[1]).Score(result.Study.Measure("y"))));

        // What hung runs again, what failed on request alone, and what diverged never.
        Volatile.Write(ref well, true);
        Assert.Equal(1, await RunAsync(example, kind));
        Assert.Equal(["done", "failed", "diverged", "done", "done", "done"], States(example));
        Assert.Equal(1, await RunAsync(example, kind, retry: true));
        Assert.Equal(["done", "done", "diverged", "done", "done", "done"], States(example));
        Assert.Equal(2, example.Result().Sights[result.Trials[1].Trial.Key].Attempt);
    }

    [Fact]
    public async Task Run_FailsAgainOnRetry_EndsAllTheSame()
    {
        using StudyExample example = new(StudyExample.Many(2));
        ITrialKind kind = StudyExample.Kind((_, _) => throw new InvalidOperationException("never"));

        Assert.Equal(2, await RunAsync(example, kind));
        Assert.Equal(2, await RunAsync(example, kind, retry: true));
        Assert.Equal(["failed", "failed"], States(example));
    }

    [Fact]
    public async Task Run_TwoAtOnce_RunEveryTrialOnce()
    {
        // No trial ends before both have begun one, so that both run some; the minute is for one that never begins.
        using StudyExample example = new(StudyExample.Many(60));
        using CountdownEvent both = new(2);
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(1));
        ConcurrentBag<string> ran = [];

        int[] counts = await Task.WhenAll(RunAsync(example, Kind(), parallel: 2), RunAsync(example, Kind(), parallel: 2));

        Assert.Equal(60, counts.Sum());
        Assert.Equal(60, ran.Count);
        Assert.Equal(60, ran.Distinct().Count());
        Assert.All(counts, count => Assert.InRange(count, 1, 59));

        ITrialKind Kind()
        {
            int begun = 0;
            return StudyExample.Kind((run, _) =>
            {
                if (Interlocked.Increment(ref begun) == 1)
                {
                    both.Signal();
                }

                WaitHandle.WaitAny([both.WaitHandle, patience.Token.WaitHandle]);
                ran.Add(run.Text("offset"));
                Thread.Sleep(5);
                run.Summary(("y", 1));
                return TrialOutcome.Done;
            });
        }
    }

    [Fact]
    public async Task Run_Stopped_GoesOnWithTheRestAlone()
    {
        using StudyExample example = new(StudyExample.Many(8));
        using CancellationTokenSource stop = new();
        int ran = 0;
        ITrialKind kind = StudyExample.Kind((run, token) =>
        {
            if (Interlocked.Increment(ref ran) == 4)
            {
                stop.Cancel();
                token.ThrowIfCancellationRequested();
            }

            run.Summary(("y", 1));
            return TrialOutcome.Done;
        });

        await RunAsync(example, kind, stop: stop.Token);
        Assert.Equal(["done", "done", "done", "interrupted", "queued", "queued", "queued", "queued"], States(example));
        Assert.Equal(5, await RunAsync(example, kind));
        Assert.All(States(example), state => Assert.Equal("done", state));
    }

    [Fact]
    public async Task Look_OwnerIsGone_IsStaleAndRunsAgain()
    {
        using StudyExample example = new(StudyExample.Many(2));
        StudyTrial trial = example.Result().Trials[0];
        using (TrialStore dead = example.Store())
        {
            dead.TryTake(trial.Trial, dead.Look(trial.Trial))!.Begin(threads: 1);
            Assert.Equal(["running", "queued"], States(example));
        }

        // The owner's file is gone with the store, as if the process had died.
        Assert.Equal(["stale", "queued"], States(example));
        Assert.Equal(2, await RunAsync(example, StudyExample.Kind(Done)));
        Assert.Equal(["done", "done"], States(example));
    }

    [Fact]
    public async Task Claim_TakenByAnother_IsLostAndSaysNothingMore()
    {
        using StudyExample example = new(StudyExample.Many(1));
        Trial trial = example.Result().Trials[0].Trial;
        using TrialStore first = example.Store(), second = example.Store(patience: TimeSpan.FromMilliseconds(300));
        TrialClaim claim = first.TryTake(trial, first.Look(trial))!;
        claim.Begin(threads: 1);
        Assert.Null(second.TryTake(trial, new TrialSight(TrialState.Queued, 0, null)));
        Assert.Equal(TrialState.Running, second.Look(trial).State);

        // No beat for longer than the second's patience, as of a process that was suspended.
        await Task.Delay(500);
        TrialSight sight = second.Look(trial);
        Assert.Equal((TrialState.Stale, true), (sight.State, sight.IsAbandoned));
        TrialClaim taken = second.TryTake(trial, sight)!;
        taken.Begin(threads: 1);
        taken.End(TrialOutcome.Done, threads: 1);

        claim.End(new TrialOutcome(TrialState.Failed), threads: 1);
        Assert.True(claim.Lost.IsCancellationRequested);
        Assert.Equal((TrialState.Done, 2), (second.Look(trial).State, second.Look(trial).Attempt));
    }

    [Fact]
    public async Task Run_MeasureThatTrialsDoNotLeave_EndsWithItsName()
    {
        using StudyExample example = new(StudyExample.Yaml.Replace("y: { column: y,", "y: { column: z,", StringComparison.Ordinal));

        StudyException e = await Assert.ThrowsAsync<StudyException>(() => RunAsync(example, StudyExample.Parabola));

        Assert.Contains("parabola.yaml:9: measure 'y': summary.json of the trials has no field 'z'.", e.Message, StringComparison.Ordinal);
    }

    private static TrialOutcome Done(TrialRun run, CancellationToken stop)
    {
        run.Summary(("y", 1));
        return TrialOutcome.Done;
    }

    private static string[] States(StudyExample example)
    {
        StudyResult result = example.Result();
        return [.. result.Trials.Select(trial => StudyResult.Word(result.Of(trial).State))];
    }

    /// <summary>Runs with a store of its own, as another process would, and returns how many trials it ran.</summary>
    private static async Task<int> RunAsync(
        StudyExample example, ITrialKind kind, int parallel = 1, bool retry = false, TimeSpan? limit = null, CancellationToken stop = default)
    {
        int ran = 0;
        using TrialStore store = example.Store();
        StudyRunner runner = new(example.Read(), kind, store)
        {
            Parallel = parallel,
            Retry = retry,
            Limit = limit ?? TimeSpan.FromMinutes(1),
            Grace = TimeSpan.Zero,
            Period = TimeSpan.FromMilliseconds(50),
            OnEnd = (_, _, _) => Interlocked.Increment(ref ran),
        };
        _ = await runner.RunAsync(stop);
        return ran;
    }
}
