using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using StepNet.Cli.Studies;
using StepNet.Experiments.Studies;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet sweep status</c>, <c>list</c> and <c>rows</c>: look at a study while it runs or later.</summary>
internal static class SweepLookCommand
{
    private static readonly Option<string?> s_form = Options.Word("--format", "For programs. [default: csv; of lists a table]", "csv", "json");

    private static readonly Option<bool> s_json = new("--json") { Description = "Writes one JSON object instead of lines." };

    private static readonly Option<string?> s_state = Options.Of<string?>(
        "--state", "state", "Lists trials of this state alone: queued, running, done, failed, diverged, interrupted or stale. [default: all]", text =>
            Enum.GetValues<TrialState>().Select(StudyResult.Word).Contains(text) ? text : throw new FormatException(
                $"'{text}', expected one of {string.Join(", ", Enum.GetValues<TrialState>().Select(StudyResult.Word))}."));

    private static readonly Option<string?> s_curve = Options.Of<string?>(
        "--curve", "measure", "Writes the points of this curve, a row each. [default: a row a trial]", text => text);

    internal static Command CreateStatus()
    {
        Argument<string> folder = new("folder");
        GroupedCommand command = new(
            "status", "Shows how far a study is.", "Counts of trials by state, and each claim with its verdict so far.", "stepnet sweep status studies/depth",
            [new("View", s_json)])
        {
            folder,
        };
        command.SetAction(parsed => Look(parsed.GetValue(folder)!, (study, result) =>
        {
            Dictionary<TrialState, int> counts = result.Trials.DistinctBy(trial => trial.Trial.Key).CountBy(trial => result.Of(trial).State).ToDictionary();
            if (parsed.GetValue(s_json))
            {
                Json(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("study", study.Study.Name);
                    json.WriteBoolean("complete", result.IsComplete);
                    foreach (TrialState state in Enum.GetValues<TrialState>())
                    {
                        json.WriteNumber(StudyResult.Word(state), counts.GetValueOrDefault(state));
                    }

                    json.WriteEndObject();
                });
                return;
            }

            Console.Out.WriteLine($"{study.Study.Title} ({study.Study.Name}): {counts.Values.Sum()} trials");
            Table.Write(Console.Out, ["state", ">trials"], [.. Enum.GetValues<TrialState>().Where(counts.ContainsKey)
                .Select(state => new[] { StudyResult.Word(state), counts[state].ToString(CultureInfo.InvariantCulture) })]);
            foreach (ClaimResult claim in result.Claims)
            {
                Console.Out.WriteLine(SweepRunCommand.Line(claim) + (result.IsComplete ? "" : ", so far"));
            }
        }));
        return command;
    }

    internal static Command CreateList()
    {
        Argument<string> folder = new("folder");
        GroupedCommand command = new(
            "list", "Lists the trials of a study: where each is, how long it took, and why it failed.", "One line a trial; --format for programs.",
            "stepnet sweep list studies/depth --state failed", [new("View", s_state, s_form)])
        {
            folder,
        };
        command.SetAction(parsed => Look(parsed.GetValue(folder)!, (study, result) =>
        {
            CsvTable table = List(result, parsed.GetValue(s_state));
            if (parsed.GetValue(s_form) is string form)
            {
                Write(table, form);
            }
            else
            {
                Table.Write(Console.Out, [.. table.Columns], [.. table.Rows.Select(row => row.ToArray())]);
            }
        }));
        return command;
    }

    internal static Command CreateRows()
    {
        Argument<string> folder = new("folder");
        GroupedCommand command = new(
            "rows", "Writes what was measured: a row a trial, or the points of a curve.", "Equal studies give equal rows: there are no times in them.",
            "stepnet sweep rows studies/depth > depth.csv", [new("View", s_curve, s_form)])
        {
            folder,
        };
        command.SetAction(parsed => Look(parsed.GetValue(folder)!, (study, result) =>
        {
            Measure? curve = parsed.GetValue(s_curve) is string name ? study.Study.Measure(name) : null;
            Write(curve is null ? result.Rows() : curve.By is not null ? result.Curve(curve)
                : throw new UsageException($"--curve: '{curve.Name}' is a number, which stands in the rows themselves. Leave --curve out."), parsed.GetValue(s_form));
        }));
        return command;
    }

    /// <summary>What a study's trials are, and how far, without running one.</summary>
    internal static void Print(Study study, ITrialKind kind, string trials)
    {
        using TrialStore store = new(trials, forRunning: false);
        Print(StudyResult.Read(study, kind, store));
    }

    /// <summary>A line a trial, for readers.</summary>
    internal static void Print(StudyResult result)
    {
        CsvTable table = List(result, null);
        Table.Write(Console.Out, [.. table.Columns], [.. table.Rows.Select(row => row.ToArray())]);
    }

    private static CsvTable List(StudyResult result, string? state)
    {
        Study study = result.Study;
        return new CsvTable(
            ["trial", .. study.Axes.Select(axis => axis.Name), "seed", "state", "attempt", "seconds", "host", "message"],
            [.. from trial in result.Trials
                let sight = result.Sights[trial.Trial.Key]
                let word = StudyResult.Word(sight.State)
                where state is null || word == state
                select (string[])
                [
                    trial.Trial.Key, .. trial.Cases.Values.Select(one => one.Name), $"{trial.Seed}", word, $"{sight.Attempt}",
                    sight.Status?.Seconds.ToString("0.0", CultureInfo.InvariantCulture) ?? "", sight.Status?.Host ?? "", sight.Status?.Message ?? "",
                ]]);
    }

    private static int Look(string path, Action<StudyFolder, StudyResult> show)
    {
        StudyFolder folder = StudyFolder.Open(path, TrialKinds.All());
        using TrialStore store = new(folder.Trials, forRunning: false);
        show(folder, StudyResult.Read(folder.Study, folder.Kind, store));
        return ExitCode.Ok;
    }

    private static void Write(CsvTable table, string? form)
    {
        if (form != "json")
        {
            Console.Out.Write(table.ToCsv());
            return;
        }

        Json(json =>
        {
            json.WriteStartArray();
            foreach (IReadOnlyList<string> row in table.Rows)
            {
                json.WriteStartObject();
                for (int i = 0; i < row.Count; i++)
                {
                    // Keys of trials are names, even those of digits alone.
                    double number = CsvTable.Number(row[i]);
                    if (i > 0 && double.IsFinite(number))
                    {
                        json.WriteNumber(table.Columns[i], number);
                    }
                    else if (row[i].Length == 0)
                    {
                        json.WriteNull(table.Columns[i]);
                    }
                    else
                    {
                        json.WriteString(table.Columns[i], row[i]);
                    }
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static void Json(Action<Utf8JsonWriter> write)
    {
        using Stream output = Console.OpenStandardOutput();
        using Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        write(json);
        json.Flush();
        output.WriteByte((byte)'\n');
    }
}
