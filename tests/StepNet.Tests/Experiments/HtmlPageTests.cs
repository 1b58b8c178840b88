using System.Text;
using System.Text.RegularExpressions;
using StepNet.Experiments.Reports;
using StepNet.Tests.Experiments.Charts;

namespace StepNet.Tests.Experiments;

/// <summary>Report pages: what is in them, and what a browser does with them.</summary>
public sealed partial class HtmlPageTests
{
    private static readonly byte[] Rows = Encoding.UTF8.GetBytes("trial,accuracy\n1,91.5\n2,diverged\n");

    private static HtmlPage Page => new("Step <factor> & rate", "A small step held in 24 of 25 pairs.",
    [
        new Section("Result", [new Paragraph("h < 1 is better & cheaper."), .. FigureExamples.All.Values.Select(figure => new FigurePart(figure))]),
        new Section("Settings", [new SettingsTable([new("model", "resnet20"), new("data", "shapes")])]),
        new Section("Trials",
        [
            new SortableTable(["trial", "step", "accuracy"],
                [["b", "1", "diverged"], ["a", "0.1", "9.5"], ["d", "1e-2", "91.5"], ["c", "10", "88"], ["e", "0.5", ""]]),
            new Download("rows.csv", "text/csv", Rows),
        ]),
    ]);

    [Fact]
    public void ToHtml_Page_HoldsItsDataAndNothingFromElsewhere()
    {
        string html = Page.ToHtml();

        Assert.Contains("<title>Step &lt;factor&gt; &amp; rate</title>", html, StringComparison.Ordinal);
        Assert.Equal(Rows, Convert.FromBase64String(DownloadLink().Match(html).Groups[1].Value));
        Assert.DoesNotMatch("""(src|href)="(?!data:)""", html);
        Assert.Contains("<td>b</td><td class=\"number\">1</td><td class=\"number\">diverged</td>", html, StringComparison.Ordinal);
        Assert.Equal(html, Page.ToHtml());
    }

    [Fact]
    public void SortableTable_RowOfAnotherLength_SaysSo()
    {
        HtmlPage page = new("t", "s", [new Section("h", [new SortableTable(["a", "b"], [["1"]])])]);

        Assert.Equal("A table of 2 columns (a, b) has a row of 1 cells.", Assert.Throws<ArgumentException>(page.ToHtml).Message);
    }

    [Fact]
    public void Page_InABrowser_SortsWithoutErrors()
    {
        Chromium.SkipWhereMissing();
        const string watch = """
            <head><script>
            window.seen = [];
            window.onerror = message => { seen.push("error: " + message); };
            console.error = console.warn = (...words) => { seen.push("console: " + words.join(" ")); };
            </script>
            """;
        const string use = """
            <script>
            const order = () => [...document.querySelectorAll("tbody tr")].filter(row => row.closest(".scroll")).map(row => row.cells[0].textContent).join("");
            const press = place => { document.querySelectorAll("thead button")[place].click(); seen.push(order()); };
            press(0); press(0); press(1); press(1); press(2); press(2);
            seen.push([...document.querySelectorAll("thead th")].map(head => head.ariaSort ?? "-").join(" "));
            document.body.innerHTML = "<pre>" + seen.join("\n") + "</pre>";
            </script></body>
            """;
        string html = Page.ToHtml().Replace("<head>", watch, StringComparison.Ordinal).Replace("</body>", use, StringComparison.Ordinal);

        string seen = Seen().Match(Chromium.Open(html)).Groups[1].Value;

        // By name; by step, where 1e-2 is a number; by accuracy, where what is no number stays behind.
        Assert.Equal("abcde\nedcba\ndaebc\ncbead\nacdeb\ndcabe\n- - descending", seen);
    }

    [GeneratedRegex("""download="rows.csv" href="data:text/csv;base64,([^"]+)""")]
    private static partial Regex DownloadLink();

    [GeneratedRegex("<pre>(.*?)</pre>", RegexOptions.Singleline)]
    private static partial Regex Seen();
}
