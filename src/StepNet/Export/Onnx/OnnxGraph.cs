using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace StepNet.Export.Onnx;

/// <summary>An ONNX graph in the making: values are known by their names.</summary>
public sealed class OnnxGraph
{
    private readonly HashSet<string> _names = [];
    private readonly Dictionary<string, string> _integers = [];

    internal OnnxGraph(string name) => Proto.Name = name;

    internal GraphProto Proto { get; } = new();

    /// <summary>Module whose operations are being added: names of nodes and values begin with it.</summary>
    internal string Scope { get; set; } = "";

    /// <summary>Adds a node of one output.</summary>
    /// <param name="operation">Name of an operator of ONNX's default set: <c>Softplus</c>.</param>
    /// <param name="inputs">Names of values; empty for an optional one that is left out.</param>
    /// <param name="settings">Settings.</param>
    /// <returns>Name of the output.</returns>
    public string Add(string operation, IReadOnlyList<string> inputs, params ReadOnlySpan<OnnxSetting> settings) =>
        Add(operation, inputs, 1, settings)[0];

    /// <summary>Adds a node of several outputs.</summary>
    /// <param name="operation">Name of an operator of ONNX's default set: <c>TopK</c>.</param>
    /// <param name="inputs">Names of values; empty for an optional one that is left out.</param>
    /// <param name="outputs">How many, at least 1.</param>
    /// <param name="settings">Settings.</param>
    /// <returns>Names of the outputs.</returns>
    public IReadOnlyList<string> Add(string operation, IReadOnlyList<string> inputs, int outputs, params ReadOnlySpan<OnnxSetting> settings)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        string name = Unique(Scope.Length == 0 ? operation : $"{Scope}.{operation}");
        string[] results = outputs == 1 ? [name] : [.. Enumerable.Range(0, outputs).Select(i => Unique(string.Create(CultureInfo.InvariantCulture, $"{name}.{i}")))];
        NodeProto node = new() { Name = name, OpType = operation };
        node.Input.AddRange(inputs);
        node.Output.AddRange(results);
        foreach (OnnxSetting setting in settings)
        {
            node.Attribute.Add(setting.Proto);
        }

        Proto.Node.Add(node);
        return results;
    }

    /// <summary>Adds numbers, float32.</summary>
    /// <param name="values">Row-major.</param>
    /// <param name="dims">Sizes; none for a single number.</param>
    /// <returns>Name of the value.</returns>
    /// <exception cref="ArgumentException">The sizes are those of another number of values.</exception>
    public string Constant(ReadOnlySpan<float> values, params ReadOnlySpan<int> dims) =>
        Constant(Scope.Length == 0 ? "constant" : $"{Scope}.constant", values, dims);

    /// <summary>Adds a list of whole numbers, int64, such as a shape; equal lists are one value.</summary>
    /// <returns>Name of the value.</returns>
    public string Integers(params ReadOnlySpan<long> values)
    {
        string key = string.Join('_', values.ToArray());
        if (!_integers.TryGetValue(key, out string? name))
        {
            name = Unique($"integers_{key}");
            Store(name, TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes(values), values.Length);
            _integers.Add(key, name);
        }

        return name;
    }

    /// <summary>Adds numbers under a name, or one like it where it is taken.</summary>
    internal string Constant(string name, ReadOnlySpan<float> values, params ReadOnlySpan<int> dims)
    {
        long count = 1;
        foreach (int dim in dims)
        {
            count *= dim;
        }

        if (count != values.Length)
        {
            throw new ArgumentException($"Constant '{name}': {values.Length} values for the sizes [{string.Join(", ", dims.ToArray())}]. Give sizes whose product is their number.", nameof(dims));
        }

        name = Unique(name);
        Store(name, TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes(values), dims);
        return name;
    }

    /// <summary>Keeps the name of a later output from parameters and nodes that would take it.</summary>
    internal void Reserve(string name) => _names.Add(name);

    internal void Input(string name, TensorProto.Types.DataType type, params ReadOnlySpan<object> dims) =>
        Proto.Input.Add(Value(Unique(name), type, dims));

    /// <summary>Makes a value an output under a name of its own, which <see cref="Reserve"/> has kept free.</summary>
    internal void Output(string name, string value, params ReadOnlySpan<object> dims)
    {
        NodeProto node = new() { Name = name, OpType = "Identity" };
        node.Input.Add(value);
        node.Output.Add(name);
        Proto.Node.Add(node);
        Proto.Output.Add(Value(name, TensorProto.Types.DataType.Float, dims));
    }

    /// <summary>Leaves out numbers that no node reads, such as a coefficient of 1: runtimes warn of them.</summary>
    internal void RemoveUnread()
    {
        HashSet<string> read = [.. Proto.Node.SelectMany(node => node.Input)];
        TensorProto[] kept = [.. Proto.Initializer.Where(tensor => read.Contains(tensor.Name))];
        Proto.Initializer.Clear();
        Proto.Initializer.AddRange(kept);
    }

    // All machines that .NET runs on here are little-endian, as the format is.
    private void Store(string name, TensorProto.Types.DataType type, ReadOnlySpan<byte> bytes, params ReadOnlySpan<int> dims)
    {
        TensorProto tensor = new() { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.AddRange(dims.ToArray().Select(dim => (long)dim));
        Proto.Initializer.Add(tensor);
    }

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, ReadOnlySpan<object> dims)
    {
        TensorShapeProto shape = new();
        foreach (object dim in dims)
        {
            shape.Dim.Add(dim is int size ? new TensorShapeProto.Types.Dimension { DimValue = size } : new() { DimParam = (string)dim });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } },
        };
    }

    private string Unique(string name)
    {
        string unique = name;
        for (int i = 1; !_names.Add(unique); i++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
        }

        return unique;
    }
}
