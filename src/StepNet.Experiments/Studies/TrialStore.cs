using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace StepNet.Experiments.Studies;

/// <summary>
/// The folder of trials, a folder each, named by their keys. Studies, processes and machines share it: a trial belongs to whoever
/// makes the file <c>claim.N</c> in its folder, N one above the last, which the file system grants once.
/// </summary>
public sealed class TrialStore : IDisposable
{
    private const string Claims = "claim.", StatusName = "status.json", TrialName = "trial.json", Owners = ".owners";

    private readonly TimeSpan _patience;
    private readonly ConcurrentDictionary<string, (string Beat, long Since)> _seen = [];
    private readonly ConcurrentDictionary<TrialClaim, bool> _held = [];
    private readonly TrialOwner? _owner;

    /// <param name="folder">Is made where it is absent.</param>
    /// <param name="forRunning">Whether trials are to be taken; otherwise they are only looked at.</param>
    /// <param name="patience">How long an owner may be silent; null for half a minute.</param>
    public TrialStore(string folder, bool forRunning, TimeSpan? patience = null)
    {
        (Folder, _patience) = (folder, patience ?? TimeSpan.FromSeconds(30));
        _owner = forRunning ? new TrialOwner(Path.Combine(folder, Owners), LookAfterClaims) : null;
    }

    /// <summary>Where all trials lie.</summary>
    public string Folder { get; }

    /// <summary>Where a trial lies, whether it is there or not.</summary>
    public string FolderOf(Trial trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        return Path.Combine(Folder, trial.Key);
    }

    /// <inheritdoc/>
    public void Dispose() => _owner?.Dispose();

    /// <summary>Where a trial is now.</summary>
    public TrialSight Look(Trial trial)
    {
        string folder = FolderOf(trial);

        // Claims first: what is written under a later one is seen with it, or else the claim that follows fails.
        int attempt = LastClaim(folder);
        if (attempt == 0)
        {
            return new TrialSight(TrialState.Queued, 0, null);
        }

        TrialStatus? status = SmallFile.Read(Path.Combine(folder, StatusName)) is string json ? TrialStatus.Parse(json) : null;
        return status is { State: not TrialState.Running } && status.Attempt == attempt ? new TrialSight(status.State, attempt, status)
            : new TrialSight(IsAlive(ClaimPath(folder, attempt)) ? TrialState.Running : TrialState.Stale, attempt, status);
    }

    /// <summary>Whether the trial of this key, of whatever study, has ended with a result.</summary>
    internal bool HasResult(string key) =>
        SmallFile.Read(Path.Combine(Folder, key, StatusName)) is string json && TrialStatus.Parse(json)?.State is TrialState.Done or TrialState.Diverged;

    /// <summary>Takes a trial; null where another process was faster.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="sight">As it was seen.</param>
    internal TrialClaim? TryTake(Trial trial, TrialSight sight)
    {
        string folder = FolderOf(trial);
        _ = Directory.CreateDirectory(folder);
        int attempt = sight.Attempt + 1;
        double before = SecondsUntilNow(folder, sight);
        try
        {
            // Making a file that must not be there yet is one act, on NFS too.
            using FileStream claim = new(ClaimPath(folder, attempt), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            claim.Write(Encoding.UTF8.GetBytes(_owner!.Id));
        }
        catch (IOException) when (File.Exists(ClaimPath(folder, attempt)))
        {
            return null;
        }

        if (!File.Exists(Path.Combine(folder, TrialName)))
        {
            SmallFile.Write(Path.Combine(folder, TrialName), Describe(trial));
        }

        TrialClaim held = new(this, folder, attempt, before);
        _ = _held.TryAdd(held, true);
        return held;
    }

    // What a killed attempt has not written down it shows by the last of its files.
    private static double SecondsUntilNow(string folder, TrialSight sight) => sight.Status is not { } status ? 0
        : status.State != TrialState.Running ? status.Seconds
        : status.Seconds + Math.Max(0, (new DirectoryInfo(folder).EnumerateFiles().Max(file => file.LastWriteTimeUtc) - status.Started).TotalSeconds);

    /// <summary>Deletes what earlier attempts left in the folder of a trial, apart from what the store itself needs.</summary>
    internal static void Clear(string folder)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo inner)
            {
                inner.Delete(recursive: true);
            }
            else if (entry.Name is not (StatusName or TrialName) && !entry.Name.StartsWith(Claims, StringComparison.Ordinal))
            {
                entry.Delete();
            }
        }
    }

    internal static string ClaimPath(string folder, int attempt) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Claims}{attempt}"));

    internal static void WriteStatus(string folder, TrialStatus status) => SmallFile.Write(Path.Combine(folder, StatusName), status.ToJson());

    internal void Drop(TrialClaim claim) => _held.TryRemove(claim, out _);

    private static int LastClaim(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder, $"{Claims}*")
                .Select(path => int.TryParse(path.AsSpan(path.LastIndexOf('.') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0)
                .DefaultIfEmpty(0).Max();
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }

    // A process that was suspended, or cut off from its disk, may find that others took its trials for abandoned.
    private void LookAfterClaims()
    {
        foreach (TrialClaim claim in _held.Keys)
        {
            claim.CheckThatItHolds();
        }
    }

    private bool IsAlive(string claim)
    {
        string owner = SmallFile.Read(claim) ?? "";
        if (owner == _owner?.Id)
        {
            return true;
        }

        // A claim that is still empty was made this very moment, or its maker died over it.
        string path = owner.Length == 0 ? claim : Path.Combine(Folder, Owners, owner);
        if (SmallFile.Read(path) is not string beat || TrialOwner.IsGoneFromHere(beat))
        {
            return false;
        }

        if (_owner is null)
        {
            return DateTime.UtcNow - File.GetLastWriteTimeUtc(path) < 2 * _patience;
        }

        long now = Stopwatch.GetTimestamp();
        (string Beat, long Since) known = _seen.AddOrUpdate(path, _ => (beat, now), (_, old) => old.Beat == beat ? old : (beat, now));
        return Stopwatch.GetElapsedTime(known.Since, now) < _patience;
    }

    private static string Describe(Trial trial) => SmallFile.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("kind", trial.Kind);
        json.WriteString("key", trial.Key);
        json.WriteStartObject("configuration");
        foreach ((string key, string value) in trial.Configuration)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });
}
