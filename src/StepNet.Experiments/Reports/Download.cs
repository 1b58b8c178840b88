using System.Text;
using StepNet.Experiments.Charts;

namespace StepNet.Experiments.Reports;

/// <summary>A file inside the page, to be saved by a click: the raw rows behind its figures.</summary>
/// <param name="FileName">Proposed to the reader: <c>rows.csv</c>.</param>
/// <param name="MediaType"><c>text/csv</c>, <c>application/json</c>.</param>
/// <param name="Content">The file.</param>
public sealed record Download(string FileName, string MediaType, ReadOnlyMemory<byte> Content) : SectionPart
{
    internal override void Write(StringBuilder html) => html.Append(
        $"<p><a download=\"{SvgWriter.Escape(FileName)}\" href=\"data:{SvgWriter.Escape(MediaType)};base64,{Convert.ToBase64String(Content.Span)}\">"
        + $"{SvgWriter.Escape(FileName)}</a> ({Content.Length} bytes)</p>\n");
}
