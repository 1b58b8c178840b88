using System.Runtime.InteropServices;

namespace StepNet.Cli;

/// <summary>Turns Ctrl+C, SIGTERM and SIGUSR1 into a token; the second signal ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations;

    internal StopSignals()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
        ];
        if (!OperatingSystem.IsWindows())
        {
            // .NET has no name for these. USR1 is what batch systems send before the time is up; XFSZ would end the process
            // where a file meets its limit of size: ignored, the write fails and can be reported.
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30), Stop));
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)25, context => context.Cancel = true));
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

        _stop.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = !_stop.IsCancellationRequested;
        _stop.Cancel();
    }
}
