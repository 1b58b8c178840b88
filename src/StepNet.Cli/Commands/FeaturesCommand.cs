using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Dynamics;
using StepNet.Nn;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet features</c>: the test items of a run behind every block, and noise on its way through them.</summary>
internal static class FeaturesCommand
{
    private const string Summary = "Shows where the test items of a run are behind every block, and how far noise on them has come.";

    private const string Details =
        """
        Takes a run folder. Features are the numbers of an item, a channel each; of images and texts the means
        over their pixels or places. Two are drawn as they are: the points of a point-resnetN of width 2. More
        are drawn in the plane in which the last features of their number spread most. --noise gives every item
        noise of that norm; its bound is Proposition 2 of Towards Robust ResNet with each block's own
        ||F(x + noise) - F(x)||, for as long as shortcuts are identities and s is 1.
        """;

    private const string Examples =
        """
        stepnet train --data two-moons --model point-resnet20 --step 0.1 --out runs/moons
        stepnet features runs/moons --svg figure7.svg --csv runs/moons/features.csv
        stepnet features runs/moons --noise 0.1
        """;

    private const int MostPanels = 12;

    private static readonly Option<int?> s_items = Options.Number("--items", "n", 1, 100_000, "Test items, the first of the set", "500");

    private static readonly Option<double?> s_noise = Options.Number(
        "--noise", "norm", 1e-12, 1e12, "Norm of the noise that is added to each item, of images and points", "none");

    private static readonly Option<ulong?> s_seed = Options.Number<ulong>("--seed", "n", 0, ulong.MaxValue, "Seed of the noise", "1");

    private static readonly Option<string?> s_csv = Options.Of<string?>(
        "--csv", "file", "Writes a row for every item behind every block: block, module, item, label, x, y.", text => text);

    private static readonly Option<string?> s_svg = Options.Of<string?>(
        "--svg", "file", $"Draws the items behind the blocks, {MostPanels} pictures at most.", text => text);

    private static readonly Option<bool> s_json = new("--json") { Description = "Writes one JSON object instead of the table." };

    internal static Command Create()
    {
        Argument<string> run = new("run");
        GroupedCommand command = new("features", Summary, Details, Examples,
            [new("Items", s_items, s_noise, s_seed), new("Output", s_csv, s_svg, s_json)])
        {
            run,
        };
        command.SetAction(parsed => Run(parsed, parsed.GetValue(run)!));
        return command;
    }

    private static int Run(ParseResult parsed, string path)
    {
        string? csv = OutputFile.Checked("--csv", parsed.GetValue(s_csv)), svg = OutputFile.Checked("--svg", parsed.GetValue(s_svg));
        FinishedRun run = FinishedRun.Open(path);
        double? epsilon = parsed.GetValue(s_noise);
        if (epsilon is not null && run.IsText)
        {
            throw new UsageException($"--noise: the items of '{path}' are texts, ids that nothing can be added to. Leave it out.");
        }

        (NdArray items, int[] labels) = run.TestItems(parsed.GetValue(s_items) ?? 500);
        IReadOnlyList<FeatureCloud> clouds = FeatureCloud.Of(run.Model, items);
        IReadOnlyList<NoiseSpread>? noise = epsilon is double norm ? NoiseSpread.Of(run.Model, items, norm, parsed.GetValue(s_seed) ?? 1) : null;
        if (csv is not null)
        {
            OutputFile.Write(csv, Csv(clouds, labels));
        }

        if (svg is not null)
        {
            OutputFile.Write(svg, Draw(clouds, labels, run).ToSvg());
        }

        FeaturesReport report = new(run.Card.Name, labels.Length, epsilon, [.. clouds.Select((cloud, i) => List(clouds, i, noise?[i]))]);
        if (parsed.GetValue(s_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, FeaturesReportJson.Default.FeaturesReport));
        }
        else
        {
            Print(Console.Out, report);
        }

        return ExitCode.Ok;
    }

    private static BlockListing List(IReadOnlyList<FeatureCloud> clouds, int i, NoiseSpread? noise)
    {
        FeatureCloud cloud = clouds[i];
        bool comparable = i > 0 && clouds[i - 1].Features[0].Length == cloud.Features[0].Length;
        return new BlockListing(
            cloud.Block, cloud.Module, cloud.Features[0].Length,
            Finite(cloud.Features.Average(item => Norm(item, new double[item.Length]))),
            comparable ? Finite(cloud.Features.Zip(clouds[i - 1].Features, Norm).Average()) : null,
            Finite(noise?.Mean), Finite(noise?.Largest), Finite(noise?.Bound));

        static double Norm(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());

        static double? Finite(double? value) => value is double number && double.IsFinite(number) ? number : null;
    }

    private static void Print(TextWriter writer, FeaturesReport report)
    {
        bool noise = report.Noise is not null;
        string[] more = noise ? [">noise, mean", ">noise, largest", ">bound"] : [];
        Table.Write(
            writer,
            [">block", "module", ">features", ">mean norm", ">moved by", .. more],
            [.. report.Blocks.Select(b => (string[])
            [
                $"{b.Block}", b.Module, $"{b.Features}", Text(b.Norm), Text(b.Moved),
                .. noise ? [Text(b.NoiseMean), Text(b.NoiseLargest), Text(b.NoiseBound)] : Array.Empty<string>(),
            ])]);
        writer.WriteLine($"\n{report.Model}, {report.Items} test items");

        static string Text(double? value) => value?.ToString("g5", CultureInfo.InvariantCulture) ?? "";
    }

    private static string Csv(IReadOnlyList<FeatureCloud> clouds, int[] labels)
    {
        StringBuilder csv = new("block,module,item,label,x,y\n");
        foreach (FeatureCloud cloud in clouds)
        {
            for (int i = 0; i < labels.Length; i++)
            {
                (double x, double y) = cloud.Plane[i];
                _ = csv.Append(CultureInfo.InvariantCulture, $"{cloud.Block},{cloud.Module},{i},{labels[i]},{x},{y}\n");
            }
        }

        return csv.ToString();
    }

    private static SmallMultiples Draw(IReadOnlyList<FeatureCloud> clouds, int[] labels, FinishedRun run)
    {
        // The first, the last and what lies evenly between them.
        int panels = Math.Min(MostPanels, clouds.Count);
        FeatureCloud[] shown = [.. Enumerable.Range(0, panels)
            .Select(i => clouds[panels == 1 ? 0 : (int)Math.Round((double)i * (clouds.Count - 1) / (panels - 1))])];
        return new SmallMultiples
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"Test items through the blocks of {run.Card.Name}, h = {run.Card.Options!.Step}"),
            Columns = 4,
            Width = 900,
            SharedX = false,
            SharedY = false,
            Panels = [.. shown.Select(cloud => new Chart
            {
                Title = cloud.Block == 0 ? "before block 1" : $"behind block {cloud.Block}",
                X = new Axis(""),
                Y = new Axis(""),
                Series = [.. run.Card.Classes.Select((name, label) => new Series(
                    name, [.. cloud.Plane.Where((_, i) => labels[i] == label).Select(point => new DataPoint(point.X, point.Y))]) { Mark = Mark.Scatter })],
            })],
        };
    }
}
