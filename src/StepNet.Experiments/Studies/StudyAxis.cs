using StepNet.Experiments.Search;

namespace StepNet.Experiments.Studies;

/// <summary>Something that is varied: values of one setting, or named cases of several.</summary>
/// <param name="Name">Of the setting, or of what the cases have in common.</param>
/// <param name="Label">In charts and tables.</param>
/// <param name="Cases">The values, in order; those of a range that is searched are not known before.</param>
public sealed record StudyAxis(string Name, string Label, IReadOnlyList<AxisCase> Cases)
{
    /// <summary>The range behind the cases; null where they were listed.</summary>
    public SearchAxis? Range { get; init; }

    /// <summary>Whether values of the range are whole numbers.</summary>
    public bool Integer => Range?.Integer ?? false;

    /// <summary>Whether charts show ratios rather than differences.</summary>
    public bool Log { get; init; }

    /// <summary>Whether all cases are numbers, so that a chart can place them.</summary>
    public bool IsNumeric => Cases.All(one => one.Number is not null);

    /// <summary>File and line, for messages.</summary>
    public required string Place { get; init; }

    /// <summary>The case of a number in the range.</summary>
    internal AxisCase At(double value)
    {
        // Four digits tell more than any trial can, and make the same key on every machine.
        string text = (Integer ? Math.Round(value) : value).ToString(Integer ? "0" : "g4", System.Globalization.CultureInfo.InvariantCulture);
        return new AxisCase(text, [new Setting(Name, text, Place)]);
    }
}
