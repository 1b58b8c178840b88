using System.CommandLine;
using StepNet.Cli.Studies;
using StepNet.Execution;
using StepNet.Experiments.Studies;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet sweep run</c> and <c>resume</c>: run what has no result yet.</summary>
internal static class SweepRunCommand
{
    private const string RunSummary = "Runs the trials of a study file, and writes rows, verdict and report.";

    private const string RunDetails =
        """
        Trials are trainings in processes of their own, in a folder that studies share: what another study
        has run does not run again. Stopped or killed, the same command goes on; given several times at once,
        also on several machines, the processes share the trials. A trial that diverges is a result.
        docs/studies.md describes the file. Exit codes: 0 every trial has a result, 2 wrong study,
        5 some trials failed or hung, 130 interrupted and saved.
        """;

    private const string RunExamples =
        """
        stepnet sweep run step-and-rate.yaml --parallel 2
        stepnet sweep run depth.yaml --scale smoke --dry-run
        """;

    private const string ResumeSummary = "Runs the trials of a study that have no result yet, and nothing else.";

    private const string ResumeDetails =
        """
        Trials that were interrupted, or whose process died or hung, go on from their last checkpoint. Those
        that failed with an error run again with --retry alone.
        """;

    private const string ResumeExamples =
        """
        stepnet sweep resume studies/depth --parallel 4
        stepnet sweep resume studies/depth --retry
        """;

    private static readonly Option<string?> s_scale = Options.Of<string?>(
        "--scale", "name", "One of the scales in the file. [default: the study as it stands]", text => text);

    private static readonly Option<string?> s_out = Options.Of<string?>(
        "--out", "folder", "Folder of the study. [default: studies/<name of the file>, with -<scale> behind it]", text => text);

    private static readonly Option<string?> s_trials = Options.Of<string?>(
        "--trials", "folder", "Folder of the trials, which studies share. [default: trials beside the study's folder]", text => text);

    private static readonly Option<bool> s_dry = new("--dry-run") { Description = "Shows the trials and where they are, and runs none." };

    private static readonly Option<int?> s_parallel = Options.Number("--parallel", "n", 1, 1024, "Trials at a time", "1");

    private static readonly Option<int?> s_threads = Options.Number(
        "--threads", "n", 0, ThreadCount.Max, "Threads in all, divided among the trials at work", "STEPNET_THREADS, SLURM_CPUS_PER_TASK, or one per processor");

    private static readonly Option<bool> s_retry = new("--retry") { Description = "Runs trials that failed again, once." };

    private static readonly Option<string?> s_staleAfter = Options.Of<string?>(
        "--stale-after", "t", "Ends a trial that shows no step for this time, such as 90s, 30m. [default: 10m]", text =>
        {
            _ = TimeText.Parse(text);
            return text;
        });

    private static readonly Option<string[]> s_data = new("--data-dir")
    {
        HelpName = "set=folder",
        Description = "Folder with the files of a data set instead of the download, as cifar10=/data/cifar; may be given for several sets. [default: STEPNET_CIFAR10, STEPNET_AG_NEWS, ...]",
    };

    private static readonly DownloadArguments s_download = new();

    private static readonly Option<bool> s_json = new("--json") { Description = "Writes the verdicts to stdout as one JSON object." };

    private static readonly Option<bool> s_quiet = new("--quiet") { Description = "Shows nothing but errors." };

    /// <summary>How trials run; <see cref="RunAsync"/> reads it.</summary>
    internal static readonly OptionGroup Running = new("Running", s_parallel, s_threads, s_retry, s_staleAfter, s_dry, s_json, s_quiet);

    /// <summary>Where trainings find their data; <see cref="RunAsync"/> reads it.</summary>
    internal static readonly OptionGroup Data = new("Data of trainings", [s_data, .. s_download.Options]);

    internal static Command CreateRun()
    {
        Argument<string> file = new("study.yaml");
        GroupedCommand command = new("run", RunSummary, RunDetails, RunExamples, [new("Study", s_scale, s_out, s_trials), Running, Data]) { file };
        command.SetAction((parsed, _) =>
        {
            string path = parsed.GetValue(file)!;
            string? scale = parsed.GetValue(s_scale);
            string folder = parsed.GetValue(s_out)
                ?? Path.Combine("studies", Path.GetFileNameWithoutExtension(path) + (scale is null ? "" : $"-{scale}"));
            return parsed.GetValue(s_dry) ? Task.FromResult(DryRun(path, scale, folder, parsed))
                : RunAsync(parsed, kinds => StudyFolder.Make(path, scale, folder, parsed.GetValue(s_trials), kinds));
        });
        return command;
    }

    // Without the study's folder, which a run makes: its file may still change.
    private static int DryRun(string path, string? scale, string folder, ParseResult parsed)
    {
        IReadOnlyList<ITrialKind> kinds = TrialKinds.All(Train(parsed));
        Study study = StudyFile.Read(path, kinds, scale);
        string trials = parsed.GetValue(s_trials) ?? (StudyFolder.IsOne(folder) ? StudyFolder.Open(folder, kinds).Trials : StudyFolder.TrialsBeside(folder));
        SweepLookCommand.Print(study, kinds.First(kind => kind.Name == study.Kind), trials);
        return ExitCode.Ok;
    }

    internal static Command CreateResume()
    {
        Argument<string> folder = new("folder");
        GroupedCommand command = new("resume", ResumeSummary, ResumeDetails, ResumeExamples, [Running, Data]) { folder };
        command.SetAction((parsed, _) => RunAsync(parsed, kinds => StudyFolder.Open(parsed.GetValue(folder)!, kinds)));
        return command;
    }

