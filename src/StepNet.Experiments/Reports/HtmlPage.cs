using System.Text;
using StepNet.Experiments.Charts;

namespace StepNet.Experiments.Reports;

/// <summary>
/// A report as one HTML file that needs nothing else: style, script, charts and data are inside. It follows the reader's choice of
/// light or dark, and is light on paper. The same page gives the same bytes.
/// </summary>
/// <param name="Title">Of the page.</param>
/// <param name="Summary">Below it: the answer in a sentence or two.</param>
/// <param name="Sections">In reading order.</param>
public sealed record HtmlPage(string Title, string Summary, IReadOnlyList<Section> Sections)
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#1b1f23;--soft:#57606a;--rule:#d5d9dd;--paper:#fff;--shade:#f6f7f8;--link:#0060a8}
        @media screen and (prefers-color-scheme:dark){:root{--ink:#e6e8ea;--soft:#a3abb3;--rule:#3a4149;--paper:#14171a;--shade:#1d2125;--link:#6cb8f0}}
        body{margin:2rem auto;max-width:60rem;padding:0 1rem;background:var(--paper);color:var(--ink);
          font:16px/1.5 "Helvetica Neue",Helvetica,Arial,"Liberation Sans","DejaVu Sans",sans-serif}
        h1{font-size:1.7rem;line-height:1.25;margin:0 0 .5rem}h2{font-size:1.2rem;margin:2.2rem 0 .6rem}
        .summary{font-size:1.1rem;color:var(--soft)}a{color:var(--link)}figure{margin:1rem -14px;overflow-x:auto}
        .scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;margin:.6rem 0}
        th,td{padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule);overflow-wrap:anywhere}
        th{white-space:nowrap;font-weight:600}.number{text-align:right}td.number{white-space:nowrap}
        thead button{all:unset;cursor:pointer}thead button:focus-visible{outline:2px solid var(--link)}
        thead button::after{content:"\2195";color:var(--soft);padding-left:.3em}
        [aria-sort=ascending] button::after{content:"\2191"}[aria-sort=descending] button::after{content:"\2193"}
        tbody tr:hover{background:var(--shade)}
        @media print{body{margin:0;max-width:none;font-size:10pt}h2,figure,tr{break-inside:avoid}h2{break-after:avoid}
          thead button::after{content:none}.scroll,figure{overflow:visible}}
        """;

    // Numbers by size, other texts behind them by letters. Sorting is stable, so that one column after another sorts by both.
    private const string Script = """
        for (const button of document.querySelectorAll("thead button")) button.onclick = () => {
          const head = button.parentElement, body = head.closest("table").tBodies[0];
          const sign = head.ariaSort === "ascending" ? -1 : 1;
          const text = row => row.cells[head.cellIndex].textContent;
          const number = row => text(row).trim() === "" ? NaN : Number(text(row));
          const rows = [...body.rows].sort((a, b) => {
            const x = number(a), y = number(b);
            if (isNaN(x) || isNaN(y)) return isNaN(x) - isNaN(y) || sign * text(a).localeCompare(text(b));
            return sign * (x - y);
          });
          for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
          head.ariaSort = sign > 0 ? "ascending" : "descending";
          body.append(...rows);
        };
        """;

    /// <summary>The page.</summary>
    /// <exception cref="ArgumentException">A figure cannot be drawn, or the rows of a table differ in length.</exception>
    public string ToHtml()
    {
        StringBuilder html = new();
        html.Append($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>{SvgWriter.Escape(Title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <h1>{SvgWriter.Escape(Title)}</h1>
            <p class="summary">{SvgWriter.Escape(Summary)}</p>

            """);
        foreach (Section section in Sections)
        {
            html.Append($"<section>\n<h2>{SvgWriter.Escape(section.Heading)}</h2>\n");
            foreach (SectionPart part in section.Parts)
            {
                part.Write(html);
            }

            html.Append("</section>\n");
        }

        return html.Append($"<script>\n{Script}\n</script>\n</body>\n</html>\n").ToString();
    }
}
