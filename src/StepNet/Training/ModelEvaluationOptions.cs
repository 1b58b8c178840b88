using StepNet.Data;
using StepNet.Metrics;

namespace StepNet.Training;

/// <summary>How a <see cref="ModelEvaluation"/> is made.</summary>
public sealed record ModelEvaluationOptions
{
    /// <summary>Applied to each item, as normalisation.</summary>
    public IReadOnlyList<ITransform> Transforms { get; init; } = [];

    /// <summary>Bins of the reliability diagram, at least 1.</summary>
    public int Bins { get; init; } = Reliability.DefaultBins;

    /// <summary>Levels of noise that the test is repeated with, each at least 0; none for no such test.</summary>
    public IReadOnlyList<double> NoiseLevels { get; init; } = [];

    /// <summary>A set with noise of a level added, such as <see cref="NoisyPixels"/>; needed where there are levels.</summary>
    public Func<IDataset, double, IDataset>? Noise { get; init; }

    /// <summary>Items a batch, at least 1; the numbers do not depend on it.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Threads, or 0: see <see cref="Execution.ThreadCount"/>.</summary>
    public int Threads { get; init; }
}
