using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StepNet.Export;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Training;

namespace StepNet.Cli;

/// <summary>The folder of one run. Every file in it is whole at any moment: readers see the old one or the new one.</summary>
internal sealed class RunFolder
{
    private const string Header =
        "epoch,steps,train_loss,train_accuracy,test_loss,test_accuracy,lr,seconds,images_per_second\n";

    // The file is no HTML: a plus sign stays one.
    private static readonly RunSummaryJson s_json = new(new JsonSerializerOptions(RunSummaryJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private RunFolder(string path) => FullPath = path;

    /// <summary>Where it lies, as the user named it.</summary>
    internal string FullPath { get; }

    /// <summary>Makes the folder.</summary>
    /// <param name="path">As the user named it: new or empty. Null for the first free <c>runs/STEM-n</c>.</param>
    /// <param name="stem">Start of a name.</param>
    internal static RunFolder Create(string? path, string stem)
    {
        for (int n = 1; path is null; n++)
        {
            string candidate = Path.Combine("runs", $"{stem}-{n}");
            path = Directory.Exists(candidate) || File.Exists(candidate) ? null : candidate;
        }

        if (File.Exists(path))
        {
            throw new UsageException($"--out '{path}' is a file. Name a new or an empty folder.");
        }

        try
        {
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new UsageException($"--out '{path}' is not empty. Name a new or an empty folder, or leave --out away.");
            }

            Directory.CreateDirectory(path);
            return new RunFolder(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--out '{path}' cannot be made ({e.Message.TrimEnd('.')}). Name a folder that you may write to.");
        }
    }

    /// <summary><c>model.safetensors</c>: the model's present values.</summary>
    internal void WriteModel(Module model, ModelCard card) =>
        ModelFile.Save(Path.Combine(FullPath, "model.safetensors"), model, card.ToMetadata());

    /// <summary><c>metrics.csv</c>: a header and a row per epoch; an empty cell where there was no test.</summary>
    internal void WriteMetrics(IEnumerable<EpochResult> epochs)
    {
        StringBuilder csv = new(Header);
        foreach (EpochResult e in epochs)
        {
            _ = csv.Append(CultureInfo.InvariantCulture, $"{e.Epoch},{e.Steps},{e.Loss},{e.Accuracy},{e.Test?.Loss},{e.Test?.Accuracy},")
                .Append(CultureInfo.InvariantCulture, $"{e.LearningRate},{e.Seconds:f3},{e.ImagesPerSecond:f1}\n");
        }

        Write("metrics.csv", csv.ToString());
    }

    /// <summary><c>summary.json</c>, written last: a folder that has it is complete.</summary>
    internal void WriteSummary(RunSummary summary) => Write("summary.json", ToJson(summary) + "\n");

    /// <summary>The summary as one JSON object.</summary>
    internal static string ToJson(RunSummary summary) => JsonSerializer.Serialize(summary, s_json.RunSummary);

    private void Write(string name, string text) =>
        AtomicFile.Write(Path.Combine(FullPath, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
