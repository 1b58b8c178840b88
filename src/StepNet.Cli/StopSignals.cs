using System.Runtime.InteropServices;

namespace StepNet.Cli;

/// <summary>
/// Turns Ctrl+C, SIGTERM and SIGUSR1 into a token; the second signal ends the process at once. With <c>STEPNET_OWNER=stdin</c> so
/// does the end of stdin: a process that others started then stops with them, however they end.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    // XFSZ would end the process where a file meets its limit of size: ignored, the write fails and can be reported. It stays
    // ignored to the end, as one that is under way would otherwise still arrive while the report is written.
    private static PosixSignalRegistration? s_fileTooLarge;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private readonly Lock _gate = new();
    private bool _over;
    private int _signals;

    internal StopSignals()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
        ];
        if (!OperatingSystem.IsWindows())
        {
            // .NET has no name for these. USR1 is what batch systems send before the time is up.
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30), Stop));
            s_fileTooLarge ??= PosixSignalRegistration.Create((PosixSignal)25, context => context.Cancel = true);
        }

        if (Environment.GetEnvironmentVariable("STEPNET_OWNER") == "stdin")
        {
            new Thread(AwaitOwner) { IsBackground = true, Name = "owner" }.Start();
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    internal CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        lock (_gate)
        {
            _over = true;
            _stop.Dispose();
        }
    }

    private void AwaitOwner()
    {
        using Stream input = Console.OpenStandardInput();
        byte[] ignored = new byte[64];
        while (input.Read(ignored) > 0)
        {
        }

        lock (_gate)
        {
            if (!_over)
            {
                _stop.Cancel();
            }
        }
    }

    private void Stop(PosixSignalContext context)
    {
        // Two signals may arrive at the same moment, each on a thread of its own.
        context.Cancel = !_stop.IsCancellationRequested && Interlocked.Exchange(ref _signals, 1) == 0;
        _stop.Cancel();
    }
}
