namespace StepNet.Cli;

/// <summary>What the process returns; part of the interface that scripts rely on, see docs/cli.md.</summary>
internal static class ExitCode
{
    internal const int Ok = 0;
    internal const int Internal = 1;
    internal const int Usage = 2;
    internal const int Data = 3;
    internal const int Diverged = 4;
    internal const int Incomplete = 5;
    internal const int Interrupted = 130;
}
