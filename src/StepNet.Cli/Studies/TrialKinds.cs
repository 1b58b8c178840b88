using StepNet.Experiments.Reproductions;
using StepNet.Experiments.Studies;

namespace StepNet.Cli.Studies;

/// <summary>The kinds of trial that a study may ask for.</summary>
internal static class TrialKinds
{
    /// <summary>All of them.</summary>
    /// <param name="train">Trainings, with what the command line says of how they run; null where they are only looked at.</param>
    internal static IReadOnlyList<ITrialKind> All(TrainTrialKind? train = null)
    {
        train ??= new TrainTrialKind();
        return
        [
            train,
            new SearchTrialKind(train),
            InputNoiseTrials.Kind(train),
            EulerTrials.Kind,
            MoonsTrials.Kind,
            BoundTrials.Kind(name => train.Data(new Dictionary<string, string> { ["data"] = name }) is var data
                ? (data.Train, data.Test, data.Normalization) : default),
        ];
    }
}
