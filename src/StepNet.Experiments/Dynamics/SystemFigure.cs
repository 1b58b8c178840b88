using System.Globalization;
using StepNet.Experiments.Charts;

namespace StepNet.Experiments.Dynamics;

/// <summary>Figure 1 of Towards Robust ResNet for any linear system: trajectories of one-step methods and the exact solution.</summary>
public static class SystemFigure
{
    private const int ExactPoints = 200;
    private const int MostPanels = 6;

    /// <summary>A chart of x over time; of several unknowns a panel for each of the first six.</summary>
    /// <param name="system">The system.</param>
    /// <param name="runs">What to draw, at least one.</param>
    /// <param name="start">x(0).</param>
    /// <param name="time">End of the axis.</param>
    /// <param name="title">Above the figure.</param>
    public static Figure Of(LinearSystem system, IReadOnlyList<SystemRun> runs, double[] start, double time, string title)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(runs);
        double[] times = [.. Enumerable.Range(0, ExactPoints + 1).Select(i => i * time / ExactPoints)];
        double[][] exact = [.. times.Select(t => system.Exact(start, t))];
        bool several = runs.Select(run => run.Method).Distinct().Count() > 1;
        Chart[] panels = [.. Enumerable.Range(0, Math.Min(system.Size, MostPanels)).Select(Panel)];
        const string Note = "Dashed: the exact solution. A cross marks where a solution leaves the picture.";
        return panels.Length == 1 ? panels[0] with { Title = title, Note = Note }
            : new SmallMultiples { Title = title, Note = Note, Panels = panels, Columns = Math.Min(2, panels.Length), SharedY = false };

        Chart Panel(int d)
        {
            // Growing solutions would flatten all others: the picture ends at two and a half times the exact one.
            double reach = 2.5 * Math.Max(exact.Max(x => Math.Abs(x[d])), 1e-300);
            return new Chart
            {
                Title = string.Create(CultureInfo.InvariantCulture, $"x{d + 1}"),
                X = new Axis("t"),
                Y = new Axis(system.Size == 1 ? "x" : string.Create(CultureInfo.InvariantCulture, $"x{d + 1}")),
                Series =
                [
                    .. runs.Select(run => new Series(Name(run), [.. Within(run, d, reach)])),
                    Series.Of("exact", times, [.. exact.Select(x => x[d])]) with { Dashed = true },
                ],
            };
        }

        string Name(SystemRun run) =>
            string.Create(CultureInfo.InvariantCulture, $"{(several ? $"{run.Method}, " : "")}h = {run.Step:g6}");
    }

    private static IEnumerable<DataPoint> Within(SystemRun run, int d, double reach)
    {
        bool left = false;
        foreach (TrajectoryPoint point in run.Points)
        {
            double x = point.State[d];
            bool outside = !(Math.Abs(x) <= reach);
            if (!outside)
            {
                yield return new DataPoint(point.Time, x);
            }
            else if (!left)
            {
                yield return new DataPoint(point.Time, double.NaN, Diverged: true);
            }

            left |= outside;
            if (left)
            {
                yield break;
            }
        }
    }
}
