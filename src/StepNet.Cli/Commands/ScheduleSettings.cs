using StepNet.Optim;

namespace StepNet.Cli.Commands;

/// <summary>The course of the learning rate as asked for; null where left to its default.</summary>
/// <param name="Name"><c>constant</c>, <c>multi-step</c>, <c>cosine</c> or <c>one-cycle</c>.</param>
/// <param name="Milestones">Epochs at which multi-step multiplies the rate.</param>
/// <param name="Gamma">The factor of multi-step.</param>
/// <param name="WarmUpEpochs">Epochs of linear climb before; 0 for none.</param>
internal sealed record ScheduleSettings(string Name, IReadOnlyList<int>? Milestones, double? Gamma, double WarmUpEpochs)
{
    /// <summary>Learning rate of each step.</summary>
    /// <param name="learningRate">The highest.</param>
    /// <param name="epochs">Epochs of the run.</param>
    /// <exception cref="UsageException">An option belongs to another schedule, or the climb does not end in the run.</exception>
    public LearningRateSchedule Create(double learningRate, int epochs)
    {
        if (Name != "multi-step" && Milestones is not null)
        {
            throw new UsageException(
                $"--milestones belong to --schedule multi-step, not to {Name}. Leave them out or choose multi-step.");
        }

        if (Name != "multi-step" && Gamma is not null)
        {
            throw new UsageException($"--gamma belongs to --schedule multi-step, not to {Name}. Leave it out or choose multi-step.");
        }

        if (WarmUpEpochs >= epochs)
        {
            throw new UsageException(FormattableString.Invariant(
                $"--warmup {WarmUpEpochs} does not end within --epochs {epochs}. Give fewer epochs of warm-up than of training."));
        }

        LearningRateSchedule schedule = Name switch
        {
            "multi-step" => new MultiStepSchedule(learningRate, Milestones ?? Halfway(epochs), Gamma ?? 0.1),
            "constant" => new ConstantSchedule(learningRate),
            "cosine" => new CosineSchedule(learningRate),
            _ => new OneCycleSchedule(learningRate),
        };
        return WarmUpEpochs > 0 ? new WarmUpSchedule(schedule, WarmUpEpochs) : schedule;
    }

    // Half and three quarters of the way; of a run of one or two epochs there is less to choose.
    private static int[] Halfway(int epochs) => [.. new[] { epochs / 2, epochs * 3 / 4 }.Where(epoch => epoch > 0).Distinct()];
}
