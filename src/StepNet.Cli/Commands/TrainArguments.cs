using System.CommandLine;
using System.Globalization;
using StepNet.Execution;

namespace StepNet.Cli.Commands;

/// <summary>Options of <c>stepnet train</c>, and the settings that they make together with the defaults of the data set.</summary>
internal static class TrainArguments
{
    private static readonly Option<string?> s_data = Options.Word(
        "--data", "Data set: shapes are generated, cifar10 is read from --data-dir. [default: shapes]", TrainingData.Names);

    private static readonly Option<string?> s_dataDir = Options.Of<string?>(
        "--data-dir", "folder", "Folder with cifar-10-batches-bin or cifar-10-binary.tar.gz.", text => text);

    private static readonly Option<int?> s_trainItems = Options.Number(
        "--train-items", "n", 1, 10_000_000, "Items of an epoch", "shapes 6000, cifar10 all 50000");

    private static readonly Option<int?> s_testItems = Options.Number(
        "--test-items", "n", 1, 10_000_000, "Items of the test set", "shapes 2000, cifar10 all 10000");

    private static readonly ModelArguments s_model = new("shapes resnet8, cifar10 resnet20");

    private static readonly Option<int?> s_epochs = Options.Number(
        "--epochs", "n", 1, 1_000_000, "Passes over the training set", "shapes 12, cifar10 10");

    private static readonly Option<int?> s_batch = Options.Number(
        "--batch", "n", 1, 65_536, "Images per step", "shapes 64, cifar10 32");

    private static readonly Option<double?> s_lr = Options.Number(
        "--lr", "rate", 1e-12, 1e12, "Learning rate, the highest of the schedule", "0.2");

    private static readonly Option<double?> s_momentum = Options.Number(
        "--momentum", "m", 0.0, 0.9999, "Momentum of SGD", "0.9");

    private static readonly Option<double?> s_weightDecay = Options.Number(
        "--weight-decay", "d", 0.0, 10.0, "L2 penalty, not on s and h", "shapes 5e-4, cifar10 1e-4");

    private static readonly Option<string?> s_schedule = Options.Word(
        "--schedule", "Course of the learning rate. [default: one-cycle]", "constant", "multi-step", "one-cycle");

    private static readonly Option<int[]?> s_milestones = Options.Of<int[]?>(
        "--milestones", "e,e,...", "Epochs at which multi-step divides the rate by 10, such as 80,120. [default: 1/2 and 3/4 of --epochs]",
        ParseMilestones);

    private static readonly Option<ulong?> s_seed = Options.Number<ulong>(
        "--seed", "n", 0, ulong.MaxValue, "Seed of parameters, order and augmentation: equal seeds give equal models", "1");

    private static readonly Option<int?> s_threads = Options.Number(
        "--threads", "n", 0, ThreadCount.Max, "Threads", "STEPNET_THREADS, SLURM_CPUS_PER_TASK, or one per processor");

    private static readonly Option<long?> s_maxSteps = Options.Number<long>(
        "--max-steps", "n", 1, long.MaxValue, "Steps after which the run ends early: the schedule keeps the plan of all epochs", "all epochs");

    private static readonly Option<string?> s_out = Options.Of<string?>(
        "--out", "folder", "Run folder, new or empty. [default: runs/<model>-<data>-<n>, the first free n]", text => text);

    private static readonly Option<bool> s_json = new("--json") { Description = "Writes the summary to stdout as one JSON object." };

    /// <summary>Adds all options, in the order of the help.</summary>
    internal static void AddTo(Command command)
    {
        Option[] options =
        [
            s_data, s_dataDir, s_trainItems, s_testItems, .. s_model.Options, s_epochs, s_batch,
            s_lr, s_momentum, s_weightDecay, s_schedule, s_milestones, s_seed, s_threads, s_maxSteps, s_out, s_json,
        ];
        foreach (Option option in options)
        {
            command.Add(option);
        }
    }

    /// <summary>What was asked for.</summary>
    internal static TrainSettings Read(ParseResult parsed)
    {
        string data = parsed.GetValue(s_data) ?? "shapes";
        bool cifar = data == "cifar10";
        return new TrainSettings
        {
            Data = data,
            DataFolder = parsed.GetValue(s_dataDir),
            TrainItems = parsed.GetValue(s_trainItems),
            TestItems = parsed.GetValue(s_testItems),
            Model = s_model.Read(parsed, depth: cifar ? 20 : 8),
            Epochs = parsed.GetValue(s_epochs) ?? (cifar ? 10 : 12),
            Batch = parsed.GetValue(s_batch) ?? (cifar ? 32 : 64),
            LearningRate = parsed.GetValue(s_lr) ?? 0.2,
            Momentum = parsed.GetValue(s_momentum) ?? 0.9,
            WeightDecay = parsed.GetValue(s_weightDecay) ?? (cifar ? 1e-4 : 5e-4),
            ScheduleName = parsed.GetValue(s_schedule) ?? "one-cycle",
            // The parser makes an empty array of an option that was not given.
            Milestones = parsed.GetValue(s_milestones) is { Length: > 0 } milestones ? milestones : null,
            Seed = parsed.GetValue(s_seed) ?? 1,
            Threads = ThreadCount.Resolve(parsed.GetValue(s_threads) ?? 0),
            MaxSteps = parsed.GetValue(s_maxSteps),
            OutFolder = parsed.GetValue(s_out),
            Json = parsed.GetValue(s_json),
        };
    }

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
