using System.CommandLine;
using StepNet.Experiments.Runs;
using StepNet.Experiments.Studies;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet compare</c>: runs side by side.</summary>
internal static class CompareCommand
{
    private const string Summary = "Shows in which settings runs differ, and what came of each.";

    private const string Details = "With --out their curves too, in one HTML page. Trials of a study are runs as well.";

    private const string Examples =
        """
        stepnet compare runs/*
        stepnet compare runs/h01 runs/h1 --out compare.html
        """;

    private static readonly Option<string?> s_out = Options.Of<string?>(
        "--out", "file", "Writes a page with the table and the curves. [default: none]", text => text);

    private static readonly Option<bool> s_csv = new("--csv") { Description = "Writes the table as CSV." };

    internal static Command Create()
    {
        Argument<string[]> paths = new("run") { Arity = ArgumentArity.OneOrMore };
        GroupedCommand command = new("compare", Summary, Details, Examples, [new("View", s_out, s_csv)]) { paths };
        command.SetAction(parsed =>
        {
            string? page = OutputFile.Checked(s_out.Name, parsed.GetValue(s_out));
            RunRecord[] runs = [.. parsed.GetValue(paths)!.Select(RunRecord.Read)];
            CsvTable table = RunComparison.Table(runs);
            if (parsed.GetValue(s_csv))
            {
                Console.Out.Write(table.ToCsv());
            }
            else
            {
                Table.Write(Console.Out, [.. table.Columns], [.. table.Rows.Select(row => row.ToArray())]);
            }

            if (page is not null)
            {
                OutputFile.Write(page, RunComparison.Page(runs).ToHtml());
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
