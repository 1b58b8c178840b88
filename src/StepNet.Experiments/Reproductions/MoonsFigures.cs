using System.Globalization;
using StepNet.Data;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Reproductions;

/// <summary>Figure 7: the test points behind some blocks, side by side, and behind every block, as an animation.</summary>
internal static class MoonsFigures
{
    // A frame for each block makes an animation heavy.
    private const int Columns = 5, MovingPoints = 80;

    /// <summary>A picture for each norm, a row for each h, and one animation of them all, of the first seed whose trials are all done.</summary>
    internal static IReadOnlyList<Figure> Of(StudyResult result, Func<StudyTrial, string> folderOf)
    {
        IGrouping<ulong?, StudyTrial>? seed = result.Trials.Where(trial => result.Of(trial).State == TrialState.Done).GroupBy(trial => trial.Seed)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key).FirstOrDefault();
        if (seed is null)
        {
            return [];
        }

        (StudyTrial Trial, string Name, IReadOnlyList<Cloud> Clouds)[] shown =
            [.. seed.Select(trial => (trial, Name(trial), Read(Path.Combine(folderOf(trial), MoonsTrials.PointsFile))))];
        string scale = $"scale {result.Study.Scale ?? "as given"}, seed {seed.Key}";
        return
        [
            .. shown.GroupBy(one => one.Trial.Trial.Configuration["norm"]).Select(norm => Still([.. norm.Select(one => (one.Name, one.Clouds))], norm.Key, scale)),
            Moving([.. shown.Select(one => (one.Name, one.Clouds))], scale),
        ];
    }

    private static SmallMultiples Still(IReadOnlyList<(string Name, IReadOnlyList<Cloud> Clouds)> rows, string norm, string scale) => new()
    {
        Title = $"Test points through the blocks, {(norm == "none" ? "without batch norm" : "with batch norm")}",
        Subtitle = scale,
        Note = "Axes of their own in each picture.",
        Columns = Columns,
        Width = 980,
        PlotHeight = 120,
        SharedX = false,
        SharedY = false,
        Panels =
        [
            .. from row in rows
               from i in Enumerable.Range(0, Columns)
               let cloud = row.Clouds[(int)Math.Round((double)i * (row.Clouds.Count - 1) / (Columns - 1))]
               select Picture($"{row.Name}, {(cloud.Block == 0 ? "start" : $"block {cloud.Block}")}", cloud, cloud.Points),
        ],
    };

    private static Animation Moving(IReadOnlyList<(string Name, IReadOnlyList<Cloud> Clouds)> runs, string scale) => new()
    {
        Title = "Test points from block to block",
        Subtitle = $"{scale}; every cloud is centred and scaled to one size",
        Columns = 2,
        Width = 760,
        PlotHeight = 220,
        SecondsPerFrame = 0.5,
        Frames =
        [
            .. Enumerable.Range(0, runs.Max(run => run.Clouds.Count)).Select(block => new AnimationFrame(
                block == 0 ? "start" : $"block {block}",
                [.. runs.Select(run => (run.Name, Cloud: run.Clouds[Math.Min(block, run.Clouds.Count - 1)]))
                    .Select(run => Picture(run.Name, run.Cloud, run.Cloud.Scaled().Take(MovingPoints)))])),
        ],
    };

    private static Chart Picture(string title, Cloud cloud, IEnumerable<(int Label, double X, double Y)> points) => new()
    {
        Title = title,
        X = new Axis(""),
        Y = new Axis(""),
        Series =
        [
            .. TwoMoonsDataset.ClassNames.Select((name, label) => new Series(
                name, [.. points.Where(point => point.Label == label).Select(point => new DataPoint(point.X, point.Y))]) { Mark = Mark.Scatter }),
        ],
        Description = $"Points behind block {cloud.Block}.",
    };

    private static string Name(StudyTrial trial) =>
        $"h = {trial.Trial.Configuration["h"]}{(trial.Trial.Configuration["norm"] == "batch" ? ", BN" : "")}";

    private static Cloud[] Read(string path)
    {
        CsvTable table = CsvTable.Read(path);
        return [.. table.Rows.GroupBy(row => row[0]).Select(block => new Cloud(int.Parse(block.Key, CultureInfo.InvariantCulture),
            [.. block.Select(row => (int.Parse(row[2], CultureInfo.InvariantCulture), CsvTable.Number(row[3]), CsvTable.Number(row[4])))]))];
    }

    private sealed record Cloud(int Block, IReadOnlyList<(int Label, double X, double Y)> Points)
    {
        /// <summary>Around 0, with a root-mean-square radius of 1; at one place, if they are.</summary>
        internal IReadOnlyList<(int Label, double X, double Y)> Scaled()
        {
            double x = Points.Average(point => point.X), y = Points.Average(point => point.Y);
            double radius = Math.Sqrt(Points.Average(point => Math.Pow(point.X - x, 2) + Math.Pow(point.Y - y, 2)));
            radius = radius > 0 ? radius : 1;
            return [.. Points.Select(point => (point.Label, (point.X - x) / radius, (point.Y - y) / radius))];
        }
    }
}
