using System.Globalization;

namespace StepNet.Benchmarks;

/// <summary>Median, least and greatest of some numbers.</summary>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    /// <exception cref="InvalidOperationException">There are no numbers.</exception>
    public static Spread Of(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length == 0
            ? throw new InvalidOperationException("No numbers to take a median of.")
            : new(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }

    /// <summary><c>median [min-max]</c>; the median alone where all look the same.</summary>
    public string Text(string format)
    {
        string median = Number(Median), min = Number(Min), max = Number(Max);
        return min == max ? median : $"{median} [{min}-{max}]";

        string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }
}
