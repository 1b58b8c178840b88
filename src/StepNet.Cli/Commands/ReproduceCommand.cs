using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using System.Text.Json;
using StepNet.Cli.Studies;
using StepNet.Experiments.Reproductions;
using StepNet.Experiments.Studies;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet reproduce</c>: runs figures and tables of the papers, and says whether their claims hold.</summary>
internal static class ReproduceCommand
{
    private const string Summary = "Runs figures and tables of the papers: raw rows, plots, and a verdict on each claim.";

    private const string Details =
        """
        Each is a study whose claim and rule are fixed in its file. smoke runs on generated data in seconds and
        shows that it works; cpu on real data in at most 45 minutes on two cores (tables of AdaResNet: four
        hours), smaller than published, as its plots say; paper with the published settings, which takes days or
        more and needs --yes. Figures share trials: what one has run, the others have. Stopped or killed, the
        same command goes on; equal trials give equal rows. Costs are estimates. docs/reproducing.md says more.
        Exit codes: 0 every trial has a result, 2 wrong command line, 5 some trials failed or hung,
        130 interrupted and saved.
        """;

    private const string Examples =
        """
        stepnet reproduce --list
        stepnet reproduce figure3 --scale smoke
        stepnet reproduce all --parallel 2 --data-dir cifar10=/data/cifar
        stepnet reproduce --write docs
        """;

    private static readonly Argument<string[]> s_names = new("name") { Arity = ArgumentArity.ZeroOrMore };

    private static readonly Option<string?> s_scale = Options.Word(
        "--scale", "How much is run. [default: cpu]", [.. ReproductionCatalog.Scales]);

    private static readonly Option<bool> s_list = new("--list") { Description = "Shows each with its claims, its cost and its last verdict, and runs none." };

    private static readonly Option<string?> s_out = Options.Of<string?>(
        "--out", "folder", "Folder of all results: <folder>/<name>, at other scales than cpu <folder>/<scale>/<name>. [default: results]", text => text);

    private static readonly Option<string?> s_trials = Options.Of<string?>(
        "--trials", "folder", "Folder of the trials, which all figures and studies share. [default: studies/trials]", text => text);

    private static readonly Option<string?> s_write = Options.Of<string?>(
        "--write", "folder", "Writes results.md of the results in --out, and refreshes the verdicts in claims.md, in this folder of documents; runs none.", text => text);

    private static readonly Option<bool> s_yes = new("--yes") { Description = "Runs at the scale paper, whatever it takes." };

    internal static Command Create()
    {
        GroupedCommand command = new("reproduce", Summary, Details, Examples,
            [new("Reproduction", s_scale, s_list, s_write, s_out, s_trials, s_yes), SweepRunCommand.Running, SweepRunCommand.Data])
        {
            s_names,
        };
        s_names.CompletionSources.Add(_ => new ReproductionCatalog().Names.Prepend("all").Select(name => new CompletionItem(name)));
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        ReproductionCatalog catalog = new();
        string[] names = Names(parsed, catalog);
        string root = parsed.GetValue(s_out) ?? "results", trials = parsed.GetValue(s_trials) ?? Path.Combine("studies", "trials");
        if (parsed.GetValue(s_list))
        {
            List(catalog, names, root);
            return ExitCode.Ok;
        }

        if (parsed.GetValue(s_write) is string documents)
        {
            foreach (string page in ReproductionPages.Write(catalog, TrialKinds.All(), root, documents))
            {
                Progress.Line(page);
            }

            return ExitCode.Ok;
        }

        string scale = parsed.GetValue(s_scale) ?? "cpu";
        IReadOnlyList<ITrialKind> kinds = TrialKinds.All(SweepRunCommand.Train(parsed));
        Study[] studies = [.. names.Select(name => StudyFile.Read(catalog.FileOf(name), kinds, scale))];
        double seconds = Announce(names, studies, kinds, trials);
        if (scale == "paper" && !parsed.GetValue(s_yes) && !SweepRunCommand.IsDry(parsed))
        {
            throw new UsageException($"the published settings take about {Hours(seconds)} of one core, by estimate. Add --yes to run them, or choose --scale cpu.");
        }

        if (SweepRunCommand.IsDry(parsed))
        {
            DryRun(names, studies, kinds, trials);
            return ExitCode.Ok;
        }

        int code = ExitCode.Ok;
        List<string> verdicts = [];
        foreach (string name in names)
        {
            if (names.Length > 1)
            {
                Progress.Line($"{name}, scale {scale}");
            }

            int one = await SweepRunCommand.RunAsync(
                parsed,
                kinds => Make(catalog.FileOf(name), scale, ReproductionCatalog.ResultsOf(root, scale, name), kinds),
                verdicts.Add).ConfigureAwait(false);
            code = Math.Max(code, one);
            if (one == ExitCode.Interrupted)
            {
                break;
            }
        }

        Console.Out.Write(verdicts.Count == 0 ? "" : names.Length == 1 ? verdicts[0] : $"[{string.Join(',', verdicts).TrimEnd()}]\n");
        return code;

        // A folder that is there knows where its trials lie.
        StudyFolder Make(string file, string scale, string folder, IReadOnlyList<ITrialKind> kinds) =>
            StudyFolder.Make(file, scale, folder, parsed.GetValue(s_trials) ?? (StudyFolder.IsOne(folder) ? null : trials), kinds);
    }

