using StepNet.Experiments.Search;

namespace StepNet.Experiments.Studies;

/// <summary>How trials are chosen where not all combinations run.</summary>
public sealed record SearchPlan
{
    /// <summary>How.</summary>
    public required SearchMethod Method { get; init; }

    /// <summary>Settings that are tried, each with every seed; of halving those of the first rung.</summary>
    public required int Settings { get; init; }

    /// <summary>Settings proposed at once, before the results of any of them are looked at. Fixed here, so that what runs does not depend on how many processes run it.</summary>
    public int AtOnce { get; init; } = 1;

    /// <summary>Of the proposals.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Name of the measure that is to be best, over the mean of the seeds.</summary>
    public required string Measure { get; init; }

    /// <summary>Of halving: the setting that is the budget, <c>epochs</c> for instance.</summary>
    public string Budget { get; init; } = "epochs";

    /// <summary>Of halving: least budget.</summary>
    public int MinBudget { get; init; } = 1;

    /// <summary>Of halving: greatest budget.</summary>
    public int MaxBudget { get; init; } = 1;

    /// <summary>Of halving: how many times fewer settings from rung to rung.</summary>
    public int Factor { get; init; } = 3;

    /// <summary>Of halving: its rungs.</summary>
    public SuccessiveHalving Halving => new(Settings, MinBudget, MaxBudget, Factor);
}
