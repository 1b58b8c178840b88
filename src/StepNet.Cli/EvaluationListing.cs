using System.Text.Json.Serialization;
using StepNet.Metrics;
using StepNet.Training;

namespace StepNet.Cli;

/// <summary>What <c>stepnet evaluate --json</c> prints. Shares lie in [0, 1]; null where there is no such number.</summary>
internal sealed record EvaluationListing
{
    public required string Model { get; init; }

    public required string Data { get; init; }

    public required int Items { get; init; }

    public required double Accuracy { get; init; }

    public required double Loss { get; init; }

    public required double MacroPrecision { get; init; }

    public required double MacroRecall { get; init; }

    public required double MacroF1 { get; init; }

    public required double ExpectedCalibrationError { get; init; }

    public required double? Temperature { get; init; }

    public required double? ScaledLoss { get; init; }

    public required double? ScaledCalibrationError { get; init; }

    public required IReadOnlyList<ClassScoresListing> Classes { get; init; }

    /// <summary>A row for each class, a column for each that its items were taken for.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    public required IReadOnlyList<ReliabilityListing> Reliability { get; init; }

    public required IReadOnlyList<NoiseListing> Noise { get; init; }

    internal static EvaluationListing Of(ModelEvaluation evaluation, IReadOnlyList<string> classes, string model, string data)
    {
        ConfusionMatrix confusion = evaluation.Confusion;
        return new EvaluationListing
        {
            Model = model,
            Data = data,
            Items = confusion.Items,
            Accuracy = confusion.Accuracy,
            Loss = evaluation.Loss,
            MacroPrecision = confusion.MacroPrecision,
            MacroRecall = confusion.MacroRecall,
            MacroF1 = confusion.MacroF1,
            ExpectedCalibrationError = evaluation.Reliability.ExpectedCalibrationError,
            Temperature = evaluation.Temperature,
            ScaledLoss = evaluation.ScaledLoss,
            ScaledCalibrationError = evaluation.ScaledReliability?.ExpectedCalibrationError,
            Classes = [.. classes.Select((name, c) => ClassScoresListing.Of(name, confusion.Scores(c)))],
            Confusion = [.. classes.Select((_, label) => (int[])[.. classes.Select((_, predicted) => confusion[label, predicted])])],
            Reliability = [.. evaluation.Reliability.Bins.Where(bin => bin.Items > 0)
                .Select(bin => new ReliabilityListing(bin.Low, bin.High, bin.Items, bin.Confidence, bin.Accuracy))],
            Noise = [.. evaluation.Noise.Select(one => new NoiseListing(one.Level, one.Accuracy, Finite(one.Loss)))],
        };
    }

    internal static double? Finite(double number) => double.IsFinite(number) ? number : null;
}

/// <summary>Scores of a class.</summary>
internal sealed record ClassScoresListing(string Class, int Items, int Predicted, int Correct, double? Precision, double? Recall, double? F1)
{
    internal static ClassScoresListing Of(string name, ClassScores scores) => new(
        name, scores.Items, scores.Predicted, scores.Correct,
        EvaluationListing.Finite(scores.Precision), EvaluationListing.Finite(scores.Recall), EvaluationListing.Finite(scores.F1));
}

/// <summary>A bin of the reliability diagram that has items.</summary>
internal sealed record ReliabilityListing(double Low, double High, int Items, double Confidence, double Accuracy);

/// <summary>A test with noise; no loss where the model's logits are not finite.</summary>
internal sealed record NoiseListing(double Level, double Accuracy, double? Loss);

/// <summary>Serialises without reflection: the command starts faster.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(EvaluationListing))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
