using System.Diagnostics;
using System.Globalization;
using StepNet.Experiments.Studies;
using StepNet.Training;

namespace StepNet.Cli;

/// <summary>With <c>STEPNET_HEARTBEAT=file</c> the number of the last step goes there, once a second at most: whoever started the run sees that it moves.</summary>
internal static class Heartbeat
{
    private static readonly string? s_path = Environment.GetEnvironmentVariable("STEPNET_HEARTBEAT");
    private static long s_last;

    internal static void Note(in StepResult step)
    {
        if (string.IsNullOrEmpty(s_path) || (s_last != 0 && Stopwatch.GetElapsedTime(s_last).TotalSeconds < 1))
        {
            return;
        }

        s_last = Stopwatch.GetTimestamp();
        try
        {
            SmallFile.Write(s_path, step.Step.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A missed beat is no reason to end a run.
        }
    }
}
