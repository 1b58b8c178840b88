using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StepNet.Experiments.Studies;
using StepNet.Export;
using StepNet.Inference;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Training;

namespace StepNet.Cli;

/// <summary>
/// The folder of one run, which has it for itself. Every file in it is whole at any moment: readers see the old one or the new one;
/// <c>taps.csv</c> alone grows by rows.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string ConfigName = "config.yaml";

    private const string Header =
        "epoch,steps,train_loss,train_accuracy,validation_loss,validation_accuracy,test_loss,test_accuracy,lr,seconds,images_per_second\n";

    private const string ModelName = TrainedModel.FileName;
    private const string CheckpointName = "checkpoint.safetensors";
    private const string MetricsName = "metrics.csv";
    private const string LogName = "steps.csv";
    private const string SummaryName = "summary.json";

    // The file is no HTML: a plus sign stays one.
    private static readonly RunSummaryJson s_json = new(new JsonSerializerOptions(RunSummaryJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private readonly bool _made;
    private readonly FileStream _lock;

    private RunFolder(string path, bool made)
    {
        (FullPath, _made, _lock) = (path, made, RunLock.Take(path));
        Checkpoints = new CheckpointFile(Path.Combine(path, CheckpointName));
    }

    /// <summary>Where it lies, as the user named it.</summary>
    internal string FullPath { get; }

    /// <summary><c>checkpoint.safetensors</c>: where the run saves itself.</summary>
    internal CheckpointFile Checkpoints { get; }

    /// <summary><c>taps.csv</c>: what the run watches, appended to as it goes.</summary>
    internal TapFile Taps(long every, TapKinds kinds) => new(Path.Combine(FullPath, TapRows.FileName), every, kinds);

    /// <summary>Whether the run has saved itself.</summary>
    internal bool HasCheckpoint => File.Exists(Path.Combine(FullPath, CheckpointName));

    /// <summary>Takes the folder of a run that is to go on; null where there is none yet.</summary>
    /// <exception cref="UsageException">A live process has it.</exception>
    internal static RunFolder? Reopen(string path)
    {
        if (!Directory.Exists(path))
        {
            return null;
        }

        RunFolder folder = new(path, made: false);

        // What a killed process was writing.
        foreach (string name in (string[])[ConfigName, ModelName, CheckpointName, MetricsName, LogName, SummaryName])
        {
            foreach (string scratch in Directory.EnumerateFiles(path, $"{name}.*.tmp"))
            {
                File.Delete(scratch);
            }
        }

        return folder;
    }

    /// <summary>The options of the run in a folder; null where it has not come to write them, or there is none.</summary>
    internal static IReadOnlyDictionary<string, string>? ConfigIn(string folder) => Path.Combine(folder, ConfigName) is var config && new FileInfo(config) is { Exists: true, Length: > 0 }
        ? YamlMap.Read(config, "the options of a run").Entries.ToDictionary(entry => entry.Key, entry => $"{entry.Value}") : null;

    /// <summary>Takes the summary of an earlier process away: a folder that has one is complete, and this run is not.</summary>
    internal void RemoveSummary() => File.Delete(Path.Combine(FullPath, SummaryName));

    /// <summary>Sees to it that a run that begins here writes over no other: checkpoints may have been deleted to save space.</summary>
    /// <exception cref="UsageException">It would.</exception>
    internal void RefuseToBegin()
    {
        if (new[] { ModelName, SummaryName }.FirstOrDefault(name => File.Exists(Path.Combine(FullPath, name))) is string kept)
        {
            throw new UsageException($"'{FullPath}' has {kept} and no {CheckpointName}: a run from the beginning would write over it. Name a new folder.");
        }
    }

    /// <summary>Takes a folder for one run and writes its <c>config.yaml</c>; of several processes only one can have it.</summary>
    /// <param name="path">As the user named it: new or empty. Null for the first free <c>runs/STEM-n</c>.</param>
    /// <param name="stem">Start of a name.</param>
    /// <param name="config">The run's options.</param>
    /// <exception cref="UsageException">The folder cannot be had.</exception>
    internal static RunFolder Create(string? path, string stem, IEnumerable<KeyValuePair<string, string>> config)
    {
        if (File.Exists(path))
        {
            throw new UsageException($"--out '{path}' is a file. Name a new or an empty folder.");
        }

        RunFolder? folder = path is null ? null
            : TryClaim(path)
            ?? throw new UsageException($"--out '{path}' is not empty. Name a new or an empty folder, or add --resume to go on with its run.");
        for (int n = 1; folder is null; n++)
        {
            folder = TryClaim(Path.Combine("runs", $"{stem}-{n}"));
        }

        try
        {
            folder.WriteConfig(config);
            return folder;
        }
        catch
        {
            folder.RemoveIfUnused();
            throw;
        }
    }

    /// <summary><c>config.yaml</c>: the run's options.</summary>
    internal void WriteConfig(IEnumerable<KeyValuePair<string, string>> config) =>
        Write(ConfigName, ConfigFile.Write("The options of this run; 'stepnet train --config' repeats it.", config));

    /// <summary>Undoes <see cref="Create"/> where nothing else came into the folder.</summary>
    internal void RemoveIfUnused()
    {
        string config = Path.Combine(FullPath, ConfigName);
        _lock.Dispose();
        if (Directory.EnumerateFileSystemEntries(FullPath).All(entry => entry == config))
        {
            File.Delete(config);
            if (_made)
            {
                Directory.Delete(FullPath);
            }
        }
    }

    // Null where another run has it. The folder's state alone decides nothing: only making the file is one act.
    private static RunFolder? TryClaim(string path)
    {
        string config = Path.Combine(path, ConfigName);
        try
        {
            bool made = !Path.Exists(path);
            if (!made && (File.Exists(path) || Directory.EnumerateFileSystemEntries(path).Any()))
            {
                return null;
            }

            _ = Directory.CreateDirectory(path);
            new FileStream(config, FileMode.CreateNew).Dispose();
            return new RunFolder(path, made);
        }
        catch (IOException) when (File.Exists(config))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--out '{path}' cannot be made ({e.Message.TrimEnd('.')}). Name a folder that you may write to.");
        }
    }

    /// <summary><c>model.safetensors</c>: the model's present values.</summary>
    internal void WriteModel(Module model, ModelCard card) =>
        ModelFile.Save(Path.Combine(FullPath, ModelName), model, card.ToMetadata());

    /// <summary><c>metrics.csv</c>: a header and a row per epoch; an empty cell where there was no validation or test.</summary>
    internal void WriteMetrics(IEnumerable<EpochResult> epochs)
    {
        StringBuilder csv = new(Header);
        foreach (EpochResult e in epochs)
        {
            _ = csv.Append(CultureInfo.InvariantCulture, $"{e.Epoch},{e.Steps},{e.Loss},{e.Accuracy},")
                .Append(CultureInfo.InvariantCulture, $"{e.Validation?.Loss},{e.Validation?.Accuracy},{e.Test?.Loss},{e.Test?.Accuracy},")
                .Append(CultureInfo.InvariantCulture, $"{e.LearningRate},{e.Seconds:f3},{e.ImagesPerSecond:f1}\n");
        }

        Write(MetricsName, csv.ToString());
    }

    /// <summary><c>steps.csv</c>: a header and a row for so many steps.</summary>
    internal void WriteLog(IEnumerable<LogRow> log)
    {
        StringBuilder csv = new("step,loss,accuracy,lr\n");
        foreach (LogRow row in log)
        {
            _ = csv.Append(CultureInfo.InvariantCulture, $"{row.Step},{row.Loss},{row.Accuracy},{row.LearningRate}\n");
        }

        Write(LogName, csv.ToString());
    }

    /// <summary><c>summary.json</c>, written last: a folder that has it is complete.</summary>
    internal void WriteSummary(RunSummary summary) => Write(SummaryName, ToJson(summary) + "\n");

    /// <summary>The summary as one JSON object.</summary>
    internal static string ToJson(RunSummary summary) => JsonSerializer.Serialize(summary, s_json.RunSummary);

    public void Dispose() => _lock.Dispose();

    private void Write(string name, string text) => OutputFile.Write(Path.Combine(FullPath, name), text);
}
