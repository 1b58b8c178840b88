using System.Text;

namespace StepNet.Experiments.Reports;

/// <summary>A text, a table, a figure or a download of a report.</summary>
public abstract record SectionPart
{
    /// <summary>Writes its HTML.</summary>
    internal abstract void Write(StringBuilder html);
}
