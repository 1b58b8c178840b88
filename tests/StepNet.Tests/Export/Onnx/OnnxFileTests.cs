using StepNet.Data;
using StepNet.Export.Onnx;
using StepNet.Graph;
using StepNet.Imaging;
using StepNet.Inference;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Tests.Inference;

namespace StepNet.Tests.Export.Onnx;

/// <summary>Exported networks of every family, run by onnxruntime: the logits of the library's own prediction.</summary>
public sealed class OnnxFileTests(OnnxRuntime runtime) : IClassFixture<OnnxRuntime>
{
    private static readonly CifarResNetOptions s_cifar = new() { Depth = 8, Width = 8, Step = 0.3, Skip = 0.9 };

    /// <summary>All networks, with the choices that change operations.</summary>
    public static TheoryData<string> Networks =>
    [
        "resnet8", "resnet8, h = s = 1", "resnet8, pad, learned", "resnet8, pre, by channel", "resnet8, pre, group norm, pad", "resnet8, no norm",
        "resnet8, grey", "adaresnet18", "adaresnet18, odd size", "keras-resnet50", "imagenet-resnet18", "imagenet-resnet50", "text-resnet9", "text-resnet9, max", "text-resnet17, pre, group norm", "text-rnn8", "resnet8, heun",
        "point-resnet3", "point-resnet3, batch norm", "point-resnet3, group norm", "small images", "swish",
    ];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Save_PreparedInput_GivesTheLogitsAtThreeBatches(string name)
    {
        TrainedModel model = Network(name);
        string file = runtime.PathOf($"{name}.onnx");
        OnnxFile.Save(file, model, preprocessing: false);
        using Classifier classifier = new(model);
        foreach (int n in (int[])[1, 3, 10])
        {
            NdArray batch = new(Items(model, n), [n, .. model.Card.Item.Dims]);
            (int[] dims, float[] logits) = model.Card.Options is TextResNetOptions or TextRnnOptions
                ? runtime.Run(file, Array.ConvertAll(batch.Values, value => (int)value), [.. batch.Dims])
                : runtime.Run(file, batch.Values, [.. batch.Dims]);

            Assert.Equal([n, model.Card.Classes.Count], dims);
            AssertClose(classifier.Logits(batch).Values, logits);
        }
    }

    [Theory]
    [InlineData("resnet8")]
    [InlineData("resnet8, grey")]
    public void Save_Pixels_ArePreparedInTheFile(string name)
    {
        TrainedModel model = Network(name);
        Shape item = model.Card.Item;
        string file = runtime.PathOf($"{name}, pixels.onnx");
        OnnxFile.Save(file, model);
        using Classifier classifier = new(model);
        CounterRandom random = new(4);
        RgbImage[] images = [.. Enumerable.Range(0, 5).Select(_ =>
            new RgbImage(item.Width, item.Height, [.. Enumerable.Range(0, item.Width * item.Height).SelectMany(_ => Pixel(item.Channels == 1))]))];

        byte[] pixels = [.. images.SelectMany(image => image.Pixels.Where((_, i) => item.Channels == 3 || i % 3 == 0))];
        (_, float[] logits) = runtime.Run(file, pixels, 5, item.Height, item.Width, item.Channels);

        AssertClose([.. images.SelectMany(image => classifier.Predict(image).Logits)], logits);

        byte[] Pixel(bool grey)
        {
            byte one = (byte)random.NextInt(256);
            return grey ? [one, one, one] : [one, (byte)random.NextInt(256), (byte)random.NextInt(256)];
        }
    }

    [Theory]
    [InlineData("text-resnet9")]
    [InlineData("text-resnet9, max")]
    [InlineData("text-rnn8")]
    public void Save_Texts_ArePreparedInTheFile(string name)
    {
        TrainedModel model = Network(name);
        string file = runtime.PathOf($"{name}, code points.onnx");
        OnnxFile.Save(file, model);
        using Classifier classifier = new(model);
        foreach (string text in (string[])["", "Good, but LATE!", "smile 😀 é\t[~]", new string('x', 200) + "!"])
        {
            int[] points = [.. text.EnumerateRunes().Select(rune => rune.Value)];
            (_, float[] logits) = runtime.Run(file, points, 1, points.Length);

            AssertClose([.. classifier.PredictText(text).Logits], logits);
        }
    }

