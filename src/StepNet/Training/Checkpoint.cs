using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StepNet.Export;

namespace StepNet.Training;

/// <summary>
/// A run at one moment, whole: the values of parameters, running statistics and the optimiser, the best model so far, and the
/// place in the run. From here it goes on bit for bit.
/// </summary>
/// <remarks>
/// A <c>.safetensors</c> file: tensors <c>run.NAME</c> and <c>best.NAME</c>, the rest in the metadata, with a SHA-256 over all of it.
/// </remarks>
public sealed class Checkpoint
{
    private const string Kind = "stepnet-checkpoint-1", KindKey = "kind", StateKey = "state", HashKey = "sha256", SettingPrefix = "set.";

    private readonly string _state;

    internal Checkpoint(
        RunState state, IReadOnlyDictionary<string, SafeTensor> tensors, IReadOnlyDictionary<string, string> settings)
    {
        (_state, Step, Epochs) = (state.ToJson(), state.Step, [.. state.Epochs]);
        (Log, Tensors, Settings) = ([.. state.Log], tensors, settings);
    }

    /// <summary>Steps done.</summary>
    public long Step { get; }

    /// <summary>Epochs done.</summary>
    public IReadOnlyList<EpochResult> Epochs { get; }

    /// <summary>Rows of the log so far.</summary>
    public IReadOnlyList<LogRow> Log { get; }

    /// <summary>What the caller of <see cref="CheckpointFile"/> had to say of the run.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    internal IReadOnlyDictionary<string, SafeTensor> Tensors { get; }

    /// <summary>A copy of the run's state.</summary>
    internal RunState State() => RunState.Parse(_state);

    internal void Write(string path, string? previous)
    {
        Dictionary<string, string> metadata = new() { [KindKey] = Kind, [StateKey] = _state };
        foreach ((string name, string value) in Settings)
        {
            metadata.Add(SettingPrefix + name, value);
        }

        metadata.Add(HashKey, Hash(metadata, Tensors.Values));
        SafeTensors.Write(path, Tensors.Values, metadata, previous);
    }

    /// <exception cref="SafeTensorsException">The file is damaged, or no checkpoint.</exception>
    internal static Checkpoint Read(string path)
    {
        SafeTensorFile file = SafeTensors.Read(path);
        if (file.Metadata.GetValueOrDefault(KindKey) != Kind)
        {
            throw new SafeTensorsException($"'{path}' is no checkpoint of this version: '{KindKey}' is not {Kind}. Start a new run.");
        }

        Dictionary<string, string> hashed = file.Metadata.Where(entry => entry.Key != HashKey).ToDictionary();
        if (file.Metadata.GetValueOrDefault(HashKey) != Hash(hashed, file.Tensors.Values))
        {
            throw new SafeTensorsException($"'{path}' is damaged: its content does not have the SHA-256 that it names.");
        }

        try
        {
            return new Checkpoint(
                RunState.Parse(file.Metadata.GetValueOrDefault(StateKey, "")),
                file.Tensors,
                hashed.Where(entry => entry.Key.StartsWith(SettingPrefix, StringComparison.Ordinal))
                    .ToDictionary(entry => entry.Key[SettingPrefix.Length..], entry => entry.Value));
        }
        catch (JsonException e)
        {
            throw new SafeTensorsException($"'{path}' is no checkpoint of this version ({e.Message}). Start a new run.", e);
        }
    }

    // Each text and each tensor with its length before it: no two contents give the same bytes.
    private static string Hash(Dictionary<string, string> metadata, IEnumerable<SafeTensor> tensors)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string key, string value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Append(Encoding.UTF8.GetBytes(key));
            Append(Encoding.UTF8.GetBytes(value));
        }

        foreach (SafeTensor tensor in tensors)
        {
            Append(Encoding.UTF8.GetBytes($"{tensor}"));
            Append(tensor.Data);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(byte[] bytes)
        {
            hash.AppendData(Encoding.ASCII.GetBytes(bytes.Length.ToString(CultureInfo.InvariantCulture) + ":"));
            hash.AppendData(bytes);
        }
    }
}
