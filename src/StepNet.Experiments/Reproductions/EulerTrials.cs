using System.Globalization;
using StepNet.Experiments.Dynamics;
using StepNet.Experiments.Studies;
using StepNet.Nn;

namespace StepNet.Experiments.Reproductions;

/// <summary>
/// Trials of the kind <c>euler</c>: a one-step method on <c>x' = A x</c> beside the exact solution, as in figure 1 of Towards Robust
/// ResNet. A trial leaves <c>trajectory.csv</c> (<c>t</c>, <c>x</c>, <c>exact</c>, <c>error</c>; x the first unknown) and in its summary
/// <c>largest_error</c>, <c>swings</c> (how often x passes 0), <c>growth</c> (the norm at the end over that at the start) and <c>stability_limit</c>.
/// </summary>
public static class EulerTrials
{
    private const string Exact = "exact";

    // Points of the exact solution, which has no steps of its own.
    private const int ExactPoints = 200;

    private static readonly string[] s_methods = [.. Enum.GetNames<Integrator>().Select(name => name.ToLowerInvariant()), Exact];

    /// <summary>The kind: settings <c>matrix</c>, <c>method</c> (or <c>exact</c>), <c>step</c>, <c>time</c>; every unknown starts at 1.</summary>
    public static ITrialKind Kind { get; } = new FunctionTrialKind(
        "euler",
        new Dictionary<string, string> { ["matrix"] = "-2.3", ["method"] = "euler", ["step"] = "0.1", ["time"] = "5" },
        Run)
    {
        Checks = Check,
        Cost = _ => 0.1,
    };

    private static string? Check(string key, string value) => key switch
    {
        "matrix" => WrongMatrix(value),
        "method" => SettingCheck.Word(key, value, s_methods),
        _ => SettingCheck.Positive(key, value),
    };

    private static string? WrongMatrix(string text)
    {
        try
        {
            _ = LinearSystem.Parse(text);
            return null;
        }
        catch (FormatException e)
        {
            return $"matrix: {e.Message}";
        }
    }

    private static TrialOutcome Run(TrialRun run, CancellationToken stop)
    {
        LinearSystem system = LinearSystem.Parse(run.Text("matrix"));
        double[] start = [.. Enumerable.Repeat(1.0, system.Size)];
        double time = run.Number("time");
        bool exact = run.Text("method") == Exact;
        double step = exact ? time / ExactPoints : run.Number("step");
        Integrator method = exact ? Integrator.Euler : Enum.Parse<Integrator>(run.Text("method"), ignoreCase: true);
        IReadOnlyList<TrajectoryPoint> points = SystemRun.Of(system, [method], [step], start, time)[0].Points;
        points = exact ? [.. points.Select(point => point with { State = point.Exact })] : points;
        Action<object[]> row = run.Rows("trajectory.csv", "t", "x", "exact", "error");
        foreach (TrajectoryPoint point in points)
        {
            stop.ThrowIfCancellationRequested();
            row([Text(point.Time), point.State[0], point.Exact[0], point.Error]);
        }

        run.Summary(
            ("largest_error", points.Max(point => point.Error)),
            ("swings", points.Zip(points.Skip(1)).Count(pair => pair.First.State[0] * pair.Second.State[0] < 0)),
            ("growth", Norm(points[^1].State) / Norm(start)),
            ("stability_limit", system.StabilityLimit(method)));
        return TrialOutcome.Done;
    }

    // Times are sums of steps: without their rounding, equal times of two trajectories are equal texts.
    private static string Text(double time) => time.ToString("g12", CultureInfo.InvariantCulture);

    private static double Norm(IReadOnlyList<double> x) => Math.Sqrt(x.Sum(value => value * value));
}
