using System.Globalization;
using StepNet.Cli.Commands;
using StepNet.Data;
using StepNet.Nn;

namespace StepNet.Cli;

/// <summary><c>--step auto</c>: the step factor of a run, chosen from its own network and data.</summary>
internal static class AutoStep
{
    /// <summary>The word.</summary>
    internal const string Word = "auto";

    // Norms of Jacobians hardly differ from item to item, so a few stand for the batch.
    private const int Items = 32;

    /// <summary>The same settings with the number that the rule gives, as if it had been asked for; says what it was made from.</summary>
    /// <param name="settings">With a gain.</param>
    /// <param name="model">Initialised.</param>
    /// <param name="data">The run's.</param>
    /// <exception cref="UsageException">The rule does not apply to the network.</exception>
    internal static TrainSettings Resolve(TrainSettings settings, Module model, TrainingData data)
    {
        int n = Math.Min(Items, data.Train.Count);
        Batch batch = new BatchLoader(data.Train, n, data.Normalization, shuffle: true, settings.Seed).Epoch(0).First();
        NdArray items = new([.. batch.Items.AsSpan(0, n * data.Train.ItemShape.ItemCount)], [n, .. data.Train.ItemShape.Dims]);
        StepRule rule;
        try
        {
            rule = StepRule.Choose(model, items, settings.StepGain!.Value, settings.Seed, settings.Threads);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new UsageException($"--step {Word}: {e.Message}");
        }

        string h = rule.Step.ToString(CultureInfo.InvariantCulture);
        Progress.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"step {h}: (1 + h W)^D at most {rule.Gain:g6} with W {rule.W:g4} ({rule.WidestBlock}, of {n} items) and D {rule.Blocks}; "
            + $"Proposition 1 alone would allow {rule.PropositionOne:g3}"));
        return settings with
        {
            Model = settings.Model.With("step", h),
            StepGain = null,
            Config = [.. settings.Config.Where(pair => pair.Key != "step-gain").Select(pair => pair.Key == "step" ? new(pair.Key, h) : pair)],
        };
    }
}
