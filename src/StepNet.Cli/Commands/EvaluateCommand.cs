using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using StepNet.Data;
using StepNet.Execution;
using StepNet.Experiments.Runs;
using StepNet.Metrics;
using StepNet.Training;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet evaluate</c>: what a trained model confuses, how sure it may be, how it stands noise.</summary>
internal static class EvaluateCommand
{
    private const string Summary = "Tests a trained model: accuracy, scores by class, confusions, calibration, noise.";

    private const string Details =
        """
        Takes the folder of a run, tested on the test items of its own data; or, with --data, any model file
        or run folder and other data of the same classes. The temperature that corrects the model's confidence
        is fitted on held-out training items, never on test items. A run of --validation 0 has none, nor have
        other data, unless they set items aside in 'val': the model may have been trained on the others.
        """;

    private const string Examples =
        """
        stepnet evaluate runs/pictures
        stepnet evaluate runs/pictures --report pictures.html --json > pictures.json
        stepnet evaluate runs/cifar/model.safetensors --data cifar10 --noise 0.1,0.5
        """;

    private const int MostColumns = 12, MostConfusions = 15;
    private const ulong NoiseSeed = 1;

    private static readonly double[] s_pixelNoise = [0.1, 0.2, 0.5, 1], s_characterNoise = [0.1, 0.3, 0.5, 0.8];

    private static readonly Option<string?> s_data = Options.Of<string?>(
        "--data", "name|path", "Other data: the name of a set, a folder of images, or a file of texts, as for 'stepnet train'. [default: the run's]",
        OwnDataArguments.NameOrPath);

    private static readonly OwnDataArguments s_own = new();

    private static readonly Option<string?> s_dataDir = Options.Of<string?>("--data-dir", "folder", "Folder with the set's files.", text => text);

    private static readonly Option<int?> s_testItems = Options.Number("--test-items", "n", 1, 10_000_000, "Test items, the first of the set", "all");

    private static readonly Option<double[]?> s_noise = Options.Of<double[]?>(
        "--noise", "level,...",
        "Tests again with noise: deviation on normalised pixels, or share of characters; none for no such test. "
        + "[default: images 0.1,0.2,0.5,1; texts 0.1,0.3,0.5,0.8]",
        text => text == "none" ? [] : Levels(text));

    private static readonly Option<int?> s_bins = Options.Number("--bins", "n", 1, 1000, "Bins of the reliability diagram", $"{Reliability.DefaultBins}");

    private static readonly Option<string?> s_report = Options.Of<string?>("--report", "file.html", "Writes a page with charts.", text => text);

    private static readonly Option<bool> s_json = new("--json") { Description = "Writes one JSON object instead of tables." };

    private static readonly Option<int?> s_threads = Options.Number("--threads", "n", 0, ThreadCount.Max, "Threads", "STEPNET_THREADS, SLURM_CPUS_PER_TASK, or one per processor");

    internal static Command Create()
    {
        Argument<string> path = new("run");
        GroupedCommand command = new("evaluate", Summary, Details, Examples,
        [
            new("Data", [s_data, s_dataDir, s_testItems, .. Own]),
            new("Test", s_noise, s_bins, s_threads),
            new("Output", s_report, s_json),
        ])
        {
            path,
        };
        command.SetAction(parsed => Run(parsed, parsed.GetValue(path)!));
        return command;
    }

    // The size of an image is the model's.
    private static IEnumerable<Option> Own => s_own.Options.Where(option => option.Name != "--image-size");

    private static int Run(ParseResult parsed, string path)
    {
        string[] data = [.. parsed.CommandResult.Children.OfType<OptionResult>()
            .Where(result => !result.Implicit && (result.Option == s_data || result.Option == s_dataDir || result.Option == s_testItems || Own.Contains(result.Option)))
            .SelectMany(result => (string[])[result.Option.Name, .. result.Tokens.Select(token => token.Value)])];
        FinishedRun run = parsed.GetValue(s_data) is string other && !FinishedRun.IsTrainedOn(path, other) ? FinishedRun.Before(path, data) : OfTheRun(path, data);
        string? report = OutputFile.Checked("--report", parsed.GetValue(s_report));
        TrainingData sets = run.Data();
        double[] levels = parsed.GetValue(s_noise) ?? (run.IsText ? s_characterNoise : sets.Std.Count > 0 ? s_pixelNoise : []);
        if (levels.Length > 0 && !run.IsText && sets.Std.Count == 0)
        {
            throw new UsageException($"--noise: items {run.Card.Item} are neither normalised images nor texts. Leave it out.");
        }

        if (run.IsText && levels.Any(level => level > 1))
        {
            throw new UsageException($"--noise: {levels.Max()} is no share of characters, which lies in 0 to 1.");
        }

        ModelEvaluation evaluation = ModelEvaluation.Of(run.Model, sets.Test, sets.Validation, new ModelEvaluationOptions
        {
            Transforms = sets.Normalization,
            Bins = parsed.GetValue(s_bins) ?? Reliability.DefaultBins,
            NoiseLevels = levels,
            Noise = run.IsText ? (set, level) => new NoisyCharacters(set, level, NoiseSeed) : (set, level) => new NoisyPixels(set, level, sets.Std, NoiseSeed),
            Threads = parsed.GetValue(s_threads) ?? 0,
        });
        if (!double.IsFinite(evaluation.Loss))
        {
            throw new DataException($"'{path}': the model's logits are not finite. Take a model whose training did not diverge.");
        }

        IReadOnlyList<string> classes = run.Card.Classes;
        string noise = run.IsText ? "share of characters replaced" : "deviation on normalised pixels";
        if (parsed.GetValue(s_json))
        {
            EvaluationListing listing = EvaluationListing.Of(evaluation, classes, run.Card.Name, run.DataName);
            Console.Out.WriteLine(JsonSerializer.Serialize(listing, EvaluationJson.Default.EvaluationListing));
        }
        else
        {
            Print(Console.Out, evaluation, classes, $"{run.Card.Name} on {run.DataName}", noise);
        }

        // Behind the numbers: a page that cannot be written takes none of them along.
        if (report is not null)
        {
            OutputFile.Write(report, EvaluationReport.Page(evaluation, classes, run.Card.Name, run.DataName, noise).ToHtml());
        }

        return ExitCode.Ok;
    }

