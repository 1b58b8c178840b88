using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Reproductions;

/// <summary>What studies have still to run, and what that is expected to cost.</summary>
/// <param name="Trials">Different trials in all.</param>
/// <param name="Open">Those without a result.</param>
/// <param name="CoreSeconds">Of all of them, in seconds of one core.</param>
/// <param name="OpenCoreSeconds">Of those without a result.</param>
/// <param name="Unknown">Trials whose cost nobody knows; they are not in the sums.</param>
public sealed record StudyCost(int Trials, int Open, double CoreSeconds, double OpenCoreSeconds, int Unknown)
{
    /// <summary>Looks at the trials of a study.</summary>
    /// <param name="study">The study.</param>
    /// <param name="kind">Its kind of trial.</param>
    /// <param name="store">Where trials lie; null to count all as open.</param>
    /// <param name="seen">Keys that another study accounts for already, which are left out; those of this study are added.</param>
    public static StudyCost Of(Study study, ITrialKind kind, TrialStore? store, HashSet<string> seen)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(seen);
        (IReadOnlyList<StudyTrial> trials, bool complete) = new StudyPlan(study, kind).Expand(_ => null);
        (int count, int open, double all, double rest, int unknown) = (0, 0, 0, 0, 0);
        foreach (StudyTrial trial in trials.Where(trial => seen.Add(trial.Trial.Key)))
        {
            double? seconds = kind.CoreSeconds(trial.Trial.Configuration);
            bool isOpen = store?.Look(trial.Trial).State is not (TrialState.Done or TrialState.Diverged);
            count++;
            open += isOpen ? 1 : 0;
            all += seconds ?? 0;
            rest += isOpen ? seconds ?? 0 : 0;
            unknown += seconds is null ? 1 : 0;
        }

        // Of a search the later trials are not known before the first have run; they cost what those do.
        double known = complete || trials.Count == 0 ? 1 : (double)study.Search!.Settings * Math.Max(study.Seeds.Count, 1) / trials.Count;
        return new StudyCost((int)(count * known), (int)(open * known), all * known, rest * known, (int)(unknown * known));
    }
}
