using StepNet.Graph;

namespace StepNet.Export.Onnx;

/// <summary>What an ONNX file reads, and how that becomes what the network reads.</summary>
public abstract class OnnxInput
{
    private OnnxInput()
    {
    }

    /// <summary>What the network reads: float32 <c>[N, ...]</c>, or int32 <c>[N, L]</c> where that is token ids.</summary>
    public static OnnxInput Numbers { get; } = new AsItIs();

    /// <summary>Pixels, uint8 <c>[N, H, W, C]</c>: divided by 255 and normalised.</summary>
    /// <param name="mean">Per channel, of pixels in [0, 1]; empty to leave them there.</param>
    /// <param name="std">As many as means, each above 0.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static OnnxInput Pixels(IReadOnlyList<float> mean, IReadOnlyList<float> std)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(std);
        return mean.Count == std.Count && std.All(one => one > 0) ? new Image(mean, std)
            : throw new ArgumentException($"{mean.Count} means and {std.Count} standard deviations. Give as many of both, the deviations above 0.", nameof(std));
    }

    /// <summary>Code points of characters, int32 <c>[N, any number]</c>: cut or padded to the network's length, then token ids by a table.</summary>
    /// <param name="table">
    /// Token id of each code point from 0 on; the last is that of all beyond. 0 is no character: its id pads.
    /// </param>
    public static OnnxInput CodePoints(IReadOnlyList<byte> table) => new Text(table);

    /// <summary>Adds the input and what prepares it; returns the name of the network's input.</summary>
    /// <param name="graph">Empty.</param>
    /// <param name="shape">What the network reads.</param>
    /// <param name="ids">Whether that is token ids, to be int32.</param>
    internal abstract string AddTo(OnnxGraph graph, Shape shape, bool ids);

    private sealed class AsItIs : OnnxInput
    {
        internal override string AddTo(OnnxGraph graph, Shape shape, bool ids)
        {
            graph.Input("input", ids ? TensorProto.Types.DataType.Int32 : TensorProto.Types.DataType.Float, ["N", .. shape.Dims]);
            return "input";
        }
    }

    private sealed class Image(IReadOnlyList<float> mean, IReadOnlyList<float> std) : OnnxInput
    {
        internal override string AddTo(OnnxGraph graph, Shape shape, bool ids)
        {
            graph.Input("image", TensorProto.Types.DataType.Uint8, "N", shape.Height, shape.Width, shape.Channels);
            string x = graph.Add("Cast", ["image"], OnnxSetting.Int("to", (long)TensorProto.Types.DataType.Float));
            x = graph.Add("Div", [x, graph.Constant("full", [255f])]);
            x = graph.Add("Transpose", [x], OnnxSetting.Ints("perm", 0, 3, 1, 2));
            if (mean.Count == 0)
            {
                return x;
            }

            // The reciprocal, as Normalize takes it: a product rounds otherwise than a quotient.
            x = graph.Add("Sub", [x, graph.Constant("mean", mean.ToArray(), shape.Channels, 1, 1)]);
            return graph.Add("Mul", [x, graph.Constant("scale", [.. std.Select(one => 1 / one)], shape.Channels, 1, 1)]);
        }
    }

    private sealed class Text(IReadOnlyList<byte> table) : OnnxInput
    {
        internal override string AddTo(OnnxGraph graph, Shape shape, bool ids)
        {
            int length = shape.Dims[0];
            graph.Input("text", TensorProto.Types.DataType.Int32, "N", "characters");

            // As long again behind the text, then cut: any length becomes the network's.
            string x = graph.Add("Pad", ["text", graph.Integers(0, 0, 0, length)]);
            x = graph.Add("Slice", [x, graph.Integers(0), graph.Integers(length), graph.Integers(1)]);
            x = graph.Add("Cast", [x], OnnxSetting.Int("to", (long)TensorProto.Types.DataType.Int64));
            x = graph.Add("Max", [x, graph.Integers(0)]);
            x = graph.Add("Min", [x, graph.Integers(table.Count - 1)]);
            return graph.Add("Gather", [graph.Integers([.. table.Select(id => (long)id)]), x]);
        }
    }
}
