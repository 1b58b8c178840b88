using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Export;

/// <summary>
/// A model's parameters and running statistics as a <c>.safetensors</c> file: PyTorch's names and axis order, so that
/// <c>load_state_dict</c> takes them; a learned step factor is a tensor such as <c>layer1.0.step</c> of shape <c>[]</c>.
/// </summary>
/// <remarks>The same model gives the same bytes: the file holds no date and no place.</remarks>
public static class ModelFile
{
    // PyTorch's batch norm counts its batches in a tensor of this name; nothing reads the count.
    private const string BatchCount = "num_batches_tracked";

    /// <summary>Writes <paramref name="model"/>, whole or not at all.</summary>
    /// <param name="path">Target.</param>
    /// <param name="model">Its present values are written.</param>
    /// <param name="metadata">What is needed to build the model anew, such as <c>ModelCard.ToMetadata</c> gives it.</param>
    /// <exception cref="IOException">The file could not be written; the target is as before.</exception>
    public static void Save(string path, Module model, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        SafeTensors.Write(path, model.State.Select(v => SafeTensor.Of(v.Name, v.Shape.Dims.AsSpan(), v.Values)), metadata);
    }

    /// <summary>Reads the file at <paramref name="path"/> and gives its values to <paramref name="model"/>.</summary>
    /// <returns>The file's metadata.</returns>
    /// <inheritdoc cref="CopyTo"/>
    /// <exception cref="IOException">The file could not be opened or read.</exception>
    public static IReadOnlyDictionary<string, string> Load(string path, Module model)
    {
        SafeTensorFile file = SafeTensors.Read(path);
        CopyTo(file, model, path);
        return file.Metadata;
    }

    /// <summary>Gives the values of a file to a model: all of them, or none where the two do not fit.</summary>
    /// <param name="file">What was read.</param>
    /// <param name="model">Receives the values.</param>
    /// <param name="path">Names the file in messages.</param>
    /// <param name="kept">Variables that keep their values, whatever the file has of them; null for none.</param>
    /// <exception cref="SafeTensorsException">Names or shapes differ, or the file is damaged; the message names the first of each.</exception>
    public static void CopyTo(SafeTensorFile file, Module model, string path, IReadOnlySet<Variable>? kept = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(model);
        Variable[] state = [.. model.State.Where(variable => kept?.Contains(variable) != true)];
        Check(file, state, [.. kept?.Select(variable => variable.Name) ?? []], path);

        foreach (Variable variable in state)
        {
            file[variable.Name].ToSingles().CopyTo(variable.Values, 0);
        }
    }

    private static void Check(SafeTensorFile file, Variable[] state, HashSet<string> unused, string path)
    {
        Dictionary<string, Variable> wanted = state.ToDictionary(variable => variable.Name);
        List<string> missing = [.. wanted.Keys.Where(name => !file.Tensors.ContainsKey(name))];
        List<string> superfluous =
            [.. file.Tensors.Keys.Where(name =>
                !wanted.ContainsKey(name) && !unused.Contains(name) && !name.EndsWith(BatchCount, StringComparison.Ordinal))];
        List<string> unlike = [.. wanted.Values
            .Where(v => file.Tensors.TryGetValue(v.Name, out SafeTensor? t) && !Fits(t, v))
            .Select(v => $"{file[v.Name]} for {v.Shape}")];
        if (missing.Count + superfluous.Count + unlike.Count > 0)
        {
            string[] faults = [.. new[] { Fault("missing", missing), Fault("superfluous", superfluous), Fault("unlike", unlike) }
                .OfType<string>()];
            throw new SafeTensorsException(
                $"'{path}' does not fit the model: {string.Join("; ", faults)}. Build the model with the options of the file.");
        }
    }

    private static bool Fits(SafeTensor tensor, Variable variable) =>
        tensor.Type != SafeTensorType.I64 && tensor.Shape.SequenceEqual(variable.Shape.Dims);

    // One line whatever the file holds: the first name and the number.
    private static string? Fault(string kind, List<string> names) => names.Count switch
    {
        0 => null,
        1 => $"{kind} {SafeTensors.Quote(names[0])}",
        _ => $"{kind} {SafeTensors.Quote(names[0])} and {names.Count - 1} more",
    };
}
