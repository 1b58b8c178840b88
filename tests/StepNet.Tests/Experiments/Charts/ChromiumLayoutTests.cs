using System.Text.RegularExpressions;
using StepNet.Experiments.Charts;

namespace StepNet.Tests.Experiments.Charts;

/// <summary>What a browser makes of the figures: boxes of texts as it lays them out, frames as it plays them.</summary>
public sealed partial class ChromiumLayoutTests
{
    private static readonly string Script = File.ReadAllText(
        Path.Combine(Checkout.Root, "tests", "StepNet.Tests", "Experiments", "Charts", "layout.js"));

    [Fact]
    public void Layout_EveryExample_NoTextTouchesAnotherOrLeavesThePicture()
    {
        Chromium.SkipWhereMissing();

        string found = Run(string.Concat(FigureExamples.All.Select(entry => $"<div data-name='{entry.Key}'>{entry.Value.ToSvg()}</div>")));

        Assert.Equal("", found);
    }

    [Fact]
    public void Layout_TextsThatTouchAndLeave_AreFound()
    {
        Chromium.SkipWhereMissing();

        string found = Run("<div data-name='bad'><svg width='100' height='50'><text x='5' y='20'>one</text><text x='9' y='22'>two</text>"
            + "<text x='90' y='45'>three</text></svg></div>");

        Assert.Equal("bad: 'two' touches 'one'\nbad: 'three' leaves the picture", found);
    }

    [Fact]
    public void Animation_OverItsTime_ShowsOneFrameAfterTheOther()
    {
        Chromium.SkipWhereMissing();
        Animation animation = (Animation)FigureExamples.All["animation"];
        const string play = """
            const frames = [...document.querySelectorAll("g.stepnet-frames-8-500")], seen = [];
            for (let i = 0; i < 9; i++) {
              for (const animation of document.getAnimations()) {
                animation.pause();
                animation.currentTime = 500 * i + 250;
              }
              seen.push(frames.filter(frame => getComputedStyle(frame).visibility === "visible").map(frame => frame.querySelector("text").textContent).join(" and "));
            }
            document.getElementById("found").textContent = seen.join("\n");
            """;

        string seen = Run(animation.ToSvg(), play);

        Assert.Equal(string.Join('\n', [.. animation.Frames.Select(frame => frame.Label), animation.Frames[0].Label]), seen);
    }

    [Theory]
    [InlineData(Theme.Auto, false, "rgb(255, 255, 255)")]
    [InlineData(Theme.Auto, true, "rgb(20, 23, 26)")]
    [InlineData(Theme.Light, true, "rgb(255, 255, 255)")]
    [InlineData(Theme.Dark, false, "rgb(20, 23, 26)")]
    public void Theme_UnderTheReadersChoice_PaintsThePaper(Theme theme, bool dark, string paper)
    {
        Chromium.SkipWhereMissing();

        string found = Run((FigureExamples.All["euler"] with { Theme = theme }).ToSvg(),
            "document.getElementById('found').textContent = getComputedStyle(document.querySelector('.paper')).fill;", dark);

        Assert.Equal(paper, found);
    }

    private static string Run(string body, string? script = null, bool dark = false)
    {
        string document = Chromium.Open(
            $"<!DOCTYPE html><meta charset='utf-8'>{body}<pre id='found'>not run</pre><script>{script ?? Script}</script>", dark);
        return System.Net.WebUtility.HtmlDecode(Found().Match(document).Groups[1].Value);
    }

    [GeneratedRegex("""<pre id="found">(.*?)</pre>""", RegexOptions.Singleline)]
    private static partial Regex Found();
}
