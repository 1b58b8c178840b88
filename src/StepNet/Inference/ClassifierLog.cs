using Microsoft.Extensions.Logging;

namespace StepNet.Inference;

/// <summary>What a classifier tells its logger.</summary>
internal static partial class ClassifierLog
{
    [LoggerMessage(1, LogLevel.Information, "Loaded {Model}: {Parameters} parameters, items {Item}, {Classes} classes; {Threads} threads, {Concurrency} predictions at once")]
    internal static partial void Loaded(this ILogger logger, string model, int parameters, string item, int classes, int threads, int concurrency);

    [LoggerMessage(2, LogLevel.Debug, "Predicted {Items} items in {Milliseconds:f2} ms")]
    internal static partial void Predicted(this ILogger logger, int items, double milliseconds);

    [LoggerMessage(3, LogLevel.Warning, "Refused an image: {Reason}")]
    internal static partial void Refused(this ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Warning, "{Model} does not say how pixels are normalised: they are fed as they are, in [0, 1]. Load it with TrainedModel.Load, mean and std")]
    internal static partial void NotNormalized(this ILogger logger, string model);
}
