using System.Text;
using System.Text.RegularExpressions;
using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Reproductions;

/// <summary>
/// The page of what the papers claim: written by hand, and between the lines <c>&lt;!-- verdicts: figure3, figure13 --&gt;</c> and
/// <c>&lt;!-- end of verdicts --&gt;</c> by what the figures of these names showed.
/// </summary>
public static partial class ClaimsPage
{
    private const string End = "<!-- end of verdicts -->";

    /// <summary>The page with its verdicts as they are now.</summary>
    /// <param name="page">The page.</param>
    /// <param name="results">Results by figure; null for one that has not run.</param>
    /// <exception cref="StudyException">The page names a figure that there is not, or a part has no end.</exception>
    public static string Refresh(string page, IReadOnlyDictionary<string, ReproductionResult?> results)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(results);
        StringBuilder text = new();
        int from = 0;
        foreach (Match begin in Begin().Matches(page))
        {
            int end = page.IndexOf(End, begin.Index, StringComparison.Ordinal);
            string names = begin.Groups["names"].Value;
            if (end < 0 || page.IndexOf(begin.Groups["mark"].Value, begin.Index + begin.Length, StringComparison.Ordinal) is >= 0 and int next && next < end)
            {
                throw new StudyException($"the verdicts of {names} have no end. Write '{End}' behind them.");
            }

            _ = text.Append(page, from, begin.Index + begin.Length - from).Append('\n');
            foreach (string name in names.Split(',', StringSplitOptions.TrimEntries))
            {
                _ = results.TryGetValue(name, out ReproductionResult? result) ? text.Append(Verdicts(name, result))
                    : throw new StudyException($"'{name}' is no figure or table.{Nearest.Hint(name, results.Keys)}");
            }

            _ = text.Append('\n');
            from = end;
        }

        return text.Append(page, from, page.Length - from).ToString();
    }

    private static string Verdicts(string name, ReproductionResult? result) => result is null ? $"- {name}: not run yet.\n"
        : string.Concat(result.Study.Claims.Select(claim =>
            $"- **{ResultsPage.Verdict(result, claim)}**: {claim.Claim.Text.TrimEnd('.')} ([{name}]({ReproductionPages.Results}#{name})). {ResultsPage.Words(result.Study, claim)}\n"));

    [GeneratedRegex(@"(?<mark><!-- verdicts:)(?<names>[^\n]*?)-->\n")]
    private static partial Regex Begin();
}
