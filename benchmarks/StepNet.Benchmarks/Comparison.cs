using System.Globalization;

namespace StepNet.Benchmarks;

/// <summary>The rows of one network and number of threads, as a table of Markdown.</summary>
internal static class Comparison
{
    // Busy processors that a system shows with nothing else to do.
    private const double Quiet = 0.2;

    public static void Print(IReadOnlyList<Row> rows, IReadOnlyList<string> variants)
    {
        if (rows.Count == 0)
        {
            return;
        }

        Row any = rows[0];
        string torch = rows.FirstOrDefault(row => row.Torch is not null)?.Torch is string version ? $", PyTorch {version}" : "";
        string simd = rows.FirstOrDefault(row => row.Simd is not null)?.Simd is string name ? $", StepNet on {name}" : "";
        Console.WriteLine();
        Console.WriteLine(
            $"{any.Model}, {any.Mode}, batch {any.Batch}, {any.Threads} thread(s), {rows.Max(row => row.Round)} round(s){torch}{simd}: "
            + "median [min-max] over rounds");
        Console.WriteLine();
        Console.WriteLine("| variant | images/s | StepNet's speed over it | peak memory MiB | StepNet's memory over it | first step after s |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (string variant in variants)
        {
            Line(variant == Row.Ours ? "StepNet" : $"PyTorch {variant}", [.. rows.Where(row => row.Variant == variant)], rows);
        }

        // The best in speed of each round: no rival could have chosen better, whatever setting suits the machine.
        Row[] best =
        [
            .. from row in rows
               where row.Variant != Row.Ours
               group row by row.Round into round
               select round.MaxBy(row => row.ImagesPerSecond),
        ];
        if (best.Length > 0)
        {
            Line("PyTorch, the best of each round", best, rows);
        }

        if (rows.FirstOrDefault(row => row.Loss is "NaN") is Row lost)
        {
            Warn($"in round {lost.Round} StepNet's loss was NaN at the end.");
        }

        // PyTorch's threads wait for each other after every operation, so that one busy neighbour stops both.
        if (rows.Max(row => row.BusyBefore) is double busy && busy > Quiet)
        {
            Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"others kept up to {busy:f1} processors busy. That slows PyTorch down more than StepNet: do not publish these ratios."));
        }
    }

    private static void Warn(string text)
    {
        Console.WriteLine();
        Console.WriteLine($"Warning: {text}");
    }

    private static void Line(string name, Row[] measured, IReadOnlyList<Row> rows)
    {
        string speed = Text(measured.Select(row => (double?)row.ImagesPerSecond), "f0");
        string memory = Text(measured.Select(row => row.PeakRssMib), "f0");
        string first = Text(measured.Select(row => row.FirstStepSeconds), "f2");
        bool ours = measured.Length > 0 && measured[0].Variant == Row.Ours;
        string faster = ours ? "" : Text(Ratios(measured, rows, row => row.ImagesPerSecond), "f2");
        string larger = ours ? "" : Text(Ratios(measured, rows, row => row.PeakRssMib), "f2");
        Console.WriteLine($"| {name} | {speed} | {faster} | {memory} | {larger} | {first} |");
    }

    /// <summary>Ours over theirs, within each round that has both.</summary>
    private static IEnumerable<double?> Ratios(Row[] theirs, IReadOnlyList<Row> rows, Func<Row, double?> number) =>
        from their in theirs
        join our in rows.Where(row => row.Variant == Row.Ours) on their.Round equals our.Round
        select number(our) / number(their);

    private static string Text(IEnumerable<double?> numbers, string format)
    {
        double[] known = [.. numbers.OfType<double>()];
        return known.Length == 0 ? "-" : known.Length == 1
            ? known[0].ToString(format, CultureInfo.InvariantCulture)
            : Spread.Of(known).Text(format);
    }
}
