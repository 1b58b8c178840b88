using System.Diagnostics;
using StepNet.Data;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Inference;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Tests.Export.Onnx;
using StepNet.Tests.Inference;
using StepNet.Tests.Parity;

namespace StepNet.Tests.Cli;

public sealed class ExportCommandTests(OnnxRuntime runtime) : IClassFixture<OnnxRuntime>, IDisposable
{
    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Fact]
    public void Export_TrainedRun_HasTheSameTopClassOnTheWholeTestSet()
    {
        const int Items = 500;
        (int code, _, string error) = _stepnet.Run("train --model resnet8 --step learned:0.3 --train-items 400 --test-items 50 --validation 0 --epochs 2 --threads 1 --quiet --out run");
        Assert.True(code == 0, error);
        (code, string output, error) = _stepnet.Run("export --weights run --format onnx --no-preprocessing --output shapes.onnx");

        Assert.True(code == 0, error);
        Assert.Equal("", output);
        Assert.Equal(
            "'shapes.onnx': resnet8, 78,045 parameters, items [3, 32, 32], 10 classes; opset 17, preprocessing left out\n", error.ReplaceLineEndings("\n"));
        using Classifier classifier = Classifier.Load(_stepnet.PathOf("run"));
        ShapesDataset test = new(Items, seed: 5, split: "test");
        float[] images = new float[Items * 3072];
        CounterRandom unused = default;
        Normalize normalize = new(classifier.Card.Mean, classifier.Card.Std);
        for (int i = 0; i < Items; i++)
        {
            test.Read(i, images.AsSpan(i * 3072));
            normalize.Apply(images.AsSpan(i * 3072, 3072), test.ItemShape, ref unused);
        }

        IReadOnlyList<Prediction> here = classifier.Predict(new NdArray(images, Items, 3, 32, 32));
        (_, float[] logits) = runtime.Run(_stepnet.PathOf("shapes.onnx"), images, Items, 3, 32, 32);

        int[] top = [.. Enumerable.Range(0, Items).Select(i => Array.IndexOf(logits, logits[(i * 10)..((i * 10) + 10)].Max(), i * 10) - (i * 10))];
        Assert.Equal(here.Select(prediction => prediction.Best.Index), top);
        Assert.True(top.Distinct().Count() > 3, "a network that was trained tells figures apart");
    }

    [Fact]
    public void Export_NetworkByItsOptions_GoesWithAFileOfValuesAlone()
    {
        TrainedModel model = ModelFolder.Model(new CifarResNetOptions { Depth = 8, Width = 4, Step = 0.37, Skip = 0.8 }, Shape.Of(3, 16, 16));
        ModelFile.Save(_stepnet.PathOf("bare.safetensors"), model.Network);
        const string Network = "--model resnet8 --width 4 --step 0.37 --skip 0.8 --image-size 16 --weights bare.safetensors --quiet";

        AssertRuns($"export {Network} --no-preprocessing --output bare.onnx");
        AssertRuns($"export {Network} --mean 0.5,0.25,0.125 --std 1,2,4 --output pixels.onnx");
        AssertRuns($"export {Network} --format safetensors --output full.safetensors");

        float[] image = [.. Compute.Uniform(768, 4).Select(value => (float)value)];
        using Classifier classifier = new(model), full = Classifier.Load(_stepnet.PathOf("full.safetensors"));
        Assert.Equal(model.Card.Options, full.Card.Options);
        Assert.Equal(classifier.Logits(new NdArray(image, 1, 3, 16, 16)).Values, full.Logits(new NdArray(image, 1, 3, 16, 16)).Values);
        (_, float[] bare) = runtime.Run(_stepnet.PathOf("bare.onnx"), image, 1, 3, 16, 16);
        (_, float[] pixels) = runtime.Run(_stepnet.PathOf("pixels.onnx"), Enumerable.Repeat((byte)51, 768).ToArray(), 1, 16, 16, 3);
        float[] normal = [.. Enumerable.Range(0, 768).Select(i => (i / 256) switch { 0 => -0.3f, 1 => -0.05f / 2, _ => 0.075f / 4 })];
        AssertClose(classifier.Logits(new NdArray(image, 1, 3, 16, 16)).Values, bare);
        AssertClose(classifier.Logits(new NdArray(normal, 1, 3, 16, 16)).Values, pixels);

        (int code, _, string error) = _stepnet.Run($"export {Network} --output none.onnx");
        Assert.Equal(2, code);
        Assert.Equal(
            "stepnet: the file does not say how images were normalised in training. Give --mean and --std, or --no-preprocessing.\n", error.ReplaceLineEndings("\n"));
        (code, _, error) = _stepnet.Run("export --weights bare.safetensors --step 0.37 --output none.onnx");
        Assert.Equal((2, "stepnet: 'bare.safetensors' does not say of what network it is. Name it with --model.\n"), (code, error.ReplaceLineEndings("\n")));
        (code, _, error) = _stepnet.Run("export --weights full.safetensors --mean 0.5 --std 1 --output none.onnx");
        Assert.Equal((2, "stepnet: --mean and --std go together, a number for each channel of an image: 3 of resnet8's.\n"), (code, error.ReplaceLineEndings("\n")));
        Assert.Empty(Directory.GetFiles(_stepnet.Folder, "none*"));
    }

    [Theory]
    [InlineData("post, batch")]
    [InlineData("pre, group, learned")]
    public void ExportSafeTensors_InPyTorch_LoadsStrictlyAndComputesTheSame(string name)
    {
        Assert.SkipWhen(PythonWithTorch.Path is null, PythonWithTorch.Why);
        CifarResNetOptions options = new() { Depth = 14, Width = 8, Step = 0.3, Skip = 0.9 };
        TrainedModel model = ModelFolder.Model(
            name == "post, batch" ? options : options with
            {
                Order = BlockOrder.Pre,
                Norm = Normalization.Group,
                Shortcut = ShortcutKind.Pad,
                Step = CoefficientSpec.Parse("learned:0.3"),
                Skip = CoefficientSpec.Parse("channel:0.9@stage"),
            }, Shape.Of(3, 24, 24), ["a", "b", "c"]);
        ModelFile.Save(_stepnet.PathOf("model.safetensors"), model.Network, model.Card.ToMetadata());
        AssertRuns("export --weights model.safetensors --format safetensors --output out.safetensors --quiet");
        float[] images = [.. Compute.Uniform(4 * 1728, 4).Select(value => (float)value)];
        SafeTensors.Write(_stepnet.PathOf("input"), [SafeTensor.Of("input", [4, 3, 24, 24], images)]);

        ProcessStartInfo start = new(PythonWithTorch.Path!,
            [Path.Combine(Checkout.Root, "tests", "pytorch", "load_export.py"), "out.safetensors", "input", "output"])
        {
            WorkingDirectory = _stepnet.Folder,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 0, error);
        using Classifier classifier = new(model);
        AssertClose(classifier.Logits(new NdArray(images, 4, 3, 24, 24)).Values, SafeTensors.Read(_stepnet.PathOf("output"))["logits"].ToSingles());
    }

    private void AssertRuns(string arguments)
    {
        (int code, string output, string error) = _stepnet.Run(arguments);
        Assert.Equal((0, "", ""), (code, output, error));
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        double largest = expected.Max(Math.Abs), error = Compute.LargestDifference([.. expected.Select(value => (double)value)], actual);
        Assert.True(expected.Length == actual.Length && largest > 1e-3 && error <= 1e-4 * largest, $"error {error:e2}, largest logit {largest:g4}");
    }
}
