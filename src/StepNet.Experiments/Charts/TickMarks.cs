namespace StepNet.Experiments.Charts;

/// <summary>Ticks at round numbers.</summary>
internal static class TickMarks
{
    /// <summary>Sets of ticks for a scale, the one with most labels first; an axis takes the first whose labels fit.</summary>
    /// <param name="low">Beginning of the axis.</param>
    /// <param name="high">End of the axis.</param>
    /// <param name="log">Whether ratios count.</param>
    /// <param name="most">Labels wanted at most on a linear axis; 6 where it is less, as fewer may come to one alone.</param>
    internal static IEnumerable<IReadOnlyList<Tick>> Candidates(double low, double high, bool log, int most)
    {
        if (!log)
        {
            return Linear(low, high, most);
        }

        int decades = (int)(Math.Floor(Math.Log10(high) + 1e-9) - Math.Ceiling(Math.Log10(low) - 1e-9)) + 1;
        return decades switch
        {
            // Less than a factor of ten holds too few of 1, 2, 5: round differences serve better.
            <= 1 when high / low < 5 => Linear(low, high, most),
            <= 2 => Fine(low, high).Concat(Decades(low, high)),
            _ => Decades(low, high),
        };
    }

    /// <summary>Steps of 1, 2 or 5 times a power of ten, from fine to coarse.</summary>
    private static IEnumerable<IReadOnlyList<Tick>> Linear(double low, double high, int most)
    {
        for (double step = NiceAbove((high - low) / Math.Max(most, 6)); step <= high - low; step = NiceAbove(step * 1.5))
        {
            double first = Math.Ceiling((low / step) - 1e-9), last = Math.Floor((high / step) + 1e-9);
            double[] values = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
            yield return [.. values.Zip(NumberFormat.Steps(values, step), (value, label) => new Tick(value, label))];
        }
    }

    // 1, 2 and 5 of every decade with a label, the rest of 1 to 9 without.
    private static IEnumerable<IReadOnlyList<Tick>> Fine(double low, double high)
    {
        yield return Labelled([.. Within(low, high, (_, digit) => digit is 1 or 2 or 5)]);
    }

    // Every decade, every second, every third, ...; between them the digits, or the decades passed over.
    private static IEnumerable<IReadOnlyList<Tick>> Decades(double low, double high)
    {
        int count = (int)Math.Ceiling(Math.Log10(high / low)) + 1;
        for (int stride = 1; stride <= count; stride++)
        {
            int every = stride;
            (double Value, bool Labelled)[] marks =
            [
                .. Within(low, high, (decade, digit) => digit == 1 && decade % every == 0)
                    .Where(mark => mark.Labelled || (every > 1) == NumberFormat.IsPowerOfTen(mark.Value)),
            ];
            if (marks.Any(mark => mark.Labelled))
            {
                yield return Labelled(marks);
            }
        }
    }

    private static IReadOnlyList<Tick> Labelled(IReadOnlyList<(double Value, bool Labelled)> marks)
    {
        Func<double, string> format = NumberFormat.Logarithmic([.. marks.Where(mark => mark.Labelled).Select(mark => mark.Value)]);
        return [.. marks.Select(mark => new Tick(mark.Value, mark.Labelled ? format(mark.Value) : ""))];
    }

    private static IEnumerable<(double Value, bool Labelled)> Within(double low, double high, Func<int, int, bool> labelled)
    {
        int first = (int)Math.Floor(Math.Log10(low)), last = (int)Math.Ceiling(Math.Log10(high));
        return from decade in Enumerable.Range(first, last - first + 1)
               from digit in Enumerable.Range(1, 9)
               let value = digit * Math.Pow(10, decade)
               where value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)
               select (value, labelled(decade, digit));
    }

    // The least of 1, 2, 5 times a power of ten that is no less.
    private static double NiceAbove(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        double digit = step / power;
        return power * (digit <= 1 + 1e-9 ? 1 : digit <= 2 + 1e-9 ? 2 : digit <= 5 + 1e-9 ? 5 : 10);
    }
}
