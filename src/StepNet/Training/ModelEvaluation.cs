using StepNet.Data;
using StepNet.Graph;
using StepNet.Metrics;
using StepNet.Nn;

namespace StepNet.Training;

/// <summary>What is to be known of a trained classifier: what it confuses, how far its confidence can be believed, how it stands noise.</summary>
public sealed record ModelEvaluation
{
    /// <summary>Which classes are taken for which, with precision, recall and F1 of each.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>Mean cross-entropy.</summary>
    public required double Loss { get; init; }

    /// <summary>Confidence against accuracy.</summary>
    public required Reliability Reliability { get; init; }

    /// <summary>Temperature fitted on the validation items, see <see cref="TemperatureScaling"/>; null without such items.</summary>
    public required double? Temperature { get; init; }

    /// <summary>Mean cross-entropy at that temperature; null without one.</summary>
    public required double? ScaledLoss { get; init; }

    /// <summary>Confidence against accuracy at that temperature; null without one.</summary>
    public required Reliability? ScaledReliability { get; init; }

    /// <summary>The test repeated with noise, the first without; empty where none was asked for.</summary>
    public required IReadOnlyList<NoiseResult> Noise { get; init; }

    /// <summary>Tests a model.</summary>
    /// <param name="model">Items to logits <c>[N, classes]</c>.</param>
    /// <param name="test">Items that played no part in training or in choosing; not empty.</param>
    /// <param name="validation">Other items, held out of training, to fit the temperature on; null for none.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends the work between two batches.</param>
    /// <exception cref="ShapeMismatchException">The model does not take the items, or has not one logit for each class of the set.</exception>
    /// <exception cref="ArgumentException">There are levels of noise and no noise.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped it.</exception>
    public static ModelEvaluation Of(
        Module model, IDataset test, IDataset? validation, ModelEvaluationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.NoiseLevels.Count > 0 && options.Noise is null)
        {
            throw new ArgumentException("Levels of noise, but no noise that has them. Give both, or no levels.", nameof(options));
        }

        LabelledLogits logits = Predict(test);
        double loss = logits.Loss();
        ConfusionMatrix confusion = logits.Confusion();
        double? temperature = validation is null ? null : TemperatureScaling.Fit(Predict(validation));
        List<NoiseResult> noise = options.NoiseLevels.Count > 0 ? [new NoiseResult(0, confusion.Accuracy, loss)] : [];
        foreach (double level in options.NoiseLevels.Where(level => level > 0))
        {
            LabelledLogits noisy = Predict(options.Noise!(test, level));
            noise.Add(new NoiseResult(level, noisy.Confusion().Accuracy, noisy.Loss()));
        }

        return new ModelEvaluation
        {
            Confusion = confusion,
            Loss = loss,
            Reliability = Reliability.Of(logits, bins: options.Bins),
            Temperature = temperature,
            ScaledLoss = temperature is double t ? logits.Loss(t) : null,
            ScaledReliability = temperature is double scale ? Reliability.Of(logits, scale, options.Bins) : null,
            Noise = noise,
        };

        LabelledLogits Predict(IDataset set)
        {
            using Evaluator evaluator = new(model, set, options.Transforms, options.BatchSize, options.Threads);
            return evaluator.Predict(cancellation);
        }
    }
}
