using System.Diagnostics;

namespace StepNet.Cli;

/// <summary>Shows on stderr how something goes: one line that is written over on a terminal, elsewhere a line now and then.</summary>
/// <param name="isSlow">Whether to begin at once; otherwise what is done within ten seconds leaves no line in a file.</param>
internal sealed class ProgressLine(bool isSlow)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10), s_frame = TimeSpan.FromSeconds(0.1);

    private readonly bool _terminal = !Console.IsErrorRedirected;
    private readonly Lock _gate = new();
    private long _shown = isSlow ? 0 : Stopwatch.GetTimestamp();
    private bool _begun = isSlow;
    private bool _open;

    /// <summary>Any number of threads may call.</summary>
    /// <param name="text">The line.</param>
    /// <param name="isComplete">Whether it is the last.</param>
    internal void Show(string text, bool isComplete)
    {
        lock (_gate)
        {
            bool due = _shown == 0 || Stopwatch.GetElapsedTime(_shown) > (_terminal ? s_frame : s_interval);
            if (Progress.IsQuiet || !(due || (isComplete && _begun)))
            {
                return;
            }

            (_shown, _begun, _open) = (Stopwatch.GetTimestamp(), true, _terminal && !isComplete);
            if (_terminal)
            {
                // Blanks wipe what a longer line left behind.
                Console.Error.Write($"\r{text,-78}{(isComplete ? "\n" : "")}");
            }
            else
            {
                Progress.Line(text);
            }
        }
    }

    /// <summary>Leaves the line of a terminal, wherever it broke off.</summary>
    internal void End()
    {
        if (_open)
        {
            Console.Error.WriteLine();
        }
    }
}
