using System.Text;
using StepNet.Experiments.Charts;

namespace StepNet.Experiments.Reports;

/// <summary>A paragraph of text.</summary>
/// <param name="Text">Plain, without mark-up.</param>
public sealed record Paragraph(string Text) : SectionPart
{
    internal override void Write(StringBuilder html) => html.Append($"<p>{SvgWriter.Escape(Text)}</p>\n");
}
