using System.Text;

namespace StepNet.Cli;

/// <summary>
/// A few lines at the foot of a terminal, drawn anew some times a second; what is written meanwhile stays above them. The cursor
/// rests below and stays visible, so however the process ends there is nothing to repair.
/// </summary>
/// <remarks>Own code, for Spectre.Console took 0.12 s of processor time to draw the first line.</remarks>
internal sealed class LiveView : IDisposable
{
    private const int PeriodMilliseconds = 150;

    private static readonly Lock s_gate = new();
    private static LiveView? s_shown;

    private readonly Func<int, IEnumerable<string>> _lines;
    private readonly Timer _timer;
    private int _drawn;

    private LiveView(Func<int, IEnumerable<string>> lines)
    {
        _lines = lines;

        // On a thread of the pool: a terminal that is held (Ctrl+S) holds no training step.
        _timer = new Timer(_ => Tick(), null, PeriodMilliseconds, PeriodMilliseconds);
    }

    /// <summary>Whether stderr is a terminal that can move its cursor and show bars.</summary>
    internal static bool IsPossible =>
        !Console.IsErrorRedirected
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb")
        && Console.Error.Encoding.WebName == Encoding.UTF8.WebName;

    /// <summary>Shows lines until disposed.</summary>
    /// <param name="lines">Gives them for a width in columns, without line ends; called on another thread.</param>
    internal static LiveView Show(Func<int, IEnumerable<string>> lines)
    {
        lock (s_gate)
        {
            return s_shown = new LiveView(lines);
        }
    }

    /// <summary>Writes a line that stays; above the view where one is shown.</summary>
    internal static void WriteAbove(string text)
    {
        lock (s_gate)
        {
            Write($"{s_shown?.Erase()}{text}{Environment.NewLine}{s_shown?.Draw()}");
        }
    }

    /// <summary>Takes the lines away.</summary>
    public void Dispose()
    {
        lock (s_gate)
        {
            _timer.Dispose();
            Write(Erase());
            s_shown = null;
        }
    }

    private void Tick()
    {
        // A tick that comes while another draws has nothing to add.
        if (s_gate.TryEnter())
        {
            try
            {
                if (s_shown == this)
                {
                    Write(Erase() + Draw());
                }
            }
            finally
            {
                s_gate.Exit();
            }
        }
    }

    // A terminal may be closed, and what runs goes on: it is saved in files.
    private static void Write(string text)
    {
        try
        {
            Console.Error.Write(text);
        }
        catch (IOException)
        {
            s_shown = null;
        }
    }

    private string Erase()
    {
        string erase = _drawn == 0 ? "" : $"\r\e[{_drawn}A\e[J";
        _drawn = 0;
        return erase;
    }

    private string Draw()
    {
        // The last column stays free, for some terminals wrap there. A terminal without a size says 0.
        StringBuilder text = new();
        foreach (string line in _lines((Console.WindowWidth > 0 ? Console.WindowWidth : 80) - 1))
        {
            _ = text.Append(line).Append('\n');
            _drawn++;
        }

        return text.ToString();
    }
}
