using System.CommandLine;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet sweep</c>: studies of many trials.</summary>
internal static class SweepCommand
{
    internal static Command Create() => new("sweep", "Runs a study of many trials, and shows what came out.")
    {
        SweepRunCommand.CreateRun(),
        SweepRunCommand.CreateResume(),
        SweepLookCommand.CreateStatus(),
        SweepLookCommand.CreateList(),
        SweepLookCommand.CreateRows(),
    };
}
