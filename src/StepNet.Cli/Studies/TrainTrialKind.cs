using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using StepNet.Cli.Commands;
using StepNet.Data;
using StepNet.Experiments.Studies;
using StepNet.Training;

namespace StepNet.Cli.Studies;

/// <summary>
/// Trials that are trainings: each a process <c>stepnet train --resume</c> with the trial's folder as its run folder, so that a crash is
/// its own, and a trial that was broken off goes on bit for bit.
/// </summary>
internal sealed class TrainTrialKind : ITrialKind
{
    // How and where to run, which alters no result; a sweep says it for all its trials. The seed is the study's.
    private static readonly string[] s_outside =
        ["config", "resume", "out", "json", "quiet", "threads", "data-dir", "mirror", "offline", "save-every", "seed"];

    private static readonly string[] s_off = ["false", "0", "none", "euler", "stop"];

    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Command _command = TrainCommand.Create();
    private readonly string[] _keys;
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _resolved = [];
    private readonly ConcurrentDictionary<string, double> _seconds = [];
    private readonly Dictionary<string, TrainingData> _data = [];

    internal TrainTrialKind() => _keys = [.. _command.Options.Select(option => option.Name.TrimStart('-')).Except(s_outside)];

    /// <summary>Options that every training gets, such as where data lie.</summary>
    internal IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Folders of data, by set.</summary>
    internal IReadOnlyDictionary<string, string> DataFolders { get; init; } = new Dictionary<string, string>();

    public string Name => "train";

    public IReadOnlyCollection<string> Keys => _keys;

    public string? Check(string key, string value)
    {
        ParseResult parsed = _command.Parse([$"--{key}={value}"]);
        return parsed.Errors.Count > 0 ? ParseErrors.Explain(parsed) : null;
    }

    // Trials that differ in the seed alone differ in nothing else: a study of five seeds is resolved once, not five times.
    public IReadOnlyDictionary<string, string> Resolve(IReadOnlyDictionary<string, string> settings)
    {
        if (!settings.TryGetValue("seed", out string? seed))
        {
            return ResolveOne(settings);
        }

        IReadOnlyDictionary<string, string> any = _resolved.GetOrAdd(ButSeed(settings), _ => ResolveOne(settings));
        return any.GetValueOrDefault("seed") == seed ? any : any.ToDictionary(setting => setting.Key, setting => setting.Key == "seed" ? seed : setting.Value);
    }

    // All but the seed.
    private static string ButSeed(IReadOnlyDictionary<string, string> settings) =>
        string.Join('\n', settings.Where(setting => setting.Key != "seed").OrderBy(setting => setting.Key, StringComparer.Ordinal));

    // What is off unless asked for is left out, so that an option that comes with a later version makes no trial another. A value is
    // left out only where the trial has it without being told, so the rest still says everything.
    private Dictionary<string, string> ResolveOne(IReadOnlyDictionary<string, string> settings)
    {
        IReadOnlyDictionary<string, string> all = ResolveAll(settings);
        return all.Where(setting => !s_off.Contains(setting.Value) || !IsDefault(setting.Key, setting.Value)).ToDictionary();

        bool IsDefault(string key, string value)
        {
            if (!settings.ContainsKey(key))
            {
                return true;
            }

            try
            {
                return ResolveAll(settings.Where(setting => setting.Key != key).ToDictionary()).GetValueOrDefault(key) == value;
            }
            catch (StudyException)
            {
                // Another option needs it.
                return false;
            }
        }
    }

    private Dictionary<string, string> ResolveAll(IReadOnlyDictionary<string, string> settings)
    {
        ParseResult parsed = _command.Parse([.. settings.Select(setting => $"--{setting.Key}={setting.Value}")]);
        if (parsed.Errors.Count > 0)
        {
            throw new StudyException(ParseErrors.Explain(parsed));
        }

        try
        {
            TrainSettings resolved = TrainArguments.Read(parsed);
            resolved.Augment.CheckFits(resolved.Dataset.ItemShape);
            ModelArguments.CheckReads(resolved.Model, resolved.Dataset);
            _ = resolved.Model.For(resolved.Dataset.ItemShape, resolved.Dataset.Classes.Count);
            Dictionary<string, string> all = resolved.Config.Where(setting => !s_outside.Contains(setting.Key) || setting.Key == "seed").ToDictionary();
            if (resolved.Dataset.Inspection is DataInspection own)
            {
                // A path tells where, and not what: trials on other items are others.
                all[OwnDataArguments.Digest] = own.Digest;
            }

            if (resolved.Weights is PretrainedWeights weights)
            {
                all[TrainArguments.WeightsDigest] = weights.Digest();
            }

            return all;
        }
        catch (Exception e) when (e is UsageException or ArgumentException)
        {
            throw new StudyException(e.Message);
        }
    }

    public double? CoreSeconds(IReadOnlyDictionary<string, string> configuration) => _seconds.GetOrAdd(ButSeed(configuration), _ =>
        TrainCost.CoreSeconds(TrainArguments.Read(_command.Parse([.. configuration.Select(setting => $"--{setting.Key}={setting.Value}")]))));

