using System.CommandLine;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet train</c>: trains a network and leaves a run folder.</summary>
internal static class TrainCommand
{
    private const string Help =
        """
        Trains a residual network and leaves a run folder: model.safetensors, metrics.csv, summary.json.

        Without options: a small network on generated figures, about a minute on two cores.
        Progress goes to stderr, data to stdout. Exit codes: 0 done, 1 internal error, 2 wrong command
        line, 3 wrong data, 4 diverged (the run folder is complete), 130 interrupted.

        Examples:
          stepnet train --step learned:0.1 --epochs 5
          stepnet train --data cifar10 --data-dir ~/data --model resnet56 --step 0.1 --out runs/h01
        """;

    internal static Command Create()
    {
        Command command = new("train", Help);
        TrainArguments.AddTo(command);
        command.SetAction(parsed => new TrainRun(TrainArguments.Read(parsed)).Run());
        return command;
    }
}
