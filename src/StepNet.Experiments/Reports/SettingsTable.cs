using System.Text;
using StepNet.Experiments.Charts;

namespace StepNet.Experiments.Reports;

/// <summary>Names with their values: settings, environment, seeds.</summary>
/// <param name="Settings">In their order.</param>
public sealed record SettingsTable(IReadOnlyList<KeyValuePair<string, string>> Settings) : SectionPart
{
    internal override void Write(StringBuilder html)
    {
        html.Append("<table>\n");
        foreach ((string name, string value) in Settings)
        {
            html.Append($"<tr><th scope=\"row\">{SvgWriter.Escape(name)}</th><td>{SvgWriter.Escape(value)}</td></tr>\n");
        }

        html.Append("</table>\n");
    }
}
