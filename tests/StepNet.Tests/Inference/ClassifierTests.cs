using System.Globalization;
using StepNet.Data;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Imaging;
using StepNet.Inference;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Tests.Data;

namespace StepNet.Tests.Inference;

public sealed class ClassifierTests : IDisposable
{
    private static readonly CifarResNetOptions s_small = new() { Depth = 8, Width = 4, Step = 0.3, Skip = CoefficientSpec.LearnedFrom(0.9) };

    private readonly ModelFolder _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void PredictFile_ImagesOfAFolder_AreWhatTrainingSaw()
    {
        using PictureFolder pictures = new();
        CounterRandom random = new(1);
        for (int i = 0; i < 12; i++)
        {
            byte[] pixels = [.. Enumerable.Range(0, 3 * (20 + i) * 24).Select(_ => (byte)random.NextInt(256))];
            pictures.Add($"{(i % 2 == 0 ? "a, b" : "c")}/{i}.png", PngEncoder.Encode(new RgbImage(20 + i, 24, pixels)));
        }

        DatasetEntry entry = ImageFolder.Open(pictures.Path, new ImageFolderOptions { ImageSize = 16 });
        TrainedModel model = ModelFolder.Model(s_small, entry.ItemShape, [.. entry.Classes], [.. entry.Mean], [.. entry.Std]);
        using Classifier classifier = Classifier.Load(_models.Save(model));
        (IDataset train, _) = entry.Load("");
        Assert.Equal(["a, b", "c"], classifier.Classes);

        // The set keeps its own order: the logits of its items, as the trainer and the evaluator get them, one by one.
        Normalize normalize = new(entry.Mean, entry.Std);
        HashSet<string> trained = [];
        for (int i = 0; i < train.Count; i++)
        {
            float[] item = new float[entry.ItemShape.ItemCount];
            train.Read(i, item);
            CounterRandom unused = default;
            normalize.Apply(item, entry.ItemShape, ref unused);
            trained.Add(Text(model.Network.Run(new NdArray(item, 1, 3, 16, 16)).Values));
        }

        string[] files = Directory.GetFiles(pictures.Path, "*.png", SearchOption.AllDirectories);
        int found = files.Count(file => trained.Contains(Text(classifier.PredictFile(file).Logits)));
        Assert.Equal(train.Count, found);
        Assert.True(found > 6);
    }

    [Fact]
    public void PredictText_AnyText_IsWhatTrainingSaw()
    {
        string[] texts = ["", "  padded \n", "Good, but LATE!", "\0tab\tand é", "smile 😀 twice 😀", new string('x', 100)];
        TextDataset set = new([.. texts.Select(text => text.Trim(' ', '\n'))], [0, 0, 1, 0, 1, 0], 24, ["no", "yes"]);
        TrainedModel model = ModelFolder.Model(new TextResNetOptions { Width = 4, Head = TextHead.Max }, set.ItemShape, ["no", "yes"]);
        using Classifier classifier = Classifier.Load(_models.Save(model));

        float[] item = new float[24];
        for (int i = 0; i < texts.Length; i++)
        {
            set.Read(i, item);
            Assert.Equal(model.Network.Run(new NdArray([.. item], 1, 24)).Values, classifier.PredictText(texts[i]).Logits);
        }
    }

    [Fact]
    public void Load_FileAndNetwork_TakesNumberOfClassesAndWhatTheFileSays()
    {
        TrainedModel model = ModelFolder.Model(s_small, Shape.Of(3, 16, 16), ["x", "y", "z"], [0.1f, 0.2f, 0.3f], [1, 2, 3]);
        ModelFile.Save(_models.PathOf("bare.safetensors"), model.Network);
        float[] images = [.. Compute.Uniform(2 * 3 * 16 * 16, 3).Select(value => (float)value)];
        NdArray batch = new(images, 2, 3, 16, 16);

        TrainedModel bare = TrainedModel.Load(_models.PathOf("bare.safetensors"), s_small, Shape.Of(3, 16, 16));
        TrainedModel named = TrainedModel.Load(_models.Save(model), s_small with { Step = 0.4 });
        using Classifier first = new(bare), second = new(named), folder = Classifier.Load(_models.Folder);

        Assert.Equal(["0", "1", "2"], first.Classes);
        Assert.Empty(bare.Card.Mean);
        Assert.Equal(model.Card with { Options = named.Card.Options }, named.Card);
        Assert.Equal(model.Card, folder.Card);
        Close(model.Network.Run(batch).Values, first.Logits(batch).Values);
        Assert.Equal(first.Logits(batch).Values, folder.Logits(batch).Values);
        Assert.NotEqual(first.Logits(batch).Values, second.Logits(batch).Values);
    }

