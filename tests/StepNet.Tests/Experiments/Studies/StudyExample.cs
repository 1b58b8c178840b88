using System.Globalization;
using StepNet.Experiments.Studies;

namespace StepNet.Tests.Experiments.Studies;

/// <summary>A study of a function, in a folder of its own.</summary>
internal sealed class StudyExample : IDisposable
{
    internal const string Yaml = """
        title: A parabola
        kind: parabola
        settings: { offset: 1 }
        axes:
          side: [1, 2]
          x: { from: 0, to: 3, count: 4 }
        seeds: 3
        measures:
          y: { column: y, chance: 0 }
          curve: { file: rows.csv, column: y, by: x }
        claim: { text: The second side is larger, measure: y, first: { side: 2 }, second: { side: 1 } }
        """;

    private static readonly Dictionary<string, string> s_defaults = new() { ["offset"] = "0", ["side"] = "1", ["x"] = "0" };

    internal StudyExample(string yaml = Yaml) => Write(yaml);

    internal string Folder { get; } = Directory.CreateTempSubdirectory("stepnet-study-").FullName;

    internal string File => System.IO.Path.Combine(Folder, "parabola.yaml");

    /// <summary><c>y = side (x^2 + offset) + seed / 10</c>.</summary>
    internal static ITrialKind Parabola { get; } = Kind((run, _) =>
    {
        double x = run.Number("x"), y = (run.Number("side") * ((x * x) + run.Number("offset"))) + (0.1 * run.Integer("seed"));
        run.Rows("rows.csv", "x", "y")([x, y]);
        run.Summary(("y", y));
        return TrialOutcome.Done;
    });

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A kind with the parabola's settings that does something else.</summary>
    internal static ITrialKind Kind(Func<TrialRun, CancellationToken, TrialOutcome> run) => new FunctionTrialKind("parabola", s_defaults, run);

    /// <summary>Trials that differ in <c>offset</c>, many of them.</summary>
    internal static string Many(int trials) => $$"""
        title: Many
        kind: parabola
        axes: { offset: [{{string.Join(", ", Enumerable.Range(0, trials).Select(i => i.ToString(CultureInfo.InvariantCulture)))}}] }
        seeds: 1
        measures: { y: { column: y } }
        """;

    internal string PathOf(string name) => System.IO.Path.Combine(Folder, name);

    internal void Write(string yaml) => System.IO.File.WriteAllText(File, yaml);

    internal Study Read(string? scale = null) => StudyFile.Read(File, [Parabola], scale);

    internal TrialStore Store(bool forRunning = true, TimeSpan? patience = null) => new(System.IO.Path.Combine(Folder, "trials"), forRunning, patience);

    internal StudyResult Result()
    {
        using TrialStore store = Store(forRunning: false);
        return StudyResult.Read(Read(), Parabola, store);
    }
}
