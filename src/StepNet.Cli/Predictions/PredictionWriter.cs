using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using StepNet.Experiments.Studies;
using StepNet.Inference;

namespace StepNet.Cli.Predictions;

/// <summary>Predictions as a table for readers, as CSV, or as JSON.</summary>
internal static class PredictionWriter
{
    internal const string Table = "table", Csv = "csv", Json = "json";

    /// <summary>Writes all of them.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="format">One of the constants.</param>
    /// <param name="predictions">Names of items and what was said of them.</param>
    /// <param name="top">Classes of each, the best first.</param>
    internal static void Write(TextWriter writer, string format, IReadOnlyList<(string Name, Prediction Prediction)> predictions, int top)
    {
        switch (format)
        {
            case Csv:
                writer.Write(CsvTable.Line(["input", "rank", "class", "index", "probability"]));
                foreach ((string name, Prediction prediction) in predictions)
                {
                    foreach ((int rank, ClassProbability one) in prediction.Top(top).Index())
                    {
                        writer.Write(CsvTable.Line([name, Text(rank + 1), one.Name, Text(one.Index), one.Probability.ToString("r", CultureInfo.InvariantCulture)]));
                    }
                }

                break;
            case Json:
                PredictionListing[] list = [.. predictions.Select(one => new PredictionListing(
                    one.Name, [.. one.Prediction.Top(top).Select(c => new ClassListing(c.Name, c.Index, c.Probability))]))];
                writer.WriteLine(JsonSerializer.Serialize(list, PredictionJson.Default.PredictionListingArray));
                break;
            default:
                int columns = Math.Min(top, predictions[0].Prediction.Probabilities.Count);
                Cli.Table.Write(
                    writer,
                    ["input", .. Enumerable.Range(1, columns).SelectMany(rank => (string[])[rank == 1 ? "class" : $"{rank}.", ">%"])],
                    [.. predictions.Select(one => (string[])[
                        one.Name, .. one.Prediction.Top(top).SelectMany(c => (string[])[c.Name, (100 * c.Probability).ToString("f1", CultureInfo.InvariantCulture)])])]);
                break;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>An item in the JSON array.</summary>
/// <param name="Input">Its name.</param>
/// <param name="Top">Its most probable classes, the best first.</param>
internal sealed record PredictionListing(string Input, ClassListing[] Top);

/// <summary>A class in the JSON array.</summary>
/// <param name="Class">Name.</param>
/// <param name="Index">Place of its logit, from 0.</param>
/// <param name="Probability">In [0, 1].</param>
internal sealed record ClassListing(string Class, int Index, double Probability);

/// <summary>Serialises without reflection: the command starts faster.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(PredictionListing[]))]
internal sealed partial class PredictionJson : JsonSerializerContext;