    [Fact]
    public void Load_NothingSaidOfNormalization_WarnsAndExportsNoPreprocessing()
    {
        TrainedModel model = ModelFolder.Model(s_small, Shape.Of(3, 16, 16), ["x", "y"], [0.1f, 0.2f, 0.3f], [1, 2, 3]);
        ModelFile.Save(_models.PathOf("bare.safetensors"), model.Network);
        ListLogger log = new(), silent = new();

        TrainedModel bare = TrainedModel.Load(_models.PathOf("bare.safetensors"), s_small, Shape.Of(3, 16, 16));
        using Classifier first = new(bare, new ClassifierOptions { Logger = log }), second = new(model, new ClassifierOptions { Logger = silent });

        Assert.Contains(log.Lines, line => line.StartsWith("Warning resnet8 does not say how pixels are normalised", StringComparison.Ordinal));
        Assert.DoesNotContain(silent.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
        string file = _models.PathOf("bare.onnx");
        Assert.Throws<ArgumentException>(() => OnnxFile.Save(file, bare));
        Assert.False(File.Exists(file));
        OnnxFile.Save(file, bare, preprocessing: false);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public void Predict_NetworkOfOnesOwn_NeedsACardWithoutOptions()
    {
        Sequential network = new(new Conv2d(3, 4, kernel: 3), new GlobalAveragePool(), new Linear(4, 2));
        ModelFolder.Shake(network);
        ModelCard card = new() { Item = Shape.Of(3, 8, 8), Classes = ["no", "yes"], Mean = [0.5f, 0.5f, 0.5f], Std = [0.2f, 0.2f, 0.2f] };
        TrainedModel model = new(network, card);
        using Classifier classifier = new(model);
        NdArray item = new([.. Compute.Uniform(3 * 8 * 8, 3).Select(value => (float)value)], 1, 3, 8, 8);

        Close(network.Run(item).Values, classifier.Logits(item).Values);
        OnnxFile.Save(_models.PathOf("own.onnx"), model);
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(card.ToMetadata);
        Assert.StartsWith("network is not of the catalogue", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_BranchOfOnesOwn_NeedsNoFile()
    {
        CifarResNetOptions options = s_small with { Branch = (from, to, stride) => new Conv2d(from, to, 3, stride) };
        TrainedModel model = ModelFolder.Model(options, Shape.Of(3, 8, 8));
        using Classifier classifier = new(model);

        float[] image = [.. Compute.Uniform(192, 3).Select(value => (float)value)];
        Assert.Equal(model.Network.Run(new NdArray(image, 1, 3, 8, 8)).Values, classifier.Predict(new NdArray(image, 1, 3, 8, 8))[0].Logits);
    }

    // Executors are made when they are needed, and training may have gone on by then.
    [Fact]
    public void Predict_ModelThatIsTrainedOn_KeepsTheValuesOfTheBeginning()
    {
        TrainedModel model = ModelFolder.Model(s_small, Shape.Of(3, 8, 8));
        NdArray batch = new([.. Compute.Uniform(10 * 192, 3).Select(value => (float)value)], 10, 3, 8, 8);
        using Classifier classifier = new(model), before = new(model);
        float[] expected = before.Logits(batch).Values;

        foreach (Variable variable in model.Network.State)
        {
            variable.Values.AsSpan().Clear();
        }

        Assert.Equal(expected, classifier.Logits(batch).Values);
        using Classifier after = new(model);
        Assert.NotEqual(expected, after.Logits(batch).Values);
    }

    // A body that is sent piece by piece does not say how long it is.
    [Fact]
    public async Task Predict_StreamThatCannotSeek_HeedsALowLimit()
    {
        TrainedModel model = ModelFolder.Model(s_small, Shape.Of(3, 8, 8), mean: [0.5f, 0.5f, 0.5f], std: [0.2f, 0.3f, 0.4f]);
        using Classifier classifier = new(model, new ClassifierOptions { MaxImageBytes = 20_000 });
        RgbImage image = Image(16, seed: 1);

        using ForwardStream small = new(PngEncoder.Encode(image)), large = new(new byte[20_001]);
        Assert.Equal(classifier.Predict(image).Logits, (await classifier.PredictAsync(small, TestContext.Current.CancellationToken)).Logits);
        Assert.Contains("more than 20000 bytes", (await Assert.ThrowsAsync<ImageException>(() => classifier.PredictAsync(large, TestContext.Current.CancellationToken))).Message,
            StringComparison.Ordinal);
    }

    private sealed class ForwardStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();
    }

    [Fact]
    public void Predict_32ThreadsAtOnce_GiveTheBitsOfOne()
    {
        TrainedModel model = ModelFolder.Model(s_small, Shape.Of(3, 16, 16), mean: [0.5f, 0.5f, 0.5f], std: [0.2f, 0.3f, 0.4f]);
        using Classifier classifier = new(model, new ClassifierOptions { Concurrency = 5, Threads = 2 });
        RgbImage[] images = [.. Enumerable.Range(0, 32).Select(i => Image(16 + i, seed: (ulong)i))];
        string[] expected = [.. images.Select(image => Text(classifier.Predict(image).Logits))];
        Assert.Equal(32, expected.Distinct().Count());

        int wrong = 0, done = 0;
        Thread[] threads = [.. Enumerable.Range(0, 32).Select(t => new Thread(() =>
        {
            for (int k = 0; k < 25; k++)
            {
                int i = ((t * 7) + k) % 32;
                string got = k % 5 == 0 ? Text(classifier.PredictAsync(new MemoryStream(PngEncoder.Encode(images[i]))).Result.Logits)
                    : Text(classifier.Predict(images[i]).Logits);
                Interlocked.Add(ref wrong, got == expected[i] ? 0 : 1);
                Interlocked.Increment(ref done);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal((32 * 25, 0), (done, wrong));
    }

    [Fact]
    public void Predict_Batch_IsCutWithoutATraceAndHeedsItsToken()
    {
        TrainedModel model = ModelFolder.Model(s_small, Shape.Of(3, 8, 8));
        using CancellationTokenSource source = new();
        ListLogger log = new() { OnLine = count => _ = count == 4 ? Cancel(source) : 0 };
        NdArray batch = new([.. Compute.Uniform(10 * 192, 3).Select(value => (float)value)], 10, 3, 8, 8);
        using Classifier whole = new(model), cut = new(model, new ClassifierOptions { MaxBatch = 3, Logger = log });

        Assert.Equal(model.Network.Run(batch).Values, whole.Logits(batch).Values);
        Assert.Throws<OperationCanceledException>(() => cut.Predict(batch, source.Token));

        // The line of loading, then three parts, of which the third stopped the fourth.
        Assert.Equal(4, log.Lines.Count);
        Assert.StartsWith("Information Loaded resnet8: 5217 parameters, items [3, 8, 8], 10 classes; ", log.Lines[0], StringComparison.Ordinal);
        Assert.All(log.Lines.Skip(1), line => Assert.StartsWith("Debug Predicted 3 items in ", line, StringComparison.Ordinal));
        Close(whole.Logits(batch).Values, cut.Logits(batch).Values);

        static int Cancel(CancellationTokenSource source)
        {
            source.Cancel();
            return 0;
        }
    }

    [Fact]
    public async Task Predict_WhileAllPlacesAreTaken_WaitsOrIsCancelled()
    {
        BlockingDecoder decoder = new();
        ImageDecoders.Register(decoder);
        using Classifier classifier = new(ModelFolder.Model(s_small, Shape.Of(3, 8, 8)), new ClassifierOptions { Concurrency = 1 });
        Task<Prediction> first = Task.Run(() => classifier.Predict(new MemoryStream([.. BlockingDecoder.Magic])));
        decoder.Entered.Wait();

        using CancellationTokenSource source = new(30);
        Assert.ThrowsAny<OperationCanceledException>(() => classifier.Predict(Image(8, 1), source.Token));
        using CancellationTokenSource later = new();
        Task<Prediction> second = classifier.PredictAsync(new MemoryStream(PngEncoder.Encode(Image(8, 1))), later.Token);
        Assert.False(second.IsCompleted);
        await later.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Task<Prediction> third = classifier.PredictAsync(new MemoryStream(PngEncoder.Encode(Image(8, 1))));
        Assert.False(third.IsCompleted);
        decoder.GoOn.Set();

        Assert.Equal(classifier.Predict(BlockingDecoder.Image).Logits, (await first).Logits);
        Assert.Equal(classifier.Predict(Image(8, 1)).Logits, (await third).Logits);
    }

    [Fact]
    public void Predict_GreyModel_TakesLuma()
    {
        using Classifier classifier = new(ModelFolder.Model(s_small with { InChannels = 1 }, Shape.Of(1, 2, 2), mean: [0.1f], std: [0.5f]));
        float[] item = new float[4];

        // Red, green, blue, white: 0.299, 0.587, 0.114 and 1 of 255.
        classifier.Prepare(new RgbImage(2, 2, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]), item);

        Assert.Equal([76, 150, 29, 255], item.Select(value => (int)Math.Round(((value * 0.5) + 0.1) * 255)));
    }

    [Fact]
    public void Top_Logits_ComeWithSoftmaxOfTheTemperature()
    {
        Prediction prediction = new(["a", "b", "c", "d"], [1, 3, 3, -200], 1), warm = new(["a", "b", "c", "d"], [1, 3, 3, -200], 2);

        double sum = 1 + (2 * Math.Exp(2));
        Assert.Equal(["b", "c", "a"], prediction.Top(3).Select(one => one.Name));
        Assert.Equal([1, 2, 0], prediction.Top(3).Select(one => one.Index));
        Assert.Equal(Math.Exp(2) / sum, prediction.Best.Probability, 1e-12);
        Assert.Equal(1, prediction.Probabilities.Sum(), 1e-12);
        Assert.Equal(4, prediction.Top(99).Count);
        Assert.Equal(Math.E / (1 + (2 * Math.E)), warm.Best.Probability, 1e-12);
        Assert.Equal("b 0.468", prediction.ToString());
    }

    [Fact]
    public void WrongInput_Always_SaysWhatIsExpected()
    {
        ListLogger log = new();
        ClassifierOptions options = new() { MaxImageBytes = 2000, MaxPixels = 64, Logger = log };
        using Classifier images = new(ModelFolder.Model(s_small, Shape.Of(3, 8, 8)), options);
        using Classifier texts = new(ModelFolder.Model(new TextResNetOptions { Width = 4, Head = TextHead.Max }, Shape.Of(24)));
        File.WriteAllText(_models.PathOf("words"), "words");

        Equal<ImageException>($"Image '{_models.PathOf("words")}': the file begins with 776F7264, which is none of *", () => images.PredictFile(_models.PathOf("words")));
        Equal<ImageException>($"Image '{_models.PathOf("none")}': Could not find file *", () => images.PredictFile(_models.PathOf("none")));
        Equal<ImageException>("the file has more than 2000 bytes, which is the limit set for it", () => images.Predict(new MemoryStream(new byte[2001])));
        Equal<ImageException>("PNG: the header says 9 x 9 pixels; at most 64 are read", () => images.Predict(new MemoryStream(PngEncoder.Encode(Image(9, 1)))));
        Assert.Equal(
            ["the file begins with 776F7264", "the file has more than 2000 bytes", "PNG: the header says 9 x 9 pixels"],
            log.Lines.Skip(1).Select(line => line["Warning Refused an image: ".Length..].Split(',', ';')[0]));
        Equal<InvalidOperationException>("text-resnet9 reads texts [24], not images.", () => texts.Predict(Image(8, 1)));
        Equal<InvalidOperationException>("resnet8 reads images [3, 8, 8], not texts of characters.", () => images.PredictText("words"));
        Equal<ShapeMismatchException>("resnet8: got [1, 3, 8, 9], needs [N, 3, 8, 8] with at least one item.", () => images.Predict(new NdArray(new float[216], 1, 3, 8, 9)));
        Equal<ShapeMismatchException>("resnet8: got [0, 3, 8, 8], needs [N, 3, 8, 8] with at least one item.", () => images.Predict(new NdArray([], 0, 3, 8, 8)));
        Equal<ArgumentException>("Input 'input': token id 69 at place 1 of item 0. *", () => texts.Predict(new NdArray([1, 69, .. new float[22]], 1, 24)));
        Assert.Throws<OperationCanceledException>(() => images.Predict(Image(8, 1), new CancellationToken(canceled: true)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Classifier(ModelFolder.Model(s_small), new ClassifierOptions { Temperature = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => images.Predict(Image(8, 1)).Top(0));

        images.Dispose();
        Assert.Throws<ObjectDisposedException>(() => images.Predict(Image(8, 1)));
    }

    [Fact]
    public void Load_WrongFile_IsOneLine()
    {
        File.WriteAllText(_models.PathOf("words"), "these are words");
        ModelFile.Save(_models.PathOf("bare.safetensors"), ModelFolder.Model(s_small).Network);

        Equal<SafeTensorsException>($"'{_models.Folder}' has no model.safetensors. Name the folder of a run of 'stepnet train', or a model file.", () => TrainedModel.Load(_models.Folder));
        Equal<SafeTensorsException>($"'{_models.PathOf("none")}' cannot be read (Could not find file *). Name a model file, or the folder of a run.", () => TrainedModel.Load(_models.PathOf("none")));
        Equal<SafeTensorsException>($"'{_models.PathOf("words")}': the header's length at byte 0 is *", () => TrainedModel.Load(_models.PathOf("words")));
        Equal<SafeTensorsException>(
            $"'{_models.PathOf("bare.safetensors")}' holds values alone and does not say of what network. Name a file that StepNet wrote, or, where a command or a method takes it, the network too.",
            () => TrainedModel.Load(_models.PathOf("bare.safetensors")));
        SafeTensors.Write(_models.PathOf("other.safetensors"), [], new Dictionary<string, string> { ["format"] = "pt" });
        Equal<SafeTensorsException>(
            $"'{_models.PathOf("other.safetensors")}': The model's metadata lack 'format_version'. *", () => TrainedModel.Load(_models.PathOf("other.safetensors")));
        Equal<SafeTensorsException>(
            $"'{_models.PathOf("bare.safetensors")}' has no classifier 'linear1.bias' [classes], so it is none of text-resnet9. Name the network it is of.",
            () => TrainedModel.Load(_models.PathOf("bare.safetensors"), new TextResNetOptions { Head = TextHead.Max }));
        Equal<SafeTensorsException>(
            $"'{_models.PathOf("bare.safetensors")}' does not fit the model: *", () => TrainedModel.Load(_models.PathOf("bare.safetensors"), new CifarResNetOptions { Depth = 14, Width = 4 }));
        Equal<ArgumentException>(
            $"2 class names for 10 classes in '{_models.PathOf("bare.safetensors")}'. Give a name for each. *",
            () => TrainedModel.Load(_models.PathOf("bare.safetensors"), s_small, classes: ["a", "b"]));
    }

    // Files of strangers: each is refused before a network is built of it, or as it is.
    [Theory]
    [InlineData("width", "16000", "its metadata describe no network that can be built")]
    [InlineData("image_size", "3x100000x100000", "'image_size' = '3x100000x100000', expected 1 to")]
    [InlineData("image_size", "3x0x8", "image_size")]
    [InlineData("std", "0.2,0,0.2", "'std' = '0.2,0,0.2', expected numbers above 0")]
    [InlineData("std", "0.2,NaN,0.2", "expected numbers above 0")]
    public void Load_MetadataThatMakeNoSense_IsOneLine(string key, string text, string expected)
    {
        TrainedModel model = ModelFolder.Model(s_small, Shape.Of(3, 8, 8), mean: [0.5f, 0.5f, 0.5f], std: [0.2f, 0.3f, 0.4f]);
        string path = _models.PathOf("strange.safetensors");
        ModelFile.Save(path, model.Network, new Dictionary<string, string>(model.Card.ToMetadata()) { [key] = text });

        string message = Assert.Throws<SafeTensorsException>(() => Classifier.Load(path)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    // A star stands for words of the system, or for what another test reads.
    private static void Equal<T>(string expected, Action action)
        where T : Exception
    {
        string message = Assert.Throws<T>(action).Message;
        string[] parts = expected.Split('*');
        Assert.DoesNotContain('\n', message);
        Assert.True(
            parts.Length == 1 ? message == expected
                : message.StartsWith(parts[0], StringComparison.Ordinal) && message.EndsWith(parts[1], StringComparison.Ordinal),
            $"expected: {expected}\nactual:   {message}");
    }

    // Convolutions choose their algorithm by the planned batch, so the last bits may differ.
    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    private static string Text(IEnumerable<float> values) =>
        string.Join(' ', values.Select(value => BitConverter.SingleToInt32Bits(value).ToString("x8", CultureInfo.InvariantCulture)));

    private static RgbImage Image(int size, ulong seed)
    {
        CounterRandom random = new(seed, 99);
        return new RgbImage(size, size, [.. Enumerable.Range(0, 3 * size * size).Select(_ => (byte)random.NextInt(256))]);
    }

    /// <summary>A format whose decoding takes as long as a test wants.</summary>
    private sealed class BlockingDecoder : IImageDecoder
    {
        public string Format => "blocking";

        public static ReadOnlySpan<byte> Magic => "a test of waiting"u8;

        public static RgbImage Image { get; } = Image(8, 5);

        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim GoOn { get; } = new();

        public bool Recognizes(ReadOnlySpan<byte> head) => head.SequenceEqual(Magic[..head.Length]) && head.Length > 8;

        public RgbImage Decode(ReadOnlySpan<byte> file, long maxPixels)
        {
            Entered.Set();
            GoOn.Wait();
            return Image;
        }
    }
}