    /// <summary>The data that a training with these settings sees, read once for all trials of a process.</summary>
    /// <param name="settings">Options of <c>stepnet train</c> by name, <c>data</c> among them.</param>
    /// <exception cref="StudyException">The settings contradict each other.</exception>
    internal TrainingData Data(IReadOnlyDictionary<string, string> settings)
    {
        string[] words = [.. settings.Select(setting => $"--{setting.Key}={setting.Value}"), .. FolderOf(settings["data"]), .. Words];
        lock (_data)
        {
            string key = string.Join('\n', words);
            if (!_data.TryGetValue(key, out TrainingData? data))
            {
                ParseResult parsed = _command.Parse(words);
                data = parsed.Errors.Count > 0 ? throw new StudyException(ParseErrors.Explain(parsed)) : TrainingData.Load(TrainArguments.Read(parsed), validationItems: 0);
                _data.Add(key, data);
            }

            return data;
        }
    }

    private string[] FolderOf(string data) => DataFolders.TryGetValue(data, out string? folder) ? ["--data-dir", folder] : [];

    public async Task<TrialOutcome> RunAsync(Experiments.Studies.TrialRun run, CancellationToken stop)
    {
        string options = Path.Combine(run.Folder, "options.yaml"), heartbeat = Path.Combine(run.Folder, "heartbeat");
        await File.WriteAllTextAsync(options, ConfigFile.Write("The options of this trial.", run.Configuration), CancellationToken.None).ConfigureAwait(false);
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            (int code, string last, bool hung) = await TrainAsync(run, options, heartbeat, stop).ConfigureAwait(false);

            // The training of a sweep that was killed saves itself, and then makes way.
            bool occupied = code == ExitCode.Usage && last.Contains("is in use by a live process", StringComparison.Ordinal);
            if (!occupied || stop.IsCancellationRequested || Stopwatch.GetElapsedTime(start) > s_patience)
            {
                // One that stays is suspended, or not a sweep's: its trial is no failure, and waits.
                return hung ? new TrialOutcome(TrialState.Stale, $"no step for {run.Limit.TotalSeconds:0} s; the process was ended")
                    : occupied ? new TrialOutcome(TrialState.Interrupted)
                    : code switch
                    {
                        ExitCode.Ok => TrialOutcome.Done,
                        ExitCode.Diverged => new TrialOutcome(TrialState.Diverged, WhereDiverged(run.Folder)),
                        ExitCode.Interrupted => new TrialOutcome(TrialState.Interrupted),
                        > 128 => new TrialOutcome(stop.IsCancellationRequested ? TrialState.Interrupted : TrialState.Failed, $"the process was ended by signal {code - 128}"),
                        _ => new TrialOutcome(TrialState.Failed, $"exit code {code}: {last}"),
                    };
            }

            run.Beat();
            await Task.Delay(TimeSpan.FromSeconds(1), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static string WhereDiverged(string folder)
    {
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "summary.json")));
        return $"step {summary.RootElement.GetProperty("diverged_at_step")}: {summary.RootElement.GetProperty("diverged_in")}";
    }

    private async Task<(int Code, string Last, bool Hung)> TrainAsync(
        Experiments.Studies.TrialRun run, string options, string heartbeat, CancellationToken stop)
    {
        using Process process = Process.Start(Start(run, options, heartbeat))!;
        process.StandardInput.AutoFlush = true;
        Task<string> last = LogAsync(process.StandardError, Path.Combine(run.Folder, "log.txt"));
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        (string seen, long since, bool asked, bool hung) = ("", Stopwatch.GetTimestamp(), false, false);
        Task end = process.WaitForExitAsync(CancellationToken.None);
        while (await Task.WhenAny(end, Task.Delay(s_poll, CancellationToken.None)).ConfigureAwait(false) != end)
        {
            if (SmallFile.Read(heartbeat) is string beat && beat != seen)
            {
                (seen, since) = (beat, Stopwatch.GetTimestamp());
                run.Beat();
            }

            if (stop.IsCancellationRequested && !asked)
            {
                process.StandardInput.Close();
                (asked, since) = (true, Stopwatch.GetTimestamp());
            }

            if (Stopwatch.GetElapsedTime(since) > (asked ? s_patience : run.Limit))
            {
                hung = !asked;
                process.Kill(entireProcessTree: true);
            }
        }

        _ = await output.ConfigureAwait(false);
        return (process.ExitCode, await last.ConfigureAwait(false), hung);
    }

    private ProcessStartInfo Start(Experiments.Studies.TrialRun run, string options, string heartbeat)
    {
        string? program = Environment.ProcessPath;
        bool own = program is not null && Path.GetFileNameWithoutExtension(program) == "stepnet";
        ProcessStartInfo start = new(own ? program! : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (!own)
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "stepnet.dll"));
        }

        foreach (string word in (string[])["train", "--resume", "--out", run.Folder, "--config", options, "--threads", $"{run.Threads}", .. FolderOf(run.Configuration["data"]), .. Words])
        {
            start.ArgumentList.Add(word);
        }

        start.Environment["STEPNET_OWNER"] = "stdin";
        start.Environment["STEPNET_HEARTBEAT"] = heartbeat;
        return start;
    }

    /// <summary>Appends what the training says to its log.</summary>
    /// <returns>Its last line.</returns>
    private static async Task<string> LogAsync(StreamReader from, string path)
    {
        string last = "";
        StreamWriter log = new(path, append: true) { AutoFlush = true };
        await using (log.ConfigureAwait(false))
        {
            while (await from.ReadLineAsync().ConfigureAwait(false) is string line)
            {
                last = line;
                await log.WriteLineAsync(line).ConfigureAwait(false);
            }
        }

        return last.StartsWith("stepnet: ", StringComparison.Ordinal) ? last["stepnet: ".Length..] : last;
    }
}
