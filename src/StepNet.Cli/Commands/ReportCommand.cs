using System.CommandLine;
using StepNet.Cli.Studies;
using StepNet.Experiments.Runs;
using StepNet.Experiments.Studies;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet report</c>: a page about a run or a study.</summary>
internal static class ReportCommand
{
    private const string Summary = "Writes report.html about a run or a study: outcome, charts, settings, rows, in one file.";

    private const string Details =
        """
        The page needs no other file and no network. Of a study it shows things as they stand, also while
        the study runs. The path of each report goes to stdout.
        """;

    private const string Examples =
        """
        stepnet report runs/resnet8-shapes-1
        stepnet report studies/step-and-rate
        """;

    internal static Command Create()
    {
        Argument<string[]> paths = new("folder") { Arity = ArgumentArity.OneOrMore };
        GroupedCommand command = new("report", Summary, Details, Examples, []) { paths };
        command.SetAction(parsed =>
        {
            foreach (string path in parsed.GetValue(paths)!)
            {
                Write(path);
                Console.Out.WriteLine(Path.Combine(path, "report.html"));
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(string path)
    {
        if (StudyFolder.IsOne(path))
        {
            StudyFolder study = StudyFolder.Open(path, TrialKinds.All());
            using TrialStore store = new(study.Trials, forRunning: false);
            StudyResult result = StudyResult.Read(study.Study, study.Kind, store);
            if (study.CountLost(store) is > 0 and int lost)
            {
                throw new UsageException($"'{path}' has {lost} results of trials that are not in '{study.Trials}', as in a clone. Its files stay as they are; "
                    + $"'stepnet sweep resume {path}' runs these trials again.");
            }

            study.WriteReport(result);
            return;
        }

        OutputFile.Write(Path.Combine(path, "report.html"), RunReport.Page(RunRecord.Read(path)).ToHtml());
    }
}
