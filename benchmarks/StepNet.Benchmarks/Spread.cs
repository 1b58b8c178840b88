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

    /// <summary><c>median [min-max]</c>; of one number, that.</summary>
    public string Text(string format) => Min == Max ? Median.ToString(format, CultureInfo.InvariantCulture) : string.Create(
        CultureInfo.InvariantCulture,
        $"{Median.ToString(format, CultureInfo.InvariantCulture)} "
        + $"[{Min.ToString(format, CultureInfo.InvariantCulture)}-{Max.ToString(format, CultureInfo.InvariantCulture)}]");
}
