using StepNet.Experiments.Studies;

namespace StepNet.Cli.Studies;

/// <summary>What a terminal shows of a sweep: how far it is, and the trials at work.</summary>
/// <param name="progress">How far it is now.</param>
internal sealed class SweepView(Func<StudyProgress> progress)
{
    private const int MostRows = 8, BarColumns = 30;

    private readonly bool _colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>A line with the whole, then a line for each trial of this process.</summary>
    internal IEnumerable<string> Lines(int width)
    {
        StudyProgress now = progress();
        if (now.Total == 0)
        {
            yield break;
        }

        int over = now.Of(TrialState.Done) + now.Of(TrialState.Diverged) + now.Of(TrialState.Failed);
        int filled = BarColumns * over / now.Total;
        string tail = $"  {Counts(now)}{Eta(now)}";
        yield return tail.Length + BarColumns > width ? Cut(tail.Trim(), width) : $"{Green(new string('━', filled))}{new string('─', BarColumns - filled)}{tail}";
        foreach ((StudyTrial trial, double seconds) in now.Running.Take(MostRows))
        {
            yield return Cut($"  {Progress.Duration(seconds),12}  {trial.Description}", width);
        }

        if (now.Running.Count > MostRows)
        {
            yield return Cut($"  and {now.Running.Count - MostRows} others", width);
        }
    }

    /// <summary><c>12/40 done, 2 running</c>.</summary>
    internal static string Counts(StudyProgress now)
    {
        IEnumerable<string> others = new[] { TrialState.Diverged, TrialState.Running, TrialState.Failed, TrialState.Stale, TrialState.Interrupted }
            .Where(state => now.Of(state) > 0).Select(state => $", {now.Of(state)} {StudyResult.Word(state)}");
        return $"{now.Of(TrialState.Done)}/{now.Total}{(now.IsComplete ? "" : "+")} done{string.Concat(others)}";
    }

    /// <summary>The time that is left, where it is known.</summary>
    internal static string Eta(StudyProgress now) => now.RemainingSeconds is double rest and > 0 ? $", eta {Progress.Duration(rest)}" : "";

    private static string Cut(string text, int width) => text[..Math.Min(text.Length, Math.Max(width, 0))];

    private string Green(string text) => _colours ? $"\e[32m{text}\e[0m" : text;
}
