using StepNet.Cli.Commands;
using StepNet.Data;
using StepNet.Export;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Cli;

/// <summary>The folder of a run that has a model, to be looked at: the network as it was kept, and its test set.</summary>
internal sealed class FinishedRun
{
    private readonly TrainSettings _settings;

    private FinishedRun(TrainSettings settings, ModelCard card, Module model) => (_settings, Card, Model) = (settings, card, model);

    /// <summary>What the model is.</summary>
    internal ModelCard Card { get; }

    /// <summary>With the values of <c>model.safetensors</c>.</summary>
    internal Module Model { get; }

    /// <summary>Whether items are texts: ids, which no number may be added to.</summary>
    internal bool IsText => _settings.Dataset.IsText;

    /// <summary>Reads a run's folder.</summary>
    /// <exception cref="UsageException">It is no such folder.</exception>
    internal static FinishedRun Open(string path)
    {
        (string config, string file) = (Path.Combine(path, "config.yaml"), Path.Combine(path, "model.safetensors"));
        if (new[] { config, file }.FirstOrDefault(name => !File.Exists(name)) is string missing)
        {
            throw new UsageException($"'{path}' has no {Path.GetFileName(missing)}. Name the folder of a run that stepnet train has finished.");
        }

        TrainSettings settings = TrainArguments.Read(TrainCommand.Create().Parse(["--config", config]));
        SafeTensorFile tensors = SafeTensors.Read(file);
        try
        {
            ModelCard card = ModelCard.Parse(tensors.Metadata);
            Module model = card.Options.Create();
            ModelFile.CopyTo(tensors, model, file);
            return new FinishedRun(settings, card, model);
        }
        catch (FormatException e)
        {
            throw new UsageException($"'{file}': {e.Message}");
        }
    }

    /// <summary>The first test items as the network reads them, normalised, and their labels.</summary>
    /// <param name="count">At most so many.</param>
    /// <exception cref="DataException">The set cannot be read.</exception>
    internal (NdArray Items, int[] Labels) TestItems(int count)
    {
        TrainingData data = TrainingData.Load(_settings, validationItems: 0);
        int n = Math.Min(count, data.Test.Count);
        Batch batch = new BatchLoader(data.Test.Take(0, n), n, data.Normalization, shuffle: false, seed: 0).Epoch(0).First();
        return (
            new NdArray([.. batch.Items.AsSpan(0, n * data.Test.ItemShape.ItemCount)], [n, .. data.Test.ItemShape.Dims]),
            [.. batch.Labels.Take(n).Select(label => (int)label)]);
    }
}
