using System.Diagnostics;
using System.Globalization;

namespace StepNet.Experiments.Studies;

/// <summary>
/// A process that runs trials, as others see it: a small file that changes every few seconds. Where it no longer does, whatever the
/// process claimed is free. No clock of another machine is trusted, and no lock is asked for.
/// </summary>
internal sealed class TrialOwner : IDisposable
{
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private readonly string _path;
    private readonly Timer _timer;
    private readonly Action _onBeat;
    private readonly Lock _gate = new();
    private long _beats;
    private bool _closed;

    /// <param name="folder">Where the files of all owners lie.</param>
    /// <param name="onBeat">Called after every beat.</param>
    internal TrialOwner(string folder, Action onBeat)
    {
        _ = Directory.CreateDirectory(folder);
        foreach (string path in Directory.GetFiles(folder))
        {
            if (SmallFile.Read(path) is string text && IsGoneFromHere(text))
            {
                File.Delete(path);
            }
        }

        Id = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}");
        (_path, _onBeat) = (System.IO.Path.Combine(folder, Id), onBeat);
        Write();
        _timer = new Timer(_ => Beat(), null, Period, Period);
    }

    /// <summary>Stands in the claims of the process.</summary>
    internal string Id { get; }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _timer.Dispose();
            File.Delete(_path);
        }
    }

    /// <summary>Whether a process of this machine wrote a file and is no more.</summary>
    internal static bool IsGoneFromHere(string text) =>
        text.Split('\n') is [string machine, string id, ..] && machine == MachineFacts.Machine
        && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int process) && !Exists(process);

    private static bool Exists(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return e is System.ComponentModel.Win32Exception;
        }
    }

    private void Beat()
    {
        try
        {
            lock (_gate)
            {
                if (!_closed)
                {
                    Write();
                }
            }

            _onBeat();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that is full or away for a while: the next beat tries again, and others see that this one is missing.
        }
    }

    private void Write() => SmallFile.Write(_path, string.Create(CultureInfo.InvariantCulture,
        $"{MachineFacts.Machine}\n{Environment.ProcessId}\n{++_beats}\n"));
}
