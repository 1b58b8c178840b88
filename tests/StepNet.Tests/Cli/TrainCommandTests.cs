using System.Diagnostics;
using System.Text.Json;
using StepNet.Export;
using StepNet.Models;

namespace StepNet.Tests.Cli;

public sealed class TrainCommandTests : IDisposable
{
    // Two steps of a small network: enough for every file of the folder.
    private const string Tiny = "train --train-items 10 --test-items 4 --validation 4 --batch 4 --epochs 1 --threads 1";

    private static readonly string[] Files =
    [
        "checkpoint.previous.safetensors", "checkpoint.safetensors", "config.yaml", "metrics.csv", "model.safetensors", "summary.json",
    ];

    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Fact]
    public void Train_ShortRun_LeavesACompleteFolder()
    {
        (int code, string output, string error) = _stepnet.Run($"{Tiny} --step learned:0.1 --json");

        Assert.True(code == 0, error);
        string folder = _stepnet.PathOf("runs", "resnet8-shapes-1");
        Assert.Equal(Files, Directory.GetFiles(folder).Select(Path.GetFileName).Order());

        string json = File.ReadAllText(Path.Combine(folder, "summary.json"));
        Assert.Equal(json.TrimEnd(), output.TrimEnd());
        JsonElement summary = JsonDocument.Parse(json).RootElement;
        Assert.Equal("completed", summary.GetProperty("state").GetString());
        Assert.InRange(summary.GetProperty("test_accuracy").GetDouble(), 0, 1);
        Assert.Equal("learned:0.1", summary.GetProperty("step").GetString());
        Assert.Equal(2, summary.GetProperty("steps").GetInt64());
        Assert.All(
            ["images_per_second", "seconds", "epochs", "parameters", "final_loss", "lr", "batch", "threads", "seed"],
            name => Assert.True(summary.GetProperty(name).GetDouble() > 0, name));

        SafeTensorFile file = SafeTensors.Read(Path.Combine(folder, "model.safetensors"));
        Assert.Equal("resnet8", ModelCard.Parse(file.Metadata).Name);
        Assert.Equal(
            file["layer1.0.step"].ToSingles()[0], summary.GetProperty("coefficients").GetProperty("layer1.0.step").GetSingle());

        string[] metrics = File.ReadAllLines(Path.Combine(folder, "metrics.csv"));
        Assert.Equal(2, metrics.Length);
        Assert.StartsWith("epoch,steps,train_loss,train_accuracy,validation_loss,validation_accuracy,test_loss,test_accuracy,lr,seconds,", metrics[0], StringComparison.Ordinal);
        Assert.StartsWith("1,2,", metrics[1], StringComparison.Ordinal);

        string[] lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("resnet8, 78,045 parameters, step learned:0.1", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("epoch 1/1  loss ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("completed, test accuracy ", lines[2], StringComparison.Ordinal);
        Assert.Equal($"run folder: {Path.Combine("runs", "resnet8-shapes-1")}", lines[3].TrimEnd());
    }

    [Fact]
    public void Train_WithAnotherOptimizer_SummarySaysWhatWasUsed()
    {
        (int code, string output, string error) = _stepnet.Run(
            $"{Tiny} --optimizer rmsprop --momentum 0.5 --epsilon 1e-7 --decay weights --clip-norm 2 --label-smoothing 0.1 "
            + "--schedule cosine --warmup 0.5 --json");

        Assert.True(code == 0, error);
        JsonElement summary = JsonDocument.Parse(output).RootElement;
        Assert.Equal("rmsprop", summary.GetProperty("optimizer").GetString());
        Assert.Equal("weights", summary.GetProperty("decay").GetString());
        Assert.Equal("cosine 0.001 after 0.5 epochs of warm-up", summary.GetProperty("schedule").GetString());
        Assert.Equal(
            [0.001, 0.5, 0.99, 1e-7, 0, 2, 0.1],
            new[] { "lr", "momentum", "beta2", "epsilon", "weight_decay", "clip_norm", "label_smoothing" }
                .Select(name => summary.GetProperty(name).GetDouble()));
        Assert.All(["beta1", "clip_value"], name => Assert.Equal(JsonValueKind.Null, summary.GetProperty(name).ValueKind));
    }

    [Fact]
    public void Train_RawPixels_ModelSaysThatPixelsAreNotNormalised()
    {
        (int code, _, string error) = _stepnet.Run($"{Tiny} --raw-pixels --max-steps 1 --out raw");

        Assert.True(code == 0, error);
        StepNet.Inference.TrainedModel model = StepNet.Inference.TrainedModel.Load(Path.Combine(_stepnet.Folder, "raw", "model.safetensors"));
        Assert.Equal([0, 0, 0], model.Card.Mean);
        Assert.Equal([1, 1, 1], model.Card.Std);
        Assert.Contains("raw-pixels: true", File.ReadAllText(Path.Combine(_stepnet.Folder, "raw", "config.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Twice_TakesTheNextFolderAndGivesTheSameModel()
    {
        Assert.Equal(0, _stepnet.Run($"{Tiny} --max-steps 1").ExitCode);
        (int code, string output, _) = _stepnet.Run($"{Tiny} --max-steps 1");

        Assert.Equal((0, ""), (code, output));
        Assert.Equal(Model(1), Model(2));

        byte[] Model(int n) => File.ReadAllBytes(_stepnet.PathOf("runs", $"resnet8-shapes-{n}", "model.safetensors"));
    }

    [Fact]
    public void Train_SeveralAtOnce_EachGetsAFolder()
    {
        Process[] runs = [.. Enumerable.Range(0, 3).Select(_ => _stepnet.Start($"{Tiny} --max-steps 1 --quiet"))];
        foreach (Process run in runs)
        {
            run.WaitForExit();
            Assert.Equal(0, run.ExitCode);
            run.Dispose();
        }

        Assert.All([1, 2, 3], n => Assert.True(File.Exists(_stepnet.PathOf("runs", $"resnet8-shapes-{n}", "summary.json")), $"{n}"));
    }

    [Fact]
    public void Train_HugeLearningRate_ExitsWith4AndACompleteFolder()
    {
        (int code, string output, string error) = _stepnet.Run($"{Tiny} --lr 1e12 --schedule constant --norm none --json --out d");

        Assert.True(code == 4, error);
        Assert.Contains("diverged at step 1: a loss, gradient or update is NaN or infinite", error, StringComparison.Ordinal);
        JsonElement summary = JsonDocument.Parse(output).RootElement;
        Assert.Equal("diverged", summary.GetProperty("state").GetString());
        Assert.Equal(1, summary.GetProperty("diverged_at_step").GetInt64());
        string place = summary.GetProperty("diverged_in").GetString()!;
        Assert.Matches(@"\(\w+\.cs:\d+\): \w+ gave ", place);
        Assert.Contains($"first bad numbers: {place}", error, StringComparison.Ordinal);
        Assert.Contains("last finite checkpoint: step 0", error, StringComparison.Ordinal);
        Assert.Equal(
            Files.Except(["checkpoint.previous.safetensors"]),
            Directory.GetFiles(_stepnet.PathOf("d")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Train_Interrupted_ExitsWith130AndASummary()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no signal to send to another process.");
        }

        using Process process = _stepnet.Start("train --train-items 4000 --test-items 4 --batch 2 --threads 1 --out i");
        string? header = process.StandardError.ReadLine();
        // Not INT, which a job in the background of a script is born to ignore; both take the same way.
        StepNetProcess.Send("TERM", process);
        string rest = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 130, $"{process.ExitCode}: {header} {rest}");
        JsonElement summary = JsonDocument.Parse(File.ReadAllText(_stepnet.PathOf("i", "summary.json"))).RootElement;
        Assert.Equal("interrupted", summary.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, summary.GetProperty("test_accuracy").ValueKind);
    }

    [Fact]
    public void Threads_FromTheEnvironment_AreTaken()
    {
        (_, string output, _) = _stepnet.Run(
            "train --train-items 4 --test-items 4 --validation 0 --epochs 1 --json", ("STEPNET_THREADS", "3"), ("SLURM_CPUS_PER_TASK", "2"));

        Assert.Equal(3, JsonDocument.Parse(output).RootElement.GetProperty("threads").GetInt32());
    }

    [Fact]
    public void Train_Quiet_SaysNothing() => Assert.Equal((0, "", ""), _stepnet.Run($"{Tiny} --quiet"));

    [Fact]
    public void Help_Train_ShowsGroupsOptionsExamplesAndCodes()
    {
        (int code, string output, string error) = _stepnet.Run("train --help");

        Assert.Equal((0, ""), (code, error));
        Assert.All(
            ["Data:", "Model:", "Optimisation:", "Run:", "--step <h>  ", "--model <name>  ", "Examples:\n  stepnet train --step", "4 diverged"],
            text => Assert.Contains(text, output.ReplaceLineEndings("\n"), StringComparison.Ordinal));
        Assert.All(output.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 100));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    public void Overview_Always_NamesTheCommands(string arguments)
    {
        (int code, string output, string error) = _stepnet.Run(arguments);

        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"(?m)^  train +Trains ", output);
        Assert.Matches(@"(?m)^  inspect +Shows ", output);
    }

    [Fact]
    public void Version_Always_IsOneLine() => Assert.Matches(@"^\d+\.\d+\.\d+\S*\r?\n$", _stepnet.Run("--version").Out);
}
