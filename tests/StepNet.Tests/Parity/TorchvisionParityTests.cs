using StepNet.Execution;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Parity;

/// <summary>The ResNets for ImageNet against torchvision's own, in full width and with s = h = 1.</summary>
public sealed class TorchvisionParityTests(PyTorchJudge judge, ITestOutputHelper output) : IClassFixture<PyTorchJudge>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(18, 224)]
    [InlineData(50, 224)]
    public void Run_Image_LogitsOfTorchvision(int depth, int size)
    {
        ParityCase network = Case(depth, n: 1, size);

        double[] expected = Judge(network, depth, "float32", "--eval")["logits"].ToDoubles();
        NdArray logits = network.Model.Run(new NdArray(network.Input, 1, 3, size, size));

        Errors errors = new(1e-4);
        errors.Add("logits", expected, Array.ConvertAll(logits.Values, value => (double)value));
        output.WriteLine($"imagenet-resnet{depth}: {errors}");
        Assert.True(errors.Faults.Count == 0, string.Join('\n', errors.Faults));
    }

    [Fact]
    public void CpuExecutor_FirstStep_GradientsOfTorchvision()
    {
        const int depth = 18;
        ParityCase network = Case(depth, n: 4, size: 64);
        SafeTensorFile expected = Judge(network, depth, "float64");
        GraphProgram program = TrainingGraph.Build(network.Model, network.Item, null);
        using IExecutor executor = Executors.Create(program, network.N, threads: 2);
        executor.Feed("input", network.Input);
        executor.Feed("labels", network.Labels);

        executor.Run(network.N);

        Errors errors = new(5e-2);
        foreach (Parameter parameter in network.Model.Parameters)
        {
            string key = $"grad.{parameter.Name}";
            float[] values = new float[parameter.Shape.ItemCount];
            executor.Fetch(key, values);
            errors.Add(key, expected[key].ToDoubles(), Array.ConvertAll(values, value => (double)value));
        }

        output.WriteLine($"imagenet-resnet{depth}: {errors}");
        Assert.True(errors.Faults.Count == 0, string.Join('\n', errors.Faults));
        Assert.Equal(
            expected.Tensors.Keys.Where(key => key.StartsWith("grad.", StringComparison.Ordinal)),
            network.Model.Parameters.Select(parameter => $"grad.{parameter.Name}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_FileOfTorchvision_GivesItsValues(bool withCounters)
    {
        ParityCase network = Case(18, n: 1, size: 32);
        string path = Path.Combine(_folder, "published.safetensors");
        _ = Judge(network, 18, "float32", "--eval", "--state", path);
        SafeTensorFile written = SafeTensors.Read(path);
        const string counter = "num_batches_tracked";
        Assert.Equal(20, written.Tensors.Keys.Count(name => name.EndsWith(counter, StringComparison.Ordinal)));
        if (!withCounters)
        {
            SafeTensors.Write(path, written.Tensors.Values.Where(tensor => !tensor.Name.EndsWith(counter, StringComparison.Ordinal)));
        }

        Module loaded = new ImageNetResNetOptions().Create();
        ModelFile.Load(path, loaded);

        Assert.Equal(
            written.Tensors.Keys.Where(name => !name.EndsWith(counter, StringComparison.Ordinal)), loaded.State.Select(v => v.Name));
        Assert.All(network.Model.State.Zip(loaded.State), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
    }

    private static ParityCase Case(int depth, int n, int size) =>
        new(new ImageNetResNetOptions { Depth = depth }, n, 1, 0, Shape.Of(3, size, size));

    private SafeTensorFile Judge(ParityCase network, int depth, string dtype, params string[] options)
    {
        Assert.SkipWhen(PythonWithTorch.Path is null, PythonWithTorch.Why);
        Assert.SkipUnless(PythonWithTorch.HasTorchvision, "The Python with torch has no torchvision: install it (Debian: python3-torchvision).");
        return judge.Run(
            network.Tensors(), ["--model", $"torchvision:resnet{depth}", "--dtype", dtype, "--steps", "0", .. options]);
    }
}
