using System.Text.Json;
using StepNet.Tests.Data;

namespace StepNet.Tests.Cli;

public sealed class EvaluateCommandTests : IDisposable
{
    private const string Train = "train --model resnet8 --width 4 --train-items 300 --test-items 80 --epochs 1 --threads 1 --quiet";

    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Fact]
    public void Evaluate_ARun_AgreesWithItsSummaryAndWithItself()
    {
        Run($"{Train} --out run");
        JsonElement json = Json("evaluate run --json --noise 0.5,2 --bins 5 --report page.html");

        JsonElement summary = JsonDocument.Parse(File.ReadAllText(_stepnet.PathOf("run", "summary.json"))).RootElement;
        Assert.Equal(summary.GetProperty("test_accuracy").GetDouble(), json.GetProperty("accuracy").GetDouble(), tolerance: 1e-9);
        Assert.Equal(80, json.GetProperty("items").GetInt32());
        int[][] confusion = [.. json.GetProperty("confusion").EnumerateArray().Select(row => (int[])[.. row.EnumerateArray().Select(n => n.GetInt32())])];
        Assert.Equal(80, confusion.Sum(row => row.Sum()));
        Assert.Equal(json.GetProperty("accuracy").GetDouble(), confusion.Select((row, c) => row[c]).Sum() / 80.0, tolerance: 1e-9);
        JsonElement[] classes = [.. json.GetProperty("classes").EnumerateArray()];
        Assert.Equal(confusion.Select(row => row.Sum()), classes.Select(one => one.GetProperty("items").GetInt32()));
        Assert.Equal(80, json.GetProperty("reliability").EnumerateArray().Sum(bin => bin.GetProperty("items").GetInt32()));
        Assert.Equal([0, 0.5, 2], json.GetProperty("noise").EnumerateArray().Select(one => one.GetProperty("level").GetDouble()));
        Assert.InRange(json.GetProperty("temperature").GetDouble(), 0.01, 100);
        string page = File.ReadAllText(_stepnet.PathOf("page.html"));
        Assert.Contains("Reliability", page, StringComparison.Ordinal);
        Assert.Contains("Accuracy under rising noise", page, StringComparison.Ordinal);

        // The same numbers, whatever else runs and however many threads do.
        Assert.Equal(json.ToString(), Json("evaluate run --json --noise 0.5,2 --bins 5 --threads 2").ToString());
    }

    [Fact]
    public void Evaluate_AModelFileBeforeOtherData_TakesTheData()
    {
        Run($"{Train} --validation 0 --out run");

        JsonElement own = Json("evaluate run --json --noise none");
        Assert.Equal(JsonValueKind.Null, own.GetProperty("temperature").ValueKind);
        Assert.Empty(own.GetProperty("noise").EnumerateArray());
        JsonElement other = Json("evaluate run/model.safetensors --data shapes --test-items 40 --json --noise none");
        Assert.Equal(40, other.GetProperty("items").GetInt32());
        Assert.Equal(JsonValueKind.Null, other.GetProperty("temperature").ValueKind);

        (int code, _, string error) = _stepnet.Run("evaluate run --data phrases");
        Assert.Equal(2, code);
        Assert.StartsWith("stepnet: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Evaluate_ARunBeforeItsOwnDataByName_HoldsOutWhatTheRunHeldOut()
    {
        Run($"{Train} --data shapes --validation 100 --out run");
        Run($"{Train} --data shapes --validation 0 --out none");

        Assert.Equal(Json("evaluate run --json --noise none").ToString(), Json("evaluate run --data shapes --json --noise none").ToString());
        Assert.Equal(JsonValueKind.Null, Json("evaluate none --data shapes --json --noise none").GetProperty("temperature").ValueKind);
    }

    // A folder without test items: other data of the same kind would be tested as a whole, on what the model was trained on.
    [Fact]
    public void Evaluate_ARunBeforeItsOwnFolderInOtherWords_TestsWhatTheRunHeldOut()
    {
        using PictureFolder pictures = new();
        pictures.AddMany("a", 10, blue: 0).AddMany("b", 10, blue: 255);
        Run($"train --data {pictures.Path}/ --image-size 8 --model resnet8 --width 4 --epochs 1 --batch 4 --threads 1 --quiet --out run");

        Assert.Equal(4, Json("evaluate run --json --noise none").GetProperty("items").GetInt32());
        foreach (string words in (string[])["run", "run/", "run/model.safetensors"])
        {
            Assert.Equal(4, Json($"evaluate {words} --data {pictures.Path} --json --noise none").GetProperty("items").GetInt32());
        }

        // With another picture other items would be held out.
        pictures.AddMany("a/more", 1, blue: 3);
        (int code, _, string error) = _stepnet.Run("evaluate run --noise none");
        Assert.Equal(2, code);
        Assert.StartsWith("stepnet: the run in 'run' trained on other items than '", error, StringComparison.Ordinal);
        (code, _, error) = _stepnet.Run("evaluate run --bad-files skip");
        Assert.Equal((2, "stepnet: --bad-files: the test items of a run's own data are those that it held out. Leave it out.\n"), (code, error.ReplaceLineEndings("\n")));
    }

    [Fact]
    public void Evaluate_AModelThatDiverged_IsOneLine()
    {
        (int trained, _, _) = _stepnet.Run("train --model resnet8 --width 4 --train-items 300 --test-items 80 --epochs 1 --threads 1 --norm none --lr 1e12 --schedule constant --quiet --out run");
        Assert.Equal(4, trained);

        (int code, string output, string error) = _stepnet.Run("evaluate run --json --noise none");

        Assert.Equal((3, ""), (code, output));
        Assert.Contains("logits are not finite", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_Tables_ShowEveryPart()
    {
        Run($"{Train} --out run");
        (int code, string output, string error) = _stepnet.Run("evaluate run --noise 1");

        Assert.True(code == 0, error);
        foreach (string part in (string[])["test items right", "at temperature", "precision, %", "class \\ taken for", "mean confidence, %", "deviation on normalised pixels"])
        {
            Assert.Contains(part, output, StringComparison.Ordinal);
        }
    }

    private void Run(string arguments)
    {
        (int code, _, string error) = _stepnet.Run(arguments);
        Assert.True(code == 0, error);
    }

    private JsonElement Json(string arguments)
    {
        (int code, string output, string error) = _stepnet.Run(arguments);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }
}