    [Fact]
    public void Save_File_NamesItsParts()
    {
        string file = runtime.PathOf("parts.onnx"), again = runtime.PathOf("again.onnx");
        TrainedModel model = ModelFolder.Model(
            s_cifar with { Skip = CoefficientSpec.LearnedFrom(0.9), Step = 1 }, Shape.Of(3, 16, 16), ["a, b", "<ü>"], [0.1f, 0.2f, 0.3f], [1, 2, 4]);
        OnnxFile.Save(file, model);
        OnnxFile.Save(again, model);

        ModelProto proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(file));
        Dictionary<string, string> metadata = proto.MetadataProps.ToDictionary(pair => pair.Key, pair => pair.Value);
        Dictionary<string, TensorProto> constants = proto.Graph.Initializer.ToDictionary(tensor => tensor.Name);
        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(again));
        Assert.Equal((8, "StepNet", 17), (proto.IrVersion, proto.ProducerName, proto.OpsetImport.Single().Version));
        Assert.Equal("""["a, b","<ü>"]""", metadata["class_names"]);
        Assert.Equal(("included", "resnet8", "learned:0.9"), (metadata["preprocessing"], metadata["model"], metadata["skip"]));
        Assert.Equal(model.Card, ModelCard.Parse(metadata));
        Assert.Equal(["N", "16", "16", "3"], Sizes(proto.Graph.Input.Single()));
        Assert.Equal(["N", "2"], Sizes(proto.Graph.Output.Single()));

        // A learned s under its name; an h of 1 takes no product.
        Assert.Equal(BitConverter.GetBytes(model.Network.State.Single(v => v.Name == "layer2.0.skip").Values[0]), constants["layer2.0.skip"].RawData.ToByteArray());
        Assert.Equal([16, 8, 3, 3], constants["layer2.0.conv1.weight"].Dims);
        Assert.Equal(1 + 3, proto.Graph.Node.Count(node => node.OpType == "Mul"));
        Assert.Equal(9, proto.Graph.Node.Count(node => node.OpType == "BatchNormalization"));
        Assert.All(proto.Graph.Node.GroupBy(node => node.Output[0]), group => Assert.Single(group));

        static IEnumerable<string> Sizes(ValueInfoProto value) =>
            value.Type.TensorType.Shape.Dim.Select(dim => dim.DimParam.Length > 0 ? dim.DimParam : $"{dim.DimValue}");
    }

    [Fact]
    public void Save_OperationWithoutOnnx_IsNamedAndLeavesNothing()
    {
        TrainedModel model = ModelFolder.Model(s_cifar with { Branch = (_, to, stride) => new CubeBranch(to, stride) }, Shape.Of(3, 8, 8));
        string file = runtime.PathOf("none.onnx");

        string message = Assert.Throws<OnnxExportException>(() => OnnxFile.Save(file, model)).Message;

        Assert.StartsWith("layer1.0 (OnnxFileTests.cs:", message, StringComparison.Ordinal);
        Assert.EndsWith(
            "): operation 'Cube' has no form in ONNX. Let CubeOp implement IOnnxOperation, which says it in operators of ONNX.", message, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void Write_ParameterNamedAsTheOutput_GoesByAnotherName()
    {
        string file = runtime.PathOf("named.onnx");
        OnnxExporter.Write(file, new Named(), Shape.Of(2));

        GraphProto graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(file)).Graph;

        Assert.Equal("logits", graph.Output.Single().Name);
        Assert.Equal("logits_1", graph.Initializer.Single().Name);
    }

    [Fact]
    public void Pixels_MeansWithoutDeviations_AreRefused()
    {
        Assert.StartsWith("2 means and 1 standard deviations.", Assert.Throws<ArgumentException>(() => OnnxInput.Pixels([0.5f, 0.5f], [1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => OnnxInput.Pixels([0.5f], [0]));
    }

    private static TrainedModel Network(string name)
    {
        CifarResNetOptions pre = s_cifar with { Order = BlockOrder.Pre };
        TextResNetOptions text = new() { Width = 8, Step = 0.5 };
        PointResNetOptions points = new() { Blocks = 3, Step = 0.5 };
        float[] mean = [0.4f, 0.5f, 0.6f], std = [0.2f, 0.25f, 0.3f];
        Shape small = Shape.Of(3, 16, 16);
        return name switch
        {
            "resnet8" => ModelFolder.Model(s_cifar, small, mean: mean, std: std),
            "resnet8, h = s = 1" => ModelFolder.Model(s_cifar with { Step = 1, Skip = 1 }, small),
            "resnet8, pad, learned" => ModelFolder.Model(
                s_cifar with { Shortcut = ShortcutKind.Pad, Step = CoefficientSpec.LearnedFrom(0.3), Skip = CoefficientSpec.Parse("learned:0.9@network") }, Shape.Of(3, 15, 17)),
            "resnet8, pre, by channel" => ModelFolder.Model(pre with { Step = CoefficientSpec.Parse("channel:0.3"), Skip = CoefficientSpec.Parse("channel:0.9@stage") }, small),
            "resnet8, pre, group norm, pad" => ModelFolder.Model(pre with { Norm = Normalization.Group, Shortcut = ShortcutKind.Pad }, small),
            "resnet8, no norm" => ModelFolder.Model(s_cifar with { Norm = Normalization.None }, small),
            "resnet8, grey" => ModelFolder.Model(s_cifar with { InChannels = 1 }, Shape.Of(1, 12, 12), mean: [0.3f], std: [0.4f]),
            "adaresnet18" => ModelFolder.Model(new AdaResNet18Options { Width = 8, Skip = CoefficientSpec.LearnedFrom(0.9) }),
            "adaresnet18, odd size" => ModelFolder.Model(new AdaResNet18Options { Width = 8 }, Shape.Of(3, 45, 37)),
            "keras-resnet50" => ModelFolder.Model(new KerasResNet50Options { Width = 8, Step = 0.2 }),
            "imagenet-resnet18" => ModelFolder.Model(new ImageNetResNetOptions { Depth = 18, Width = 8, Step = 0.4 }, Shape.Of(3, 64, 48)),
            "imagenet-resnet50" => ModelFolder.Model(new ImageNetResNetOptions { Depth = 50, Width = 8, Skip = 0.9 }, Shape.Of(3, 64, 64)),
            "text-resnet9" => ModelFolder.Model(text, Shape.Of(60)),
            "text-resnet9, max" => ModelFolder.Model(text with { Head = TextHead.Max }, Shape.Of(24)),
            "text-resnet17, pre, group norm" => ModelFolder.Model(
                text with { Depth = 17, Order = BlockOrder.Pre, Norm = Normalization.Group, Head = TextHead.KMax, Step = CoefficientSpec.Parse("channel:0.3") }, Shape.Of(64)),
            "text-rnn8" => ModelFolder.Model(new TextRnnOptions { Steps = 8, Length = 20, Width = 4, Step = 0.3 }, Shape.Of(20)),
            "resnet8, heun" => ModelFolder.Model(s_cifar with { Integrator = Integrator.Heun }, small),
            "point-resnet3" => ModelFolder.Model(points),
            "point-resnet3, batch norm" => ModelFolder.Model(points with { Width = 6, Norm = Normalization.Batch, Step = CoefficientSpec.Parse("channel:0.3") }),
            "point-resnet3, group norm" => ModelFolder.Model(points with { Width = 8, Norm = Normalization.Group }),
            "small images" => Own(SmallNetworks.ImageNetwork(), Shape.Of(4, 6, 5), 3),
            "swish" => ModelFolder.Model(s_cifar with { Branch = (from, to, stride) => new SwishBranch(from, to, stride) }, small, ["x", "y"]),
            _ => throw new ArgumentException(name),
        };
    }

    private static TrainedModel Own(Module network, Shape item, int classes)
    {
        ModelFolder.Shake(network);
        return new TrainedModel(network, new ModelCard
        {
            Options = s_cifar with { Branch = (_, _, _) => new Identity() },
            Item = item,
            Classes = [.. Enumerable.Range(0, classes).Select(i => $"{i}")],
            Mean = [],
            Std = [],
        });
    }

    private static float[] Items(TrainedModel model, int n)
    {
        CounterRandom random = new((ulong)n, 8);
        return [.. Enumerable.Range(0, n * model.Card.Item.ItemCount).Select(_ =>
            model.Card.Options is TextResNetOptions or TextRnnOptions ? random.NextInt(CharacterVocabulary.Count) : (float)random.NextNormal())];
    }

    // To the largest logit: of one near 0 nothing but noise would be compared.
    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = expected.Max(Math.Abs), error = Compute.LargestDifference([.. expected.Select(value => (double)value)], actual);
        Assert.True(largest > 1e-3 && error <= 1e-4 * largest, $"error {error:e2}, largest logit {largest:g4}");
    }

    private sealed class Named : Module
    {
        private readonly Parameter _scale;

        public Named() => _scale = Parameter("logits", Shape.Scalar, Initializers.Constant(2));

        protected override Tensor Forward(Tensor x) => Ops.Scale(x, x.Graph.Read(_scale));
    }

    private sealed class SwishBranch : Module
    {
        private readonly Conv2d _conv;

        public SwishBranch(int from, int to, int stride) => _conv = Child("conv", new Conv2d(from, to, 3, stride));

        protected override Tensor Forward(Tensor x) => _conv.Apply(Ops.Apply(new SwishOp(), x));
    }

    private sealed class SwishOp : ElementwiseOp, IOnnxOperation
    {
        public override T Apply<T>(T x) => x / (T.One + T.Exp(-x));

        public override T Derivative<T>(T x) => throw new NotSupportedException();

        public IReadOnlyList<string> ToOnnx(OnnxGraph graph, IReadOnlyList<string> inputs) =>
            [graph.Add("Mul", [inputs[0], graph.Add("Sigmoid", inputs)])];
    }

    private sealed class CubeBranch : Module
    {
        private readonly PadShortcut _widen;

        public CubeBranch(int to, int stride) => _widen = Child("widen", new PadShortcut(stride, to));

        protected override Tensor Forward(Tensor x) => _widen.Apply(Ops.Apply(new CubeOp(), x));
    }

    private sealed class CubeOp : ElementwiseOp
    {
        public override T Apply<T>(T x) => x * x * x;

        public override T Derivative<T>(T x) => throw new NotSupportedException();
    }
}
