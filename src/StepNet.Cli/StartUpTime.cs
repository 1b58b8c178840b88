using System.Diagnostics;
using StepNet.Training;

namespace StepNet.Cli;

/// <summary>With <c>STEPNET_TIMING=1</c>: a line on the time from the launch to the end of the first training step.</summary>
internal static class StartUpTime
{
    private static readonly bool s_isWanted = Environment.GetEnvironmentVariable("STEPNET_TIMING") == "1";

    internal static void Report(StepResult step)
    {
        if (s_isWanted && step.Step == 0)
        {
            using Process process = Process.GetCurrentProcess();
            Progress.Line(
                $"first step done {(DateTime.Now - process.StartTime).TotalMilliseconds:n0} ms after the launch "
                + $"({Environment.CpuUsage.TotalTime.TotalMilliseconds:n0} ms of CPU), itself {1000 * step.Seconds:n0} ms");
        }
    }
}
