using StepNet.Export;

namespace StepNet.Training;

/// <summary>Where a run saves itself. The checkpoint before the last is kept, so that one is whole whatever happens.</summary>
public sealed class CheckpointFile
{
    private readonly string _path;
    private readonly string _previous;
    private bool _isDamaged;

    /// <param name="path">
    /// The file, such as <c>run/checkpoint.safetensors</c>, in a folder that exists; the one before it is
    /// <c>run/checkpoint.previous.safetensors</c>.
    /// </param>
    public CheckpointFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (_path, _previous) = (path, Path.ChangeExtension(path, $".previous{Path.GetExtension(path)}"));
    }

    /// <summary>Saved with every checkpoint, for whoever reads it: settings of the run by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; set; } = new Dictionary<string, string>();

    /// <summary>Why <see cref="Read"/> took the previous checkpoint, in one line; null where it did not.</summary>
    public string? Notice { get; private set; }

    /// <summary>The last checkpoint, or the one before where that is damaged or missing; null where there is none.</summary>
    /// <exception cref="SafeTensorsException">Neither can be used.</exception>
    /// <exception cref="IOException">A file could not be read.</exception>
    public Checkpoint? Read()
    {
        string fault = $"'{_path}' is missing";
        try
        {
            if (File.Exists(_path))
            {
                return Checkpoint.Read(_path);
            }
        }
        catch (SafeTensorsException e) when (File.Exists(_previous))
        {
            (fault, _isDamaged) = (e.Message, true);
        }

        if (!File.Exists(_previous))
        {
            return null;
        }

        try
        {
            Checkpoint previous = Checkpoint.Read(_previous);
            Notice = $"{fault.TrimEnd('.')}; the previous checkpoint is whole and taken: step {previous.Step:n0}.";
            return previous;
        }
        catch (SafeTensorsException e)
        {
            throw new SafeTensorsException($"{fault.TrimEnd('.')}; nor can the previous one be used: {e.Message}", e);
        }
    }

    /// <summary>Writes a checkpoint; the last one becomes the previous. Where writing fails, both stay as they are.</summary>
    /// <exception cref="IOException">The file could not be written.</exception>
    internal void Write(Checkpoint checkpoint)
    {
        // A damaged file must not take the place of the whole one before it.
        checkpoint.Write(_path, _isDamaged ? null : _previous);
        _isDamaged = false;
    }
}
