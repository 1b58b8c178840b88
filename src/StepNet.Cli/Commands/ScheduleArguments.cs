using System.CommandLine;
using System.Globalization;

namespace StepNet.Cli.Commands;

/// <summary>Options that make the course of the learning rate.</summary>
internal static class ScheduleArguments
{
    private static readonly Option<string?> s_schedule = Cli.Options.Word(
        "--schedule", "Course of the learning rate. [default: one-cycle]", "constant", "multi-step", "cosine", "one-cycle");

    private static readonly Option<int[]?> s_milestones = Cli.Options.Of<int[]?>(
        "--milestones", "e,e,...", "Epochs at which multi-step multiplies the rate, such as 80,120. [default: 1/2 and 3/4 of --epochs]",
        ParseMilestones);

    private static readonly Option<double?> s_gamma = Cli.Options.Number(
        "--gamma", "g", 1e-6, 1.0, "Factor of multi-step at each milestone", "0.1");

    private static readonly Option<double?> s_warmUp = Cli.Options.Number(
        "--warmup", "epochs", 0.0, 1e6, "Epochs, or parts of one, of a linear climb in front of any schedule", "0");

    /// <summary>All options, in the order of the help.</summary>
    internal static IReadOnlyList<Option> Options => [s_schedule, s_milestones, s_gamma, s_warmUp];

    /// <summary>What was asked for.</summary>
    internal static ScheduleSettings Read(ResolvedOptions options) => new(
        options.Value(s_schedule, "one-cycle"), options.Value(s_milestones), options.Value(s_gamma), options.Value(s_warmUp, 0.0));

    private static int[] ParseMilestones(string text)
    {
        string[] parts = text.Split(',');
        int[] milestones = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out milestones[i])
                || (i > 0 && milestones[i] <= milestones[i - 1]))
            {
                throw new FormatException($"'{text}', expected rising epoch numbers such as 80,120.");
            }
        }

        return milestones;
    }
}
