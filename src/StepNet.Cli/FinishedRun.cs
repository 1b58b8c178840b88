using System.CommandLine;
using System.Text.Json;
using StepNet.Cli.Commands;
using StepNet.Data;
using StepNet.Experiments.Studies;
using StepNet.Inference;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Cli;

/// <summary>The folder of a run that has a model, to be looked at: the network as it was kept, and its test set.</summary>
internal sealed class FinishedRun
{
    private readonly TrainSettings _settings;
    private readonly bool _forTesting;

    private FinishedRun(TrainSettings settings, TrainedModel model, bool forTesting = false)
    {
        (_settings, _forTesting, Card, Model) = (settings, forTesting, model.Card, model.Network);
        DatasetEntry data = settings.Dataset;
        if (!data.Classes.SequenceEqual(Card.Classes))
        {
            throw new UsageException($"--data {data.Name} has the classes {Some(data.Classes)}; the model tells {Some(Card.Classes)}. Give data of the model's classes.");
        }

        if (data.ItemShape != Card.Item)
        {
            throw new UsageException($"--data {data.Name} has items {data.ItemShape}; the model reads {Card.Item}. Give such data.");
        }

        static string Some(IReadOnlyList<string> names) =>
            $"{string.Join(", ", names.Take(10))}{(names.Count > 10 ? $" and {names.Count - 10} more" : "")}";
    }

    /// <summary>What the model is.</summary>
    internal ModelCard Card { get; }

    /// <summary>With the values of <c>model.safetensors</c>.</summary>
    internal Module Model { get; }

    /// <summary>Whether items are texts: ids, which no number may be added to.</summary>
    internal bool IsText => _settings.Dataset.IsText;

    /// <summary>Name of the data set.</summary>
    internal string DataName => _settings.Dataset.Name;

    /// <summary>Reads a run's folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="changes">Options of <c>stepnet train</c> that hold in place of the run's.</param>
    /// <exception cref="UsageException">It is no such folder, or an option is wrong.</exception>
    internal static FinishedRun Open(string path, params string[] changes)
    {
        path = FolderOf(path);
        (string config, string file) = (Path.Combine(path, "config.yaml"), Path.Combine(path, TrainedModel.FileName));
        if (new[] { config, file }.FirstOrDefault(name => !File.Exists(name)) is string missing)
        {
            throw new UsageException($"'{path}' has no {Path.GetFileName(missing)}. Name the folder of a run that stepnet train has finished.");
        }

        // What the model started from may be gone by now, and says nothing of the test.
        TrainedModel model = TrainedModel.Load(file);
        string[] started = RunFolder.ConfigIn(path)?.ContainsKey("weights") == true ? ["--weights", file] : [];
        TrainSettings settings = Settings(["--config", config, .. started, .. changes]);
        if (settings.Dataset.Inspection?.Digest is string digest && DigestIn(path) is string trained && digest != trained)
        {
            // Which items it held out is known by what all of them were.
            throw new UsageException($"the run in '{path}' trained on other items than '{settings.Dataset.Source}' has now. Give it what it had, or test on other data (--data).");
        }

        return new FinishedRun(settings, model);
    }

    /// <summary>Whether a path is the folder of a run, or its model file, that trained on these data: what it held out is then known.</summary>
    internal static bool IsTrainedOn(string path, string data) =>
        RunFolder.ConfigIn(FolderOf(path))?.GetValueOrDefault("data") is string said && Path.TrimEndingDirectorySeparator(said) == data;

    private static string? DigestIn(string folder)
    {
        if (SmallFile.Read(Path.Combine(folder, "summary.json")) is not string json)
        {
            return null;
        }

        using JsonDocument summary = JsonDocument.Parse(json);
        return summary.RootElement.TryGetProperty("data_digest", out JsonElement digest) ? digest.GetString() : null;
    }

    private static string FolderOf(string path) =>
        File.Exists(path) && Path.GetFileName(path) == TrainedModel.FileName ? Path.GetDirectoryName(Path.GetFullPath(path))! : path;

    /// <summary>A model file, or the one in a run's folder, before data that it need not have been trained on.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="data">Options of <c>stepnet train</c> that name the data.</param>
    /// <exception cref="UsageException">An option is wrong, or the data have other classes.</exception>
    internal static FinishedRun Before(string path, params string[] data)
    {
        TrainedModel model = TrainedModel.Load(path);
        return new FinishedRun(Settings(["--weights", path, .. data]), model, forTesting: true);
    }

    /// <summary>
    /// The data as in training, normalised as the model wants them: without validation items where training had none. Of other data those
    /// that they set aside themselves; where a user's own have no test items, all are tested.
    /// </summary>
    /// <exception cref="DataException">The set cannot be read.</exception>
    internal TrainingData Data() =>
        (_forTesting ? TrainingData.ForTesting(_settings) : TrainingData.Load(_settings, _settings.ValidationItems)) with { Mean = Card.Mean, Std = Card.Std };

    /// <summary>The first test items as the network reads them, normalised, and their labels.</summary>
    /// <param name="count">At most so many.</param>
    /// <exception cref="DataException">The set cannot be read.</exception>
    internal (NdArray Items, int[] Labels) TestItems(int count)
    {
        TrainingData data = TrainingData.Load(_settings, validationItems: 0) with { Mean = Card.Mean, Std = Card.Std };
        int n = Math.Min(count, data.Test.Count);
        Batch batch = new BatchLoader(data.Test.Take(0, n), n, data.Normalization, shuffle: false, seed: 0).Epoch(0).First();
        return (
            new NdArray([.. batch.Items.AsSpan(0, n * data.Test.ItemShape.ItemCount)], [n, .. data.Test.ItemShape.Dims]),
            [.. batch.Labels.Take(n).Select(label => (int)label)]);
    }

    private static TrainSettings Settings(string[] arguments)
    {
        ParseResult parsed = TrainCommand.Create().Parse(arguments, StepNetCommand.Literally);
        return parsed.Errors.Count == 0 ? TrainArguments.Read(parsed) : throw new UsageException(ParseErrors.Explain(parsed));
    }
}
