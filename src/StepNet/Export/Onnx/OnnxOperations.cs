using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Export.Onnx;

/// <summary>The operations of a traced network as operators of ONNX, node by node.</summary>
internal sealed class OnnxOperations(OnnxGraph graph, GraphProgram program)
{
    private readonly Dictionary<Tensor, string> _names = [];
    private readonly ILookup<Tensor, Node> _readers =
        program.Nodes.SelectMany(node => node.Inputs.Select(input => (input, node))).ToLookup(pair => pair.input, pair => pair.node);

    /// <summary>Adds the input and all nodes; returns the name of the program's output.</summary>
    public string Add(OnnxInput input)
    {
        foreach (Node node in program.Nodes)
        {
            if (node.Operation is InputOp)
            {
                Tensor x = node.Outputs[0];
                bool ids = _readers[x].Any() && _readers[x].All(reader => reader.Operation is EmbeddingOp);
                _names.Add(x, input.AddTo(graph, x.Shape, ids));
                continue;
            }

            graph.Scope = node.Scope.Path;
            IReadOnlyList<string> outputs = IsPartOfItsReader(node) ? [] : Add(node);
            foreach ((Tensor tensor, string name) in node.Outputs.Zip(outputs))
            {
                _names.Add(tensor, name);
            }
        }

        return _names[program.Outputs["output"]];
    }

    // A convolution or linear map whose bias is added next, and coefficients of batch norms alone, become one operator with that.
    private bool IsPartOfItsReader(Node node) => node.Operation switch
    {
        Conv2dOp or LinearOp => ReadOnceBy<ChannelBiasOp>(node),
        NormCoefficientsOp => node.Outputs.All(output => _readers[output].All(reader => IsNorm(reader)))
            && !node.Outputs.Any(output => program.Outputs.ContainsValue(output)),
        _ => false,
    };

    private bool ReadOnceBy<T>(Node node) =>
        _readers[node.Outputs[0]].ToArray() is [{ Operation: T }] && !program.Outputs.ContainsValue(node.Outputs[0]);

    private static bool IsNorm(Node node) =>
        node.Operation is ChannelAffineOp && node.Inputs[1].Producer is { Operation: NormCoefficientsOp } coefficients
        && node.Inputs[1] == coefficients.Outputs[0] && node.Inputs[2] == coefficients.Outputs[1];

    private IReadOnlyList<string> Add(Node node)
    {
        string In(int i) => _names[node.Inputs[i]];
        Shape y = node.Outputs[0].Shape;
        return node.Operation switch
        {
            VariableOp op => [graph.Constant(op.Variable.Name, op.Variable.Values, op.Variable.Shape.Dims.AsSpan())],
            SlotOp op => [graph.Constant(op.Slot.Name, [(float)op.Slot.Initial])],
            ConstantOp op => [graph.Constant(Enumerable.Repeat((float)op.Value, y.ItemCount).ToArray(), y.Dims.AsSpan())],
            Conv2dOp op => [Conv(op, node, bias: null)],
            LinearOp => [graph.Add("Gemm", [In(0), In(1)], OnnxSetting.Int("transB", 1))],
            ChannelBiasOp => [Bias(node)],
            ChannelAffineOp when IsNorm(node) => [BatchNorm(node)],
            ChannelAffineOp => [graph.Add("Add", [graph.Add("Mul", [In(0), PerChannel(In(1), y)]), PerChannel(In(2), y)])],
            NormCoefficientsOp op => NormCoefficients(op, node),
            GroupNormOp op => [GroupNorm(op, node)],
            ReluOp => [graph.Add("Relu", [In(0)])],
            AddOp => [graph.Add("Add", [In(0), In(1)])],
            MultiplyOp => [graph.Add("Mul", [In(0), In(1)])],
            ScaleOp => [graph.Add("Mul", [In(0), In(1)])],
            ResidualStepOp => [graph.Add("Add", [Times(node.Inputs[0], node.Inputs[2]), Times(node.Inputs[1], node.Inputs[3])])],
            PadShortcutOp op => [PadShortcut(op, node)],
            MaxPoolOp { IsGlobal: true } => [graph.Add("Flatten", [graph.Add("GlobalMaxPool", [In(0)])])],
            MaxPoolOp op => [Pool("MaxPool", op.Window, node)],
            AveragePoolOp op => [Pool("AveragePool", op.Window, node, OnnxSetting.Int("count_include_pad", 1))],
            GlobalAveragePoolOp => [graph.Add("Flatten", [graph.Add("GlobalAveragePool", [In(0)])])],
            KMaxPoolOp => [KMaxPool(node)],
            FlattenOp => [graph.Add("Flatten", [In(0)])],
            EmbeddingOp => [Embedding(node)],
            UnbindOp => [.. node.Outputs.Select((_, place) => graph.Add("Flatten", [graph.Add("Gather", [In(0), graph.Integers(place)], OnnxSetting.Int("axis", 2))]))],
            IOnnxOperation own => Own(own, node),
            _ => throw new OnnxExportException(
                $"{node.Scope}: operation '{node.Operation.Name}' has no form in ONNX. Let {node.Operation.GetType().Name} implement {nameof(IOnnxOperation)}, which says it in operators of ONNX."),
        };
    }

