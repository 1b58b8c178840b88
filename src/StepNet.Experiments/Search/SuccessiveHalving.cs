namespace StepNet.Experiments.Search;

/// <summary>Many settings for a short time, the better share of them for longer, and so on (Jamieson and Talwalkar 2016).</summary>
/// <param name="Settings">Settings at the start, at least 1.</param>
/// <param name="MinBudget">Epochs of the first rung, at least 1.</param>
/// <param name="MaxBudget">Epochs of the last rung, at least <paramref name="MinBudget"/>.</param>
/// <param name="Factor">How many times fewer settings and more epochs from rung to rung, at least 2.</param>
public sealed record SuccessiveHalving(int Settings, int MinBudget, int MaxBudget, int Factor = 3)
{
    /// <summary>Settings and epochs of every rung, from the first on.</summary>
    public IReadOnlyList<(int Settings, int Budget)> Rungs
    {
        get
        {
            List<(int, int)> rungs = [];
            int settings = Settings;
            long budget = MinBudget;
            for (; budget < MaxBudget && settings > 1; budget *= Factor, settings = Math.Max(settings / Factor, 1))
            {
                rungs.Add((settings, (int)budget));
            }

            rungs.Add((settings, MaxBudget));
            return rungs;
        }
    }

    /// <summary>Who goes on from a rung.</summary>
    /// <param name="rung">Number of the rung that is done, from 0.</param>
    /// <param name="scores">Score, the larger the better, of each setting in it; NaN for one that diverged.</param>
    /// <returns>Indices of the best, from the best on; equal scores by their order.</returns>
    public IReadOnlyList<int> Promote(int rung, IReadOnlyList<double> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        int next = rung + 1 < Rungs.Count ? Rungs[rung + 1].Settings : 0;
        return [.. Enumerable.Range(0, scores.Count)
            .Where(i => !double.IsNaN(scores[i]))
            .OrderByDescending(i => scores[i])
            .Take(next)];
    }
}
