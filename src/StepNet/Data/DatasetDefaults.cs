namespace StepNet.Data;

/// <summary>How a network is trained on a set where nothing else is said.</summary>
/// <param name="Model">Name of the network.</param>
/// <param name="Epochs">Passes over the training items.</param>
/// <param name="BatchSize">Items per step.</param>
/// <param name="LearningRate">The highest of the schedule.</param>
/// <param name="WeightDecay">L2 penalty.</param>
/// <param name="Augmentation">Augmentation of training items in the words of the command line: <c>crop:4,flip</c>, or <c>none</c>.</param>
public sealed record DatasetDefaults(
    string Model, int Epochs, int BatchSize, double LearningRate, double WeightDecay, string Augmentation)
{
    /// <summary>Options of the network, where they are not its usual ones, in the words of the command line: <c>head</c>, <c>max</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ModelWords { get; init; } = [];
}
