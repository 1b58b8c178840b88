using StepNet.Experiments.Search;
using StepNet.Kernels;

namespace StepNet.Experiments.Studies;

/// <summary>
/// Which trials a study consists of. Of a search, the later ones depend on results of the earlier; the plan keeps nothing else, so a
/// study goes on from the rows of its trials.
/// </summary>
/// <param name="study">The study.</param>
/// <param name="kind">Its kind of trial.</param>
public sealed class StudyPlan(Study study, ITrialKind kind)
{
    private readonly Dictionary<string, StudyTrial> _made = [];
    private readonly List<double[]> _proposed = [];

    /// <summary>The trials that are known now, in the order of the rows.</summary>
    /// <param name="result">Result of a trial that has ended for good, whatever its state; null for others.</param>
    /// <returns>The trials, and whether no others can come.</returns>
    /// <exception cref="StudyException">The settings of a trial contradict each other.</exception>
    public (IReadOnlyList<StudyTrial> Trials, bool IsComplete) Expand(Func<StudyTrial, TrialResult?> result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return study.Search?.Method switch
        {
            null => ([.. Combinations(0).SelectMany(Chosen)], true),
            SearchMethod.Random => ([.. Enumerable.Range(0, study.Search.Settings).SelectMany(i => Seeds(Random(i)))], true),
            SearchMethod.Bayesian => Bayesian(study.Search, result),
            _ => Halving(study.Search, result),
        };
    }

    /// <summary>Score of a setting for the search, the larger the better: the mean over its seeds; NaN where a trial has none.</summary>
    public double Score(IEnumerable<TrialResult?> seeds)
    {
        Measure measure = study.Measure(study.Search!.Measure);
        double mean = seeds.Select(one => one?.Score(measure) ?? double.NaN).Average();
        return measure.LessIsBetter ? -mean : mean;
    }

    private (IReadOnlyList<StudyTrial>, bool) Bayesian(SearchPlan plan, Func<StudyTrial, TrialResult?> result)
    {
        SearchAxis[] axes = [.. study.Axes.Select(axis => axis.Range!)];
        BayesianSearch search = new(axes, plan.Seed);
        List<StudyTrial> trials = [];
        List<(double[] Values, double Score)> seen = [], pending = [];
        for (int i = 0; i < plan.Settings; i++)
        {
            if (i % plan.AtOnce == 0)
            {
                if (trials.Any(trial => result(trial) is null))
                {
                    return (trials, false);
                }

                seen = Observations(trials, result);
                pending.Clear();
            }

            if (_proposed.Count == i)
            {
                _proposed.Add(search.Propose([.. seen, .. pending]));
            }

            AxisCase[] cases = [.. study.Axes.Select((axis, k) => axis.At(_proposed[i][k]))];
            trials.AddRange(Seeds(cases));
            if ((i + 1) % plan.AtOnce != 0)
            {
                double[] unit = [.. axes.Select((axis, k) => axis.ToUnit(_proposed[i][k]))];
                pending.Add((_proposed[i], seen.Count > 0 ? search.Fit(seen).Predict(unit).Mean : 0));
            }
        }

        return (trials, true);
    }

    /// <summary>Places and scores of the settings tried; one without a score counts as the worst of the others.</summary>
    internal List<(double[] Values, double Score)> Observations(IReadOnlyList<StudyTrial> trials, Func<StudyTrial, TrialResult?> result)
    {
        List<(double[] Values, double Score)> all = Scores(trials, result);
        double worst = all.Select(one => one.Score).Where(double.IsFinite).DefaultIfEmpty(0).Min();
        return [.. all.Select(one => (one.Values, double.IsFinite(one.Score) ? one.Score : worst))];
    }

    /// <summary>Places and scores of the settings tried, NaN for none.</summary>
    internal List<(double[] Values, double Score)> Scores(IReadOnlyList<StudyTrial> trials, Func<StudyTrial, TrialResult?> result) =>
        [
            .. trials.Chunk(Math.Max(study.Seeds.Count, 1)).Select(seeds => (
                study.Axes.Select(axis => seeds[0].Cases[axis.Name].Number!.Value).ToArray(), Score(seeds.Select(result)))),
        ];

