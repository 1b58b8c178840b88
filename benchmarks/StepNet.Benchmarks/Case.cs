using System.Globalization;
using StepNet.Models;

namespace StepNet.Benchmarks;

/// <summary>A line of the table: a network and what is done with it.</summary>
/// <param name="Name">As <c>--cases</c> takes it.</param>
/// <param name="Title">As the table shows it.</param>
/// <param name="Model">As <see cref="ModelCatalog.Options"/> reads it.</param>
/// <param name="Mode"><c>train</c> or <c>infer</c>.</param>
internal sealed record Case(string Name, string Title, string Model, string Mode)
{
    /// <summary>Items a step.</summary>
    public int Batch { get; init; } = 128;

    /// <summary><c>batch</c> or <c>none</c>.</summary>
    public string Norm { get; init; } = "batch";

    /// <summary><c>sgd</c> or <c>adam</c>.</summary>
    public string Optimizer { get; init; } = "sgd";

    /// <summary>Small enough that noise for data does not make the loss NaN.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Characters of a text; null for images.</summary>
    public int? Length { get; init; }

    /// <summary>Steps before the clock starts; fewer where a step takes seconds.</summary>
    public int Warmup { get; init; } = 3;

    /// <summary>What its figures are to reach.</summary>
    public IReadOnlyList<Goal> Goals { get; init; } = [];

    public bool Infers => Mode == "infer";

    /// <summary>Whether the machine's limits are measured beside it, in every round.</summary>
    public bool BesideLimits => Goals.Any(goal => goal.Measurand == Measurand.OverPeak);

    /// <summary>Options that <c>measure</c> and <c>train_speed.py</c> share.</summary>
    public IEnumerable<string> Arguments(int threads, double seconds)
    {
        string[] all =
        [
            "--model", Model, "--mode", Mode, "--batch", Text(Batch), "--norm", Norm, "--optimizer", Optimizer,
            "--lr", Text(LearningRate), "--threads", Text(threads), "--seconds", Text(seconds), "--warmup", Text(Warmup),
        ];
        return Length is int length ? [.. all, "--length", Text(length)] : all;
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
