using StepNet.Optim;

namespace StepNet.Cli.Commands;

/// <summary>The optimiser as asked for, defaults filled in; null where a number is none of its own.</summary>
internal sealed record OptimizerSettings
{
    /// <summary><c>sgd</c>, <c>adam</c>, <c>adamw</c> or <c>rmsprop</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Highest rate of the schedule.</summary>
    public required double LearningRate { get; init; }

    public required double? Momentum { get; init; }

    public required bool Nesterov { get; init; }

    public required double? Beta1 { get; init; }

    public required double? Beta2 { get; init; }

    public required double? Epsilon { get; init; }

    public required double WeightDecay { get; init; }

    /// <summary><c>all</c> or <c>weights</c>.</summary>
    public required string Decay { get; init; }

    public required double? ClipNorm { get; init; }

    public required double? ClipValue { get; init; }

    /// <summary>A new optimiser, for one run.</summary>
    public Optimizer Create()
    {
        Optimizer optimizer = Name switch
        {
            "adam" => new Adam(Beta1!.Value, Beta2!.Value, Epsilon!.Value, WeightDecay),
            "adamw" => new AdamW(Beta1!.Value, Beta2!.Value, Epsilon!.Value, WeightDecay),
            "rmsprop" => new RmsProp(Beta2!.Value, Epsilon!.Value, Momentum!.Value, WeightDecay),
            _ => new Sgd(Momentum!.Value, WeightDecay, Nesterov),
        };
        (optimizer.ClipNorm, optimizer.ClipValue) = (ClipNorm, ClipValue);
        optimizer.DecayScope = Decay == "weights" ? DecayScope.Weights : DecayScope.All;
        return optimizer;
    }
}
