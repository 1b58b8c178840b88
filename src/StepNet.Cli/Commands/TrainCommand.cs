using System.CommandLine;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet train</c>: trains a network and leaves a run folder.</summary>
internal static class TrainCommand
{
    private const string Summary = "Trains a residual network and leaves a run folder with the model, its rows and its settings.";

    private const string Details =
        """
        Without options: a small network on generated figures, about a minute on two cores.
        Progress goes to stderr, as a live view where that is a terminal; stdout is for data.
        Exit codes: 0 done, 1 internal error or a file not written, 2 wrong command line, 3 wrong data,
        4 diverged (the run folder is complete), 130 interrupted: Ctrl+C, SIGTERM and SIGUSR1
        save, and --resume goes on bit for bit.
        """;

    private const string Examples =
        """
        stepnet train --step learned:0.1 --epochs 5
        stepnet train --data mnist
        stepnet train --data cifar10 --model resnet56 --step 0.1 --out runs/h01
        stepnet train --config runs/h01/config.yaml --seed 2
        stepnet train --resume --out runs/h01
        """;

    internal static Command Create()
    {
        GroupedCommand command = new("train", Summary, Details, Examples, TrainArguments.Groups);
        command.SetAction(parsed =>
        {
            Progress.IsQuiet = TrainArguments.IsQuiet(parsed);
            using TrainRun run = TrainArguments.IsResume(parsed, out string? folder) ? TrainRun.Resume(folder, parsed) : new TrainRun(TrainArguments.Read(parsed));
            return run.Run();
        });
        return command;
    }
}
