using System.Diagnostics;

namespace StepNet.Experiments.Studies;

/// <summary>
/// Runs the trials of a study that have no result yet, some at a time. Any number of runners, in any number of processes, may share a
/// study: each trial runs once, and each runner ends when all have.
/// </summary>
/// <param name="study">The study.</param>
/// <param name="kind">Its kind of trial.</param>
/// <param name="store">Where trials lie, opened for running.</param>
public sealed class StudyRunner(Study study, ITrialKind kind, TrialStore store)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TrialResult> _ended = [];
    private readonly Dictionary<string, TrialState> _states = [];
    private readonly Dictionary<string, int> _firstAttempt = [];
    private readonly Dictionary<string, long> _mine = [];
    private readonly Queue<StudyTrial> _waiting = [];
    private readonly List<StudyTrial> _elsewhere = [];
    private IReadOnlyList<StudyTrial> _trials = [];
    private double _seconds;
    private int _timed;
    private bool _complete;

    /// <summary>Trials that run at once in this process, at least 1.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>Threads of each of them, at least 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether trials that had failed before run again, once.</summary>
    public bool Retry { get; init; }

    /// <summary>How long a trial may show no progress before it is ended as stale.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often to look whether trials of other processes have ended.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time on top of <see cref="Limit"/>: a kind that watches a process of its own is to end that first.</summary>
    internal TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Called, on any thread, when this process has begun a trial.</summary>
    public Action<StudyTrial>? OnBegin { get; init; }

    /// <summary>Called, on any thread, when a trial of this process has ended: how, and after how many seconds.</summary>
    public Action<StudyTrial, TrialOutcome, double>? OnEnd { get; init; }

    /// <summary>How far the study is.</summary>
    public StudyProgress Progress
    {
        get
        {
            lock (_gate)
            {
                StudyTrial[] distinct = [.. _trials.DistinctBy(trial => trial.Trial.Key)];
                int open = distinct.Count(trial => !_ended.ContainsKey(trial.Trial.Key));
                long now = Stopwatch.GetTimestamp();
                return new StudyProgress(
                    distinct.CountBy(trial => _states[trial.Trial.Key]).ToDictionary(),
                    [.. distinct.Where(trial => _mine.ContainsKey(trial.Trial.Key))
                        .Select(trial => (trial, Stopwatch.GetElapsedTime(_mine[trial.Trial.Key], now).TotalSeconds))],
                    _complete,
                    _timed == 0 ? null : _seconds / _timed * open / Math.Clamp(open, 1, Parallel));
            }
        }
    }

    /// <summary>Runs until every trial has ended, or it is asked to stop.</summary>
    /// <param name="stop">Asks the running trials to save themselves and end.</param>
    /// <returns>Result of every trial that has ended, by key.</returns>
    /// <exception cref="StudyException">A measure is not in what the trials leave, or settings contradict each other.</exception>
    public async Task<IReadOnlyDictionary<string, TrialResult>> RunAsync(CancellationToken stop)
    {
        StudyPlan plan = new(study, kind);
        while (!stop.IsCancellationRequested)
        {
            (IReadOnlyList<StudyTrial> trials, bool complete) = plan.Expand(trial => _ended.GetValueOrDefault(trial.Trial.Key));
            int known = _ended.Count;
            if (Enter(trials, complete) == 0 && (complete || _ended.Count == known))
            {
                break;
            }

            // A search that goes on finds what has ended before, and that says what comes next.

            // One that cannot go on (a measure that is not there) stops the others too.
            using CancellationTokenSource all = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Task.Run(async () =>
            {
                try
                {
                    await WorkAsync(all.Token).ConfigureAwait(false);
                }
                catch
                {
                    await all.CancelAsync().ConfigureAwait(false);
                    throw;
                }
            }))).ConfigureAwait(false);
        }

        return _ended;
    }

    // All settings with the first seed before any with the second: what is there early tells most.
    private int Enter(IReadOnlyList<StudyTrial> trials, bool complete)
    {
        lock (_gate)
        {
            (_trials, _complete) = (trials, complete);
            foreach (StudyTrial trial in trials.DistinctBy(one => one.Trial.Key).OrderBy(one => one.Seed is ulong seed ? study.Seeds.Index().First(s => s.Item == seed).Index : 0))
            {
                if (!_ended.ContainsKey(trial.Trial.Key))
                {
                    TrialSight sight = store.Look(trial.Trial);
                    _firstAttempt[trial.Trial.Key] = sight.Attempt;
                    _states[trial.Trial.Key] = sight.State;
                    if (!EndIfEnded(trial, sight))
                    {
                        _waiting.Enqueue(trial);
                    }
                }
            }

            return _waiting.Count;
        }
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            StudyTrial? trial;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out trial) && _elsewhere.Count == 0)
                {
                    return;
                }
            }

            if (trial is null)
            {
                await Task.Delay(Period, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                lock (_gate)
                {
                    _elsewhere.ForEach(_waiting.Enqueue);
                    _elsewhere.Clear();
                }

                continue;
            }

            TrialSight sight = store.Look(trial.Trial);
            TrialClaim? claim = null;
            if (!WithGate(() => EndIfEnded(trial, sight)) && (sight.State == TrialState.Running || (claim = store.TryTake(trial.Trial, sight)) is null))
            {
                lock (_gate)
                {
                    _states[trial.Trial.Key] = TrialState.Running;
                    _elsewhere.Add(trial);
                }
            }

            if (claim is not null)
            {
                using (claim)
                {
                    await RunAsync(trial, claim, stop).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task RunAsync(StudyTrial trial, TrialClaim claim, CancellationToken stop)
    {
        string key = trial.Trial.Key;
        long start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            (_states[key], _mine[key]) = (TrialState.Running, start);
        }

        claim.Begin(Threads);
        OnBegin?.Invoke(trial);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, claim.Lost);
        TrialRun run = new(trial.Trial.Configuration, claim.Folder, Threads, Limit);
        TrialOutcome outcome = await OutcomeAsync(run, either).ConfigureAwait(false);
        run.Close();
        claim.End(outcome, Threads);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        lock (_gate)
        {
            _ = _mine.Remove(key);
            if (claim.Lost.IsCancellationRequested)
            {
                _elsewhere.Add(trial);
                return;
            }

            _states[key] = outcome.State;
            (_seconds, _timed) = outcome.State is TrialState.Done or TrialState.Diverged ? (_seconds + seconds, _timed + 1) : (_seconds, _timed);
            if (outcome.State != TrialState.Interrupted)
            {
                _ended[key] = TrialReader.Read(claim.Folder, trial, outcome.State, study.Measures);
            }
        }

        OnEnd?.Invoke(trial, outcome, seconds);
    }

    private async Task<TrialOutcome> OutcomeAsync(TrialRun run, CancellationTokenSource stop)
    {
        try
        {
            Task<TrialOutcome> task = kind.RunAsync(run, stop.Token);
            (long place, long since) = (run.Place, Stopwatch.GetTimestamp());
            while (await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(500))).ConfigureAwait(false) != task)
            {
                if (run.Place != place)
                {
                    (place, since) = (run.Place, Stopwatch.GetTimestamp());
                }
                else if (Stopwatch.GetElapsedTime(since) > Limit + Grace)
                {
                    await stop.CancelAsync().ConfigureAwait(false);
                    return new TrialOutcome(TrialState.Stale, $"no progress for {Limit.TotalSeconds:0} s");
                }
            }

            return await task.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new TrialOutcome(TrialState.Interrupted);
        }
        catch (Exception e)
        {
            return new TrialOutcome(TrialState.Failed, $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    // Called under the gate. A trial that failed or hung before this runner began may run once more; one that did so since may not.
    private bool EndIfEnded(StudyTrial trial, TrialSight sight)
    {
        string key = trial.Trial.Key;
        bool again = sight.Attempt == _firstAttempt[key];
        bool ended = sight.State is TrialState.Done or TrialState.Diverged
            || (sight.State == TrialState.Failed && !(Retry && again))
            || (sight.State == TrialState.Stale && !sight.IsAbandoned && !again);
        _states[key] = sight.State;
        if (ended)
        {
            _ended[key] = TrialReader.Read(store.FolderOf(trial.Trial), trial, sight.State, study.Measures);
        }

        return ended;
    }

    private bool WithGate(Func<bool> look)
    {
        lock (_gate)
        {
            return look();
        }
    }
}
