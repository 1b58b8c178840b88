namespace StepNet.Experiments.Studies;

/// <summary>A trial in this process's hands.</summary>
internal sealed class TrialClaim : IDisposable
{
    private readonly TrialStore _store;
    private readonly CancellationTokenSource _lost = new();
    private readonly double _before;
    private readonly DateTime _started = DateTime.UtcNow;

    internal TrialClaim(TrialStore store, string folder, int attempt, double secondsBefore) =>
        (_store, Folder, Attempt, _before) = (store, folder, attempt, secondsBefore);

    /// <summary>The trial's folder.</summary>
    internal string Folder { get; }

    /// <summary>Number of the claim.</summary>
    internal int Attempt { get; }

    /// <summary>Cancelled where another process has taken the trial, believing this one dead.</summary>
    internal CancellationToken Lost => _lost.Token;

    /// <summary>Writes that the trial runs.</summary>
    internal void Begin(int threads) => TrialStore.WriteStatus(Folder, Status(TrialState.Running, null, threads));

    /// <summary>Writes how it ended, unless it is no longer this process's to say.</summary>
    internal void End(TrialOutcome outcome, int threads)
    {
        CheckThatItHolds();
        if (!_lost.IsCancellationRequested)
        {
            TrialStore.WriteStatus(Folder, Status(outcome.State, outcome.Message, threads) with { Ended = DateTime.UtcNow });
        }
    }

    internal void CheckThatItHolds()
    {
        if (File.Exists(TrialStore.ClaimPath(Folder, Attempt + 1)))
        {
            _lost.Cancel();
        }
    }

    public void Dispose() => _store.Drop(this);

    private TrialStatus Status(TrialState state, string? message, int threads) => new()
    {
        State = state,
        Attempt = Attempt,
        Message = message,
        Started = _started,
        Seconds = Math.Round(_before + (state == TrialState.Running ? 0 : (DateTime.UtcNow - _started).TotalSeconds), 3),
        Host = Environment.MachineName,
        Environment = MachineFacts.Text,
        Threads = threads,
    };
}
