using Google.Protobuf;

namespace StepNet.Export.Onnx;

/// <summary>A setting of a node.</summary>
public sealed class OnnxSetting
{
    private OnnxSetting(AttributeProto proto) => Proto = proto;

    internal AttributeProto Proto { get; }

    /// <summary>A whole number: <c>axis</c>.</summary>
    public static OnnxSetting Int(string name, long value) =>
        new(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value });

    /// <summary>Whole numbers: <c>strides</c>.</summary>
    public static OnnxSetting Ints(string name, params ReadOnlySpan<long> values)
    {
        AttributeProto proto = new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        proto.Ints.AddRange(values.ToArray());
        return new OnnxSetting(proto);
    }

    /// <summary>A number: <c>alpha</c>.</summary>
    public static OnnxSetting Float(string name, double value) =>
        new(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = (float)value });

    /// <summary>A word: <c>mode</c>.</summary>
    public static OnnxSetting Text(string name, string value) =>
        new(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) });
}
