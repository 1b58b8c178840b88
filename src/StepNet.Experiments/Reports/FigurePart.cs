using System.Text;
using StepNet.Experiments.Charts;

namespace StepNet.Experiments.Reports;

/// <summary>A chart in the page.</summary>
/// <param name="Figure">Best with <see cref="Theme.Auto"/>, as the page itself is.</param>
public sealed record FigurePart(Figure Figure) : SectionPart
{
    internal override void Write(StringBuilder html) => html.Append("<figure>\n").Append(Figure.ToSvg()).Append("</figure>\n");
}
