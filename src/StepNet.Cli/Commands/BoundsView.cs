using System.Globalization;
using System.Text.Json;
using StepNet.Data;
using StepNet.Experiments.Dynamics;
using StepNet.Nn;
using StepNet.Training;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet inspect --bounds</c>: what theory allows the gradients of a run's network, beside what they do.</summary>
internal static class BoundsView
{
    private const int Items = 32;

    // Small, so that few ReLUs turn over, and far above the rounding of float32.
    private const double Noise = 0.1;

    /// <summary>Measures and prints.</summary>
    /// <exception cref="UsageException">The folder holds no finished run, or its network has nothing to bound.</exception>
    /// <exception cref="DataException">The run's data cannot be read.</exception>
    internal static int Show(string path, bool json)
    {
        FinishedRun run = FinishedRun.Open(path);
        if (!run.Model.Modules.OfType<ResidualBlock>().Any())
        {
            throw new UsageException($"--bounds: the network of '{path}' has no residual block.");
        }

        (NdArray items, int[] labels) = run.TestItems(Items);
        BoundsReport report;
        try
        {
            report = Measure(run, path, items, labels);
        }
        catch (NotSupportedException e)
        {
            throw new UsageException($"--bounds: {e.Message}");
        }

        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, BoundsReportJson.Default.BoundsReport));
        }
        else
        {
            Print(Console.Out, report);
        }

        return ExitCode.Ok;
    }

    private static BoundsReport Measure(FinishedRun run, string path, NdArray items, int[] labels)
    {
        ResidualBlock[] blocks = [.. run.Model.Modules.OfType<ResidualBlock>()];
        IReadOnlyList<BlockJacobian> rows = BlockJacobians.Measure(run.Model, items);
        bool isEuler = blocks.All(block => block.Integrator == Integrator.Euler);
        double w = rows.Max(row => row.Branch), h = rows.Max(row => row.Step), s = rows.Max(row => row.Skip);
        string? whyNot = GradientBounds.WhyNotPropositionOne(blocks);
        Dictionary<string, (double Input, double Output)> gradients =
            BlockGradients.Measure(run.Model, items, labels).ToDictionary(one => one.Block, one => (one.Input, one.Output));
        NoiseSpread? noise = run.IsText ? null : NoiseSpread.Of(run.Model, items, Noise, seed: 1)[^1];
        (double Input, double Output)[] known = [.. rows.Where(row => gradients.ContainsKey(row.Block)).Select(row => gradients[row.Block])];
        return new BoundsReport
        {
            Model = run.Card.Name,
            Items = labels.Length,
            Blocks = [.. rows.Select(row => new BoundListing(
                row.Block, Finite(row.Skip), Finite(row.Step), Finite(row.Branch), Finite(row.Shortcut),
                isEuler ? Finite(row.Bound) : null, Finite(row.Whole),
                gradients.TryGetValue(row.Block, out (double Input, double Output) norms) ? Finite(norms.Input / norms.Output) : null))],
            W = Finite(w),
            Gain = known.Length > 0 ? Finite(known[0].Input / known[^1].Output) : null,
            ProductByBlock = isEuler ? Finite(GradientBounds.Product(rows)) : null,
            Product = isEuler ? Finite(GradientBounds.Product(h, w, rows.Count, s)) : null,
            PropositionOne = whyNot is null ? Finite(GradientBounds.PropositionOne(h, w, rows.Count)) : null,
            WhyNotPropositionOne = whyNot,
            Noise = noise is null ? null : Noise,
            NoiseBehind = Finite(noise?.Largest),
            PropositionTwo = Finite(noise?.Bound),
            Run = Watched(path),
        };
    }

    private static GainListing? Watched(string path)
    {
        if (!File.Exists(Path.Combine(path, TapRows.FileName)))
        {
            return null;
        }

        TapRows rows = TapRows.Read(path);
        string[] places = [.. rows.Places(TapQuantity.InputGradientNorm)];
        if (places.Length == 0 || rows.Steps.Count == 0)
        {
            return null;
        }

        double[] gains =
        [
            .. rows.Of(places[0], TapQuantity.InputGradientNorm)
                .Zip(rows.Of(places[^1], TapQuantity.OutputGradientNorm), (first, last) => (double)first / last),
        ];
        int largest = Enumerable.Range(0, gains.Length).MaxBy(i => double.IsFinite(gains[i]) ? gains[i] : double.NegativeInfinity);
        return new GainListing(Finite(gains[0]), Finite(gains[largest]), rows.Steps[largest], Finite(gains[^1]));
    }

    private static void Print(TextWriter writer, BoundsReport report)
    {
        Table.Write(
            writer,
            ["block", ">s", ">h", ">|dF/dx|", ">|dP/dx|", ">bound", ">|dy/dx|", ">gain"],
            [.. report.Blocks.Select(b => (string[])
            [
                b.Block, Text(b.Skip), Text(b.Step), Text(b.Branch), Text(b.Shortcut), Text(b.Bound), Text(b.Whole), Text(b.Gain),
            ])]);
        writer.WriteLine($"\n{report.Model}, {report.Blocks.Count} blocks, {report.Items} test items, W {Text(report.W)}");
        writer.WriteLine($"gain |dL/dx_0| / |dL/dx_D|   {Text(report.Gain)} measured");
        writer.WriteLine($"product of the bounds        {Text(report.ProductByBlock)}");
        writer.WriteLine($"(|s| + h W)^D                {Text(report.Product)}");
        writer.WriteLine($"Proposition 1                {(report.WhyNotPropositionOne is string why ? $"does not apply: {why}" : Text(report.PropositionOne))}");
        if (report.Noise is not null)
        {
            writer.WriteLine(
                $"noise behind the last block  {Text(report.NoiseBehind)} measured of {Text(report.Noise)} on the input; Proposition 2 "
                + $"{(report.PropositionTwo is null ? "does not apply: it is for identity shortcuts with s = 1" : $"allows {Text(report.PropositionTwo)}")}");
        }

        if (report.Run is GainListing run)
        {
            writer.WriteLine($"gain in the run's rows       {Text(run.First)} first, {Text(run.Largest)} largest, at step {run.LargestAtStep}, {Text(run.Last)} last");
        }
    }

    private static double? Finite(double? value) => value is double number && double.IsFinite(number) ? number : null;

    private static string Text(double? value) => value?.ToString("g4", CultureInfo.InvariantCulture) ?? "-";
}