    /// <summary>Whether trials are only to be shown.</summary>
    internal static bool IsDry(ParseResult parsed) => parsed.GetValue(s_dry);

    /// <summary>Runs a study and writes its report.</summary>
    /// <param name="parsed">With the options of <see cref="Running"/> and <see cref="Data"/>.</param>
    /// <param name="open">Opens the study's folder, given the kinds of trial.</param>
    /// <param name="json">Takes the verdicts where they are asked for as JSON; null for stdout.</param>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(ParseResult parsed, Func<IReadOnlyList<ITrialKind>, StudyFolder> open, Action<string>? json = null)
    {
        Progress.IsQuiet = parsed.GetValue(s_quiet);
        int parallel = parsed.GetValue(s_parallel) ?? 1;
        StudyFolder folder = open(TrialKinds.All(Train(parsed)));
        if (parsed.GetValue(s_dry))
        {
            SweepLookCommand.Print(folder.Study, folder.Kind, folder.Trials);
            return ExitCode.Ok;
        }

        using StopSignals signals = new();
        using TrialStore store = new(folder.Trials, forRunning: true);
        StudyRunner runner = null!;
        runner = new StudyRunner(folder.Study, folder.Kind, store)
        {
            Parallel = parallel,
            Threads = Math.Max(ThreadCount.Resolve(parsed.GetValue(s_threads) ?? 0) / parallel, 1),
            Retry = parsed.GetValue(s_retry),
            Limit = parsed.GetValue(s_staleAfter) is string time ? TimeText.Parse(time) : TimeSpan.FromMinutes(10),
            OnEnd = (trial, outcome, seconds) =>
            {
                StudyProgress now = runner.Progress;
                string why = outcome.State is TrialState.Failed or TrialState.Stale ? $": {outcome.Message} ({store.FolderOf(trial.Trial)})" : "";
                Progress.Line($"{StudyResult.Word(outcome.State)}  {trial.Description}  {Progress.Duration(seconds)}{why}  ({SweepView.Counts(now)}{SweepView.Eta(now)})");
            },
        };
        using (parsed.GetValue(s_quiet) || !LiveView.IsPossible ? null : LiveView.Show(new SweepView(() => runner.Progress).Lines))
        {
            _ = await runner.RunAsync(signals.Token).ConfigureAwait(false);
        }

        return Conclude(parsed, folder, store, signals.Token.IsCancellationRequested, json ?? Console.Out.Write);
    }

    // STEPNET_CIFAR10, STEPNET_AG_NEWS.
    private static string VariableOf(string set) => $"STEPNET_{set.Replace('-', '_').ToUpperInvariant()}";

    private static int Conclude(ParseResult parsed, StudyFolder folder, TrialStore store, bool stopped, Action<string> json)
    {
        StudyResult result = StudyResult.Read(folder.Study, folder.Kind, store);
        int lost = folder.CountLost(store);
        if (lost == 0)
        {
            folder.WriteReport(result);
        }

        if (parsed.GetValue(s_json))
        {
            json(result.VerdictJson());
        }

        foreach (ClaimResult claim in result.Claims)
        {
            Progress.Line(Line(claim) + (result.IsComplete ? "" : ", so far"));
        }

        Progress.Line(lost == 0 ? $"report: {Path.Combine(folder.FullPath, "report.html")}"
            : $"the files in {folder.FullPath} stay as they are: they have {lost} results of trials that are not in {folder.Trials} yet");
        if (stopped)
        {
            Progress.Line($"stopped; go on with: stepnet sweep resume {folder.FullPath}");
            return ExitCode.Interrupted;
        }

        if (!result.IsComplete)
        {
            Progress.Line($"some trials have no result: 'stepnet sweep list {folder.FullPath}' shows them, 'stepnet sweep resume {folder.FullPath} --retry' runs them again");
            return ExitCode.Incomplete;
        }

        return ExitCode.Ok;
    }

    /// <summary>A claim and what came of it.</summary>
    internal static string Line(ClaimResult claim) => $"{claim.Word}: {claim.Claim.Text.TrimEnd('.')}" + (claim.Comparison is not { } c ? " (no pair has run)"
        : claim.Claim.Differ is not null ? $" ({100 * c.MeanDifference:g4} % of the variance, 95 % interval {100 * c.Low:g4} to {100 * c.High:g4}, n = {c.Pairs}, p = {c.PGreater:g4})"
        : $" (effect {c.MeanDifference:g4}, 95 % interval {c.Low:g4} to {c.High:g4}, n = {c.Pairs}, p = {c.PGreater:g4})");

    /// <summary>Trainings, with what the command line and the environment say of how they run.</summary>
    internal static TrainTrialKind Train(ParseResult parsed)
    {
        Dictionary<string, string> folders = [];
        foreach (string name in TrainingData.Names)
        {
            if (Environment.GetEnvironmentVariable(VariableOf(name)) is { Length: > 0 } folder)
            {
                folders[name] = Directory.Exists(folder) ? Path.GetFullPath(folder) : throw new UsageException(
                    $"{VariableOf(name)}='{folder}' is no folder. Name the folder with the files of {name}, or unset it.");
            }
        }

        foreach (string word in parsed.GetValue(s_data) ?? [])
        {
            string[] parts = word.Split('=', 2);
            if (parts.Length != 2 || !TrainingData.Names.Contains(parts[0]) || !Directory.Exists(parts[1]))
            {
                throw new UsageException($"--data-dir: '{word}', expected the name of a data set and a folder, such as cifar10=/data/cifar.");
            }

            folders[parts[0]] = Path.GetFullPath(parts[1]);
        }

        ResolvedOptions options = new(parsed);
        return new TrainTrialKind { DataFolders = folders, Words = s_download.Words(options) };
    }
}
