namespace StepNet.Export;

/// <summary>What a <c>.safetensors</c> file holds.</summary>
public sealed class SafeTensorFile
{
    private readonly string _path;

    internal SafeTensorFile(
        string path, IReadOnlyDictionary<string, SafeTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        _path = path;
        Tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>Tensors by name, enumerated in the order of the file's header.</summary>
    public IReadOnlyDictionary<string, SafeTensor> Tensors { get; }

    /// <summary>The file's <c>__metadata__</c>; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor called <paramref name="name"/>.</summary>
    /// <exception cref="SafeTensorsException">The file has no such tensor.</exception>
    public SafeTensor this[string name] => Tensors.TryGetValue(name, out SafeTensor? tensor)
        ? tensor
        : throw new SafeTensorsException(
            $"'{_path}' has no tensor {SafeTensors.Quote(name)} among its {Tensors.Count}; "
            + "check that the file belongs to this model.");
}
