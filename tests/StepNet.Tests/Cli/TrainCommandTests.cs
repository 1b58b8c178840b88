using System.Diagnostics;
using System.Text.Json;
using StepNet.Export;
using StepNet.Models;

namespace StepNet.Tests.Cli;

public sealed class TrainCommandTests : IDisposable
{
    // Two steps of a small network: enough for every file of the folder.
    private const string Tiny = "train --train-items 6 --test-items 4 --batch 4 --epochs 1 --threads 1";

    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Fact]
    public void Train_ShortRun_LeavesACompleteFolder()
    {
        (int code, string output, string error) = _stepnet.Run($"{Tiny} --step learned:0.1 --json");

        Assert.True(code == 0, error);
        string folder = _stepnet.PathOf("runs", "resnet8-shapes-1");
        Assert.Equal(
            ["metrics.csv", "model.safetensors", "summary.json"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());

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
        Assert.StartsWith("epoch,steps,train_loss,train_accuracy,test_loss,test_accuracy,lr,seconds,", metrics[0], StringComparison.Ordinal);
        Assert.StartsWith("1,2,", metrics[1], StringComparison.Ordinal);

        string[] lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("resnet8, 78,045 parameters, step learned:0.1", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("epoch 1/1  loss ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("completed, test accuracy ", lines[2], StringComparison.Ordinal);
        Assert.Equal($"run folder: {Path.Combine("runs", "resnet8-shapes-1")}", lines[3].TrimEnd());
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
    public void Train_HugeLearningRate_ExitsWith4AndACompleteFolder()
    {
        (int code, string output, string error) = _stepnet.Run($"{Tiny} --lr 1e12 --schedule constant --norm none --json --out d");

        Assert.True(code == 4, error);
        Assert.Contains("diverged at step 1: the loss is NaN or infinite", error, StringComparison.Ordinal);
        JsonElement summary = JsonDocument.Parse(output).RootElement;
        Assert.Equal("diverged", summary.GetProperty("state").GetString());
        Assert.Equal(1, summary.GetProperty("diverged_at_step").GetInt64());
        string place = summary.GetProperty("diverged_in").GetString()!;
        Assert.Matches(@"\(\w+\.cs:\d+\): \w+ gave ", place);
        Assert.Contains($"first bad numbers: {place}", error, StringComparison.Ordinal);
        Assert.Equal(
            ["metrics.csv", "model.safetensors", "summary.json"],
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
        using Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        string rest = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 130, $"{process.ExitCode}: {header} {rest}");
        JsonElement summary = JsonDocument.Parse(File.ReadAllText(_stepnet.PathOf("i", "summary.json"))).RootElement;
        Assert.Equal("interrupted", summary.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, summary.GetProperty("test_accuracy").ValueKind);
    }

    [Theory]
    [InlineData("", 2, "no command given; expected train, inspect")]
    [InlineData("trian", 2, "'trian' is no command of stepnet. Did you mean train?")]
    [InlineData("train --modle resnet8", 2, "'--modle' is no option of train. Did you mean --model?")]
    [InlineData("train --model resnet21", 2, "--model: 'resnet21' is no model: the depth must be 6n + 2. Nearest: resnet20, resnet26.")]
    [InlineData("train --model resnt20", 2, "--model: 'resnt20' is no model. Nearest: resnet20.")]
    [InlineData("train --step big", 2, "--step: 'big' is not a coefficient. Give a number such as 0.1, or learned:0.1")]
    [InlineData("train --epochs 0", 2, "--epochs: '0', expected an integer, 1 to 1,000,000.")]
    [InlineData("train --lr nan", 2, "--lr: 'nan', expected a number, 1e-12 to 1e+12.")]
    [InlineData("train --data shape", 2, "--data: 'shape', expected shapes or cifar10. Did you mean shapes?")]
    [InlineData("train --data cifar10", 2, "--data cifar10 needs --data-dir")]
    [InlineData("train --data cifar10 --data-dir nowhere", 3, "there is no folder or archive 'nowhere'")]
    [InlineData("train --milestones 3,5", 2, "--milestones belong to --schedule multi-step, not to one-cycle")]
    [InlineData("train --schedule multi-step --milestones 5,3", 2, "--milestones: '5,3', expected rising epoch numbers")]
    [InlineData("train --out full", 2, "--out 'full' is not empty.")]
    [InlineData("train more", 2, "'more' is no argument of train.")]
    public void WrongUse_Always_IsOneLineAndACode(string arguments, int code, string message)
    {
        Directory.CreateDirectory(_stepnet.PathOf("full", "of", "folders"));

        (int exitCode, string output, string error) = _stepnet.Run(arguments);

        Assert.StartsWith("stepnet: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal((code, ""), (exitCode, output));
        Assert.Equal(error.Length - 1, error.ReplaceLineEndings("\n").IndexOf('\n', StringComparison.Ordinal));
        Assert.False(Directory.Exists(_stepnet.PathOf("runs")));
    }

    [Theory]
    [InlineData("STEPNET_THREADS", "many")]
    [InlineData("SLURM_CPUS_PER_TASK", "0")]
    [InlineData("STEPNET_SIMD", "mmx")]
    public void Environment_BadValue_IsOneLineAndCode2(string variable, string value)
    {
        (int code, string output, string error) = _stepnet.Run(Tiny.Replace(" --threads 1", "", StringComparison.Ordinal), (variable, value));

        Assert.Equal((2, ""), (code, output));
        string line = error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.StartsWith($"stepnet: {variable}='{value}' ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_FromTheEnvironment_AreTaken()
    {
        (_, string output, _) = _stepnet.Run(
            "train --train-items 4 --test-items 4 --epochs 1 --json", ("STEPNET_THREADS", "3"), ("SLURM_CPUS_PER_TASK", "2"));

        Assert.Equal(3, JsonDocument.Parse(output).RootElement.GetProperty("threads").GetInt32());
    }

    [Fact]
    public void Help_Train_ShowsOptionsExamplesAndCodes()
    {
        (int code, string output, _) = _stepnet.Run("train --help");

        Assert.Equal(0, code);
        Assert.All(["--step <h>", "--model <resnetD>", "Examples:", "4 diverged"], text => Assert.Contains(text, output, StringComparison.Ordinal));
    }
}