    private (IReadOnlyList<StudyTrial>, bool) Halving(SearchPlan plan, Func<StudyTrial, TrialResult?> result)
    {
        SuccessiveHalving halving = plan.Halving;
        List<StudyTrial> trials = [];
        AxisCase[][] settings = [.. Enumerable.Range(0, plan.Settings).Select(Random)];
        for (int rung = 0; ; rung++)
        {
            AxisCase budget = study.Axis(plan.Budget).Cases.First(one => one.Number == halving.Rungs[rung].Budget);
            StudyTrial[][] seeds = [.. settings.Select(cases => Seeds([.. cases, budget]).ToArray())];
            trials.AddRange(seeds.SelectMany(one => one));
            if (rung + 1 == halving.Rungs.Count)
            {
                return (trials, true);
            }

            if (trials.Any(trial => result(trial) is null))
            {
                return (trials, false);
            }

            IReadOnlyList<int> better = halving.Promote(rung, [.. seeds.Select(one => Score(one.Select(result)))]);
            if (better.Count == 0)
            {
                return (trials, true);
            }

            settings = [.. better.Order().Select(i => settings[i])];
        }
    }

    private AxisCase[] Random(int index)
    {
        CounterRandom random = new(study.Search!.Seed, CounterRandom.KeyOf("search"), (ulong)index);
        List<AxisCase> cases = [];
        foreach (StudyAxis axis in study.Axes)
        {
            if (study.Search.Method != SearchMethod.Halving || axis.Name != study.Search.Budget)
            {
                cases.Add(axis.Range is { } range ? axis.At(range.Draw(random.NextDouble())) : axis.Cases[random.NextInt(axis.Cases.Count)]);
            }
        }

        return [.. cases];
    }

    private IEnumerable<AxisCase[]> Combinations(int axis) => axis == study.Axes.Count ? [[]]
        : study.Axes[axis].Cases.SelectMany(one => Combinations(axis + 1).Select(rest => (AxisCase[])[one, .. rest]));

    // What is left out is never resolved: its settings may contradict each other.
    private IEnumerable<StudyTrial> Chosen(AxisCase[] cases)
    {
        ulong?[] seeds = study.Seeds.Count == 0 ? [null] : [.. study.Seeds.Select(seed => (ulong?)seed)];
        return seeds.Where(seed => study.Only.Count == 0 || study.Only.Any(only => only.All(one =>
            one.Value.Contains(one.Key == "seed" ? $"{seed}" : cases[study.Axes.Index().First(axis => axis.Item.Name == one.Key).Index].Name))))
            .Select(seed => Make(cases, seed));
    }

    private IEnumerable<StudyTrial> Seeds(AxisCase[] cases) =>
        study.Seeds.Count == 0 ? [Make(cases, null)] : study.Seeds.Select(seed => Make(cases, seed));

    private StudyTrial Make(AxisCase[] cases, ulong? seed)
    {
        string name = string.Join('\n', cases.Select(one => one.Name).Append($"{seed}"));
        if (_made.TryGetValue(name, out StudyTrial? known))
        {
            return known;
        }

        // Later axes go before earlier ones, and both before the fixed settings.
        Dictionary<string, string> settings = [];
        foreach (Setting setting in study.Settings.Concat(cases.SelectMany(one => one.Settings)))
        {
            settings[setting.Key] = setting.Value;
        }

        if (seed is not null)
        {
            settings["seed"] = $"{seed}";
        }

        StudyTrial trial = new(study.Axes.Select((axis, k) => KeyValuePair.Create(axis.Name, cases[k])).ToDictionary(), seed, null!);
        try
        {
            return _made[name] = trial with { Trial = Trial.Of(kind.Name, kind.Resolve(settings)) };
        }
        catch (StudyException e)
        {
            throw new StudyException($"trial {(trial.Description.Length > 0 ? trial.Description : "of the fixed settings")}: {e.Message}");
        }
    }
}