    // Without the folders of results, which a run makes.
    private static void DryRun(string[] names, Study[] studies, IReadOnlyList<ITrialKind> kinds, string trials)
    {
        foreach ((string name, Study study) in names.Zip(studies))
        {
            if (names.Length > 1)
            {
                Console.Out.WriteLine(name);
            }

            SweepLookCommand.Print(study, kinds.First(kind => kind.Name == study.Kind), trials);
        }
    }

    private static string[] Names(ParseResult parsed, ReproductionCatalog catalog)
    {
        string[] asked = parsed.GetValue(s_names) ?? [];
        if (asked.Length == 0 && !parsed.GetValue(s_list) && parsed.GetValue(s_write) is null)
        {
            throw new UsageException("which figure or table? Name some, or all; 'stepnet reproduce --list' shows them.");
        }

        string[] names = [.. asked.Length == 0 || asked.Contains("all") ? catalog.Names : asked.Distinct()];
        foreach (string name in names)
        {
            _ = catalog.FileOf(name);
        }

        return names;
    }

    // Figures share trials, so the first that has one accounts for it.
    private static double Announce(string[] names, Study[] studies, IReadOnlyList<ITrialKind> kinds, string trials)
    {
        using TrialStore store = new(trials, forRunning: false);
        HashSet<string> seen = [];
        StudyCost[] costs = [.. studies.Select(study => StudyCost.Of(study, kinds.First(kind => kind.Name == study.Kind), store, seen))];
        foreach ((string name, StudyCost cost) in names.Zip(costs))
        {
            Progress.Line($"{name}: {cost.Open} of {cost.Trials} trials to run, about {Hours(cost.OpenCoreSeconds)} of one core"
                + (cost.Unknown > 0 ? $" besides {cost.Unknown} of unknown cost" : ""));
        }

        double all = costs.Sum(cost => cost.OpenCoreSeconds);
        if (names.Length > 1)
        {
            Progress.Line($"in all {costs.Sum(cost => cost.Open)} trials, about {Hours(all)} of one core");
        }

        return all;
    }

    private static void List(ReproductionCatalog catalog, string[] names, string root)
    {
        IReadOnlyList<ITrialKind> kinds = TrialKinds.All();
        List<string[]> rows = [];
        foreach (string name in names)
        {
            Dictionary<string, Study> studies = ReproductionCatalog.Scales.ToDictionary(scale => scale, scale => StudyFile.Read(catalog.FileOf(name), kinds, scale));
            string[] costs = [.. studies.Values.Select(study => Hours(StudyCost.Of(study, kinds.First(kind => kind.Name == study.Kind), null, []).CoreSeconds))];
            (string Scale, IReadOnlyDictionary<string, string> Words) last = Verdicts(root, name);
            Study shown = studies["cpu"];
            foreach ((int index, Claim claim) in shown.Claims.Index())
            {
                string verdict = last.Words.TryGetValue(claim.Text, out string? word) ? $"{word} ({last.Scale})" : "not run";
                rows.Add([index == 0 ? name : "", .. costs.Select(cost => index == 0 ? cost : ""), verdict, claim.Text]);
            }
        }

        Table.Write(Console.Out, ["name", .. ReproductionCatalog.Scales.Select(scale => $">{scale}"), "last verdict", "claim"], rows);
        Console.Out.WriteLine("\nCosts are core time, estimated, each figure alone: trials that figures share run once.");
    }

    // Of the largest scale that has run, a whole study before one that was begun, by claim: scales may make different ones.
    private static (string Scale, IReadOnlyDictionary<string, string> Words) Verdicts(string root, string name)
    {
        (string, IReadOnlyDictionary<string, string>)? begun = null;
        foreach (string scale in ReproductionCatalog.Scales.Reverse())
        {
            string path = Path.Combine(ReproductionCatalog.ResultsOf(root, scale, name), "verdict.json");
            if (SmallFile.Read(path) is string json)
            {
                try
                {
                    using JsonDocument verdict = JsonDocument.Parse(json);
                    bool complete = verdict.RootElement.GetProperty("complete").GetBoolean();
                    (string, IReadOnlyDictionary<string, string>) one = (scale, verdict.RootElement.GetProperty("claims").EnumerateArray()
                        .ToDictionary(claim => claim.GetProperty("claim").GetString()!, claim => claim.GetProperty("verdict").GetString() + (complete ? "" : ", so far")));
                    if (complete)
                    {
                        return one;
                    }

                    begun ??= one;
                }
                catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
                {
                    throw new StudyException($"'{path}' is no verdict of a study. Delete it; the figure's command writes it anew.");
                }
            }
        }

        return begun ?? ("", new Dictionary<string, string>());
    }

    /// <summary><c>40 s</c>, <c>12 min</c>, <c>3.5 h</c>, <c>310 h</c>.</summary>
    private static string Hours(double seconds) => seconds < 90 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s")
        : seconds < 5400 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h");
}