    private string Conv(Conv2dOp op, Node node, string? bias)
    {
        (int height, int width) = ConvGeometry.Window(node.Inputs[1].Shape);
        string[] inputs = [_names[node.Inputs[0]], _names[node.Inputs[1]], .. bias is null ? [] : new[] { bias }];
        return graph.Add("Conv", inputs, [.. Window(node, height, width, op.Geometry.Stride, op.Geometry.Padding)]);
    }

    private string Bias(Node node)
    {
        Node before = node.Inputs[0].Producer;
        string bias = _names[node.Inputs[1]];
        if (!IsPartOfItsReader(before))
        {
            return graph.Add("Add", [_names[node.Inputs[0]], PerChannel(bias, node.Outputs[0].Shape)]);
        }

        graph.Scope = before.Scope.Path;
        return before.Operation is Conv2dOp conv ? Conv(conv, before, bias)
            : graph.Add("Gemm", [_names[before.Inputs[0]], _names[before.Inputs[1]], bias], OnnxSetting.Int("transB", 1));
    }

    private string BatchNorm(Node node)
    {
        Node coefficients = node.Inputs[1].Producer;
        string[] from = [.. coefficients.Inputs.Select(input => _names[input])];
        double epsilon = ((NormCoefficientsOp)coefficients.Operation).Epsilon;
        return graph.Add(
            "BatchNormalization", [_names[node.Inputs[0]], from[2], from[3], from[0], from[1]], OnnxSetting.Float("epsilon", epsilon));
    }

    private string[] NormCoefficients(NormCoefficientsOp op, Node node)
    {
        string[] from = [.. node.Inputs.Select(input => _names[input])];
        string deviation = graph.Add("Sqrt", [graph.Add("Add", [from[1], graph.Constant([(float)op.Epsilon])])]);
        string a = graph.Add("Div", [from[2], deviation]);
        return [a, graph.Add("Sub", [from[3], graph.Add("Mul", [from[0], a])])];
    }

    // As images of one channel a group, which are normalised one by one; then scale and shift.
    private string GroupNorm(GroupNormOp op, Node node)
    {
        Shape x = node.Inputs[0].Shape;
        int groups = node.Outputs[1].Shape.Channels;
        string ones = graph.Constant(Enumerable.Repeat(1f, groups).ToArray(), groups), zeros = graph.Constant(new float[groups], groups);
        string grouped = graph.Add("Reshape", [_names[node.Inputs[0]], graph.Integers(0, groups, -1)]);
        string normal = graph.Add("InstanceNormalization", [grouped, ones, zeros], OnnxSetting.Float("epsilon", op.Epsilon));
        string y = graph.Add("Reshape", [normal, graph.Integers([-1, .. x.Dims.Select(dim => (long)dim)])]);
        y = graph.Add("Mul", [y, PerChannel(_names[node.Inputs[1]], x)]);
        return graph.Add("Add", [y, PerChannel(_names[node.Inputs[2]], x)]);
    }

