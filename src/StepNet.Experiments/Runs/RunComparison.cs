using System.Globalization;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Reports;
using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Runs;

/// <summary>Runs side by side: in which settings they differ, and what came of them.</summary>
public static class RunComparison
{
    // Where a run lies and how it ran, which alters nothing.
    private static readonly string[] s_passed = ["threads", "data-dir", "save-every"];

    private static readonly (string Field, string Label, double Scale)[] s_outcomes =
    [
        ("test_accuracy", "test accuracy, %", 100), ("validation_accuracy", "validation accuracy, %", 100), ("final_loss", "training loss", 1),
        ("steps", "steps", 1), ("seconds", "seconds", 1),
    ];

    /// <summary>A row a run: its name, the settings that differ, its state and its numbers.</summary>
    /// <param name="runs">At least one.</param>
    public static CsvTable Table(IReadOnlyList<RunRecord> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        string[] differing = Differing(runs);
        (string Field, string Label, double Scale)[] outcomes = [.. s_outcomes.Where(one => runs.Any(run => double.IsFinite(run.Number(one.Field))))];
        return new CsvTable(
            ["run", .. differing, "state", .. outcomes.Select(one => one.Label)],
            [.. Named(runs).Select(one => (string[])
            [
                one.Name, .. differing.Select(key => one.Run.Settings.GetValueOrDefault(key, "")), one.Run.Field("state") is { Length: > 0 } state ? state : "not over",
                .. outcomes.Select(outcome => double.IsFinite(one.Run.Number(outcome.Field))
                    ? (outcome.Scale * one.Run.Number(outcome.Field)).ToString("g6", CultureInfo.InvariantCulture) : ""),
            ])]);
    }

    /// <summary>The table and the curves as one page.</summary>
    /// <param name="runs">At least one.</param>
    public static HtmlPage Page(IReadOnlyList<RunRecord> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        CsvTable table = Table(runs);
        (string Name, CsvTable Table)[] metrics = [.. Named(runs).Select(one => (one.Name, one.Run.Metrics))];
        (string Name, CsvTable Table)[] steps = [.. Named(runs).Where(one => one.Run.Steps is not null).Select(one => (one.Name, one.Run.Steps!))];
        Axis epoch = new("epoch"), loss = new("training loss") { LessIsBetter = true };
        Chart?[] charts =
        [
            RunCharts.Of(metrics, "Test accuracy", epoch, "epoch", new Axis("test accuracy, %"), "test_accuracy"),
            RunCharts.Of(metrics, "Validation accuracy", epoch, "epoch", new Axis("validation accuracy, %"), "validation_accuracy"),
            RunCharts.Of(metrics, "Training accuracy", epoch, "epoch", new Axis("training accuracy, %"), "train_accuracy"),
            RunCharts.Of(metrics, "Training loss", epoch, "epoch", loss, "train_loss"),
            RunCharts.Of(steps, "Training loss by step", new Axis("step"), "step", loss, "loss"),
        ];
        string[] differing = Differing(runs);
        return new HtmlPage(
            $"{runs.Count} runs",
            differing.Length == 0 ? "They have the same settings." : $"They differ in {string.Join(", ", differing)}.",
            [
                new Section("Runs", [new SortableTable(table.Columns, table.Rows), new Download("runs.csv", "text/csv", System.Text.Encoding.UTF8.GetBytes(table.ToCsv()))]),
                new Section("Curves", [.. charts.OfType<Chart>().Select(chart => new FigurePart(chart))]),
                new Section("Settings that all share", [new SettingsTable([.. runs[0].Settings.Where(setting => !differing.Contains(setting.Key) && !s_passed.Contains(setting.Key))])]),
                new Section("Environment", [new SettingsTable([.. Named(runs).Select(one => KeyValuePair.Create(one.Name,
                    string.Join("; ", new[] { one.Run.Field("version"), one.Run.Field("threads") is { Length: > 0 } threads ? $"{threads} thread{(threads == "1" ? "" : "s")}" : "", one.Run.Environment ?? "" }.Where(text => text.Length > 0))))])]),
            ]);
    }

    private static string[] Differing(IReadOnlyList<RunRecord> runs) =>
        [.. runs.SelectMany(run => run.Settings.Keys).Distinct().Except(s_passed).Where(key => runs.Select(run => run.Settings.GetValueOrDefault(key)).Distinct().Count() > 1)];

    // Folders of one name are told apart by their paths.
    private static IEnumerable<(string Name, RunRecord Run)> Named(IReadOnlyList<RunRecord> runs) =>
        runs.Select(run => (runs.Count(other => other.Name == run.Name) > 1 ? run.FullPath : run.Name, run));
}