    // Another split would test what the model was trained on.
    private static FinishedRun OfTheRun(string path, string[] data) =>
        Own.FirstOrDefault(option => data.Contains(option.Name) && option.Name != $"--{OwnDataArguments.Digest}") is Option split
            ? throw new UsageException($"{split.Name}: the test items of a run's own data are those that it held out. Leave it out.") : FinishedRun.Open(path, data);

    private static void Print(TextWriter writer, ModelEvaluation evaluation, IReadOnlyList<string> classes, string what, string noise)
    {
        ConfusionMatrix confusion = evaluation.Confusion;
        writer.WriteLine($"{what}: {confusion.Correct:n0} of {confusion.Items:n0} test items right");
        Table.Write(writer, ["", ">as trained", .. evaluation.Temperature is null ? (string[])[] : [">at temperature"]],
        [
            Row("accuracy, %", Percent(confusion.Accuracy), Percent(confusion.Accuracy)),
            Row("loss", Number(evaluation.Loss), Number(evaluation.ScaledLoss)),
            Row("expected calibration error, %", Percent(evaluation.Reliability.ExpectedCalibrationError), Percent(evaluation.ScaledReliability?.ExpectedCalibrationError)),
            Row("temperature", "1", Number(evaluation.Temperature)),
        ]);

        writer.WriteLine();
        Table.Write(writer, ["class", ">items", ">precision, %", ">recall, %", ">F1, %"],
        [
            .. classes.Select((name, c) => confusion.Scores(c) is var scores
                ? (string[])[name, $"{scores.Items}", Percent(scores.Precision), Percent(scores.Recall), Percent(scores.F1)] : []),
            ["mean of classes", $"{confusion.Items}", Percent(confusion.MacroPrecision), Percent(confusion.MacroRecall), Percent(confusion.MacroF1)],
        ]);

        writer.WriteLine();
        if (classes.Count <= MostColumns)
        {
            Table.Write(writer, ["class \\ taken for", .. classes.Select(name => $">{name}")],
                [.. classes.Select((name, label) => (string[])[name, .. classes.Select((_, predicted) => $"{confusion[label, predicted]}")])]);
        }
        else
        {
            Table.Write(writer, ["class", "taken for", ">items"],
            [
                .. (from label in Enumerable.Range(0, classes.Count)
                    from predicted in Enumerable.Range(0, classes.Count)
                    where label != predicted && confusion[label, predicted] > 0
                    orderby confusion[label, predicted] descending
                    select (string[])[classes[label], classes[predicted], $"{confusion[label, predicted]}"]).Take(MostConfusions),
            ]);
        }

        writer.WriteLine();
        Table.Write(writer, [">confidence up to", ">items", ">mean confidence, %", ">accuracy, %"],
            [.. evaluation.Reliability.Bins.Where(bin => bin.Items > 0)
                .Select(bin => (string[])[Number(bin.High), $"{bin.Items}", Percent(bin.Confidence), Percent(bin.Accuracy)])]);
        if (evaluation.Noise.Count > 0)
        {
            writer.WriteLine();
            Table.Write(writer, [$">{noise}", ">accuracy, %", ">loss"],
                [.. evaluation.Noise.Select(one => (string[])[Number(one.Level), Percent(one.Accuracy), Number(one.Loss)])]);
        }

        string[] Row(string name, string trained, string scaled) => evaluation.Temperature is null ? [name, trained] : [name, trained, scaled];
    }

    private static double[] Levels(string text)
    {
        string[] parts = text.Split(',');
        double[] levels = new double[parts.Length];
        return parts.Index().All(part =>
                double.TryParse(part.Item, NumberStyles.Float, CultureInfo.InvariantCulture, out levels[part.Index]) && levels[part.Index] is > 0 and <= 1e6)
            ? levels
            : throw new FormatException($"'{text}', expected numbers above 0 such as 0.1,0.5, or none.");
    }

    private static string Percent(double? share) => share is double s && double.IsFinite(s) ? (100 * s).ToString("f2", CultureInfo.InvariantCulture) : "-";

    private static string Number(double? number) => number?.ToString("g4", CultureInfo.InvariantCulture) ?? "";
}