    // s x, or x itself where s is fixed at 1.
    private string Times(Tensor value, Tensor coefficient) => coefficient.Producer.Operation is SlotOp { Slot.Initial: 1 }
        ? _names[value]
        : graph.Add("Mul", [_names[value], coefficient.Shape == Shape.Scalar ? _names[coefficient] : PerChannel(_names[coefficient], value.Shape)]);

    private string PadShortcut(PadShortcutOp op, Node node)
    {
        int more = node.Outputs[0].Shape.Channels - node.Inputs[0].Shape.Channels;
        string x = _names[node.Inputs[0]];
        x = op.Stride == 1 ? x : graph.Add(
            "Slice", [x, graph.Integers(0, 0), graph.Integers(int.MaxValue, int.MaxValue), graph.Integers(2, 3), graph.Integers(op.Stride, op.Stride)]);
        return more == 0 ? x : graph.Add("Pad", [x, graph.Integers(0, more / 2, 0, 0, 0, more - (more / 2), 0, 0)]);
    }

    private string Pool(string operation, PoolWindow window, Node node, params ReadOnlySpan<OnnxSetting> more) => graph.Add(
        operation, [_names[node.Inputs[0]]], [.. Window(node, window.Height, window.Width, window.Stride, window.Padding), .. more]);

    // The largest, then their places in the order of the sequence. Of equal values ONNX too takes the earlier first.
    private string KMaxPool(Node node)
    {
        string x = _names[node.Inputs[0]], k = graph.Integers(node.Outputs[0].Shape.Width);
        string places = graph.Add("TopK", [x, k], 2, OnnxSetting.Int("axis", -1))[1];
        places = graph.Add("TopK", [places, k], 2, OnnxSetting.Int("axis", -1), OnnxSetting.Int("largest", 0))[0];
        return graph.Add("GatherElements", [x, places], OnnxSetting.Int("axis", -1));
    }

    private string Embedding(Node node) => graph.Add(
        "Transpose", [graph.Add("Gather", [_names[node.Inputs[1]], _names[node.Inputs[0]]])], OnnxSetting.Ints("perm", 0, 2, 1));

    private IReadOnlyList<string> Own(IOnnxOperation own, Node node)
    {
        IReadOnlyList<string> outputs = own.ToOnnx(graph, [.. node.Inputs.Select(input => _names[input])]);
        return outputs.Count == node.Outputs.Length ? outputs : throw new OnnxExportException(
            $"{node.Scope}: {node.Operation.GetType().Name}.{nameof(IOnnxOperation.ToOnnx)} gave {outputs.Count} outputs; the operation has {node.Outputs.Length}. Return a name for each.");
    }

    // One number a channel, to go with [N, C, ...].
    private string PerChannel(string numbers, Shape like) => like.Dims.Length == 1 ? numbers
        : graph.Add("Reshape", [numbers, graph.Integers([-1, .. Enumerable.Repeat(1L, like.Dims.Length - 1)])]);

    // Settings of convolutions and poolings; along sequences there are those of one direction alone.
    private static OnnxSetting[] Window(Node node, int height, int width, int stride, Padding padding) => node.Inputs[0].Shape.Dims.Length == 2
        ? [OnnxSetting.Ints("kernel_shape", width), OnnxSetting.Ints("strides", stride), OnnxSetting.Ints("pads", padding.Left, padding.Right)]
        :
        [
            OnnxSetting.Ints("kernel_shape", height, width), OnnxSetting.Ints("strides", stride, stride),
            OnnxSetting.Ints("pads", padding.Top, padding.Left, padding.Bottom, padding.Right),
        ];
}
