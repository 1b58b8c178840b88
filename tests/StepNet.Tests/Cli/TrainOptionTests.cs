using System.Globalization;
using System.Text.Json;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Inference;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Tests.Inference;

namespace StepNet.Tests.Cli;

/// <summary>Options of the command whose effect shows in the files that it leaves.</summary>
public sealed class TrainOptionTests : IDisposable
{
    // Six to eight steps an epoch.
    private const string Train = "train --model resnet8 --width 4 --train-items 60 --test-items 20 --batch 8 --epochs 3 --threads 1 --quiet";

    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Fact]
    public void Recompute_Given_GivesTheSameNumbersButForLastBits()
    {
        // Deep enough for stretches that are computed again.
        const string Deep =
            "train --model resnet20 --width 4 --train-items 24 --test-items 8 --validation 0 --batch 8 --epochs 1 --threads 1 --quiet";
        Run($"{Deep} --out kept");
        Run($"{Deep} --recompute --out again");

        float[] kept = Values("kept"), again = Values("again");
        Assert.All(kept.Zip(again), pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-6f));
        Assert.Contains("recompute: true", File.ReadAllText(_stepnet.PathOf("again", "config.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void OnDivergence_RateThatHalvingMends_GoesOnFromTheCheckpointAtHalfTheRate()
    {
        // A decay of 10 at the rate 0.3 multiplies every weight by -2 at each step, and float32 has no room for the 200 steps of an epoch;
        // at half the rate it is by -1/2.
        Run("train --model resnet8 --width 4 --train-items 812 --validation 12 --test-items 8 --batch 4 --epochs 2 --threads 1 --quiet "
            + "--momentum 0 --weight-decay 10 --schedule constant --lr 0.3 --on-divergence restore-and-halve-lr --out run");

        JsonElement summary = Summary("run");
        Assert.Equal("completed", summary.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, summary.GetProperty("diverged_at_step").ValueKind);
        JsonElement restart = Assert.Single(Restarts(summary));
        Assert.InRange(restart.GetProperty("diverged_at_step").GetInt64(), 1, 199);
        Assert.NotEqual("", restart.GetProperty("diverged_in").GetString());
        Assert.Equal(0, restart.GetProperty("restored_step").GetInt64());
        Assert.Equal(0.5, restart.GetProperty("rate_factor").GetDouble());

        // What came before the restart has no row, and what came after has the halved rate.
        Assert.Equal(["1,200,0.15", "2,400,0.15"], Rows("run").Select(row => $"{row["epoch"]},{row["steps"]},{row["lr"]}"));
    }

    [Fact]
    public void OnDivergence_RateThatNoHalvingMends_EndsDivergedAfterFiveRestarts()
    {
        (int code, _, string error) = _stepnet.Run(
            "train --model resnet8 --width 4 --train-items 300 --test-items 20 --epochs 1 --threads 1 --quiet "
            + "--norm none --lr 1e12 --schedule constant --on-divergence restore-and-halve-lr --out run");

        Assert.True(code == 4, error);
        JsonElement summary = Summary("run");
        Assert.Equal("diverged", summary.GetProperty("state").GetString());
        JsonElement[] restarts = Restarts(summary);
        Assert.Equal([0.5, 0.25, 0.125, 0.0625, 0.03125], restarts.Select(restart => restart.GetProperty("rate_factor").GetDouble()));
        Assert.All(restarts, restart => Assert.Equal(0, restart.GetProperty("restored_step").GetInt64()));

        // The one row is that of the last try.
        Dictionary<string, string> row = Assert.Single(Rows("run"));
        Assert.Equal(summary.GetProperty("diverged_at_step").GetInt64() + 1, (long)Number(row["steps"]));
        Assert.Equal(1e12 / 32, Number(row["lr"]));
    }

    [Fact]
    public void TestEveryEpoch_Given_FillsTheColumnsOfTheTestAndChangesNothing()
    {
        Run($"{Train} --validation 0 --out plain");
        Run($"{Train} --validation 0 --test-every-epoch --out shown");

        Dictionary<string, string>[] plain = Rows("plain"), shown = Rows("shown");
        Assert.Equal(["1", "2", "3"], shown.Select(row => row["epoch"]));
        Assert.All(plain, row => Assert.Equal(("", ""), (row["test_loss"], row["test_accuracy"])));
        Assert.All(shown, row => Assert.InRange(Number(row["test_loss"]), 1e-6, 1e6));

        // The last values are kept, so the last row has the test of the summary.
        Assert.Equal(Summary("shown").GetProperty("test_loss").GetDouble(), Number(shown[^1]["test_loss"]), 1e-9);
        Assert.Equal(Summary("shown").GetProperty("test_accuracy").GetDouble(), Number(shown[^1]["test_accuracy"]), 1e-9);
        Assert.Equal(plain.Select(row => row["train_loss"]), shown.Select(row => row["train_loss"]));
        Assert.Equal(Model("plain"), Model("shown"));
    }

    [Fact]
    public void Keep_Last_IsTheModelOfTheLastStepAndNamesNoEpoch()
    {
        // At this rate weights change and predictions do not: of epochs that are equally good the first is the best.
        const string Still = $"{Train} --validation 12 --norm none --lr 1e-9 --schedule constant";
        Run($"{Still} --out best");
        Run($"{Still} --keep last --out last");

        JsonElement best = Summary("best"), last = Summary("last");
        Assert.Equal(1, best.GetProperty("kept_epoch").GetInt32());
        Assert.InRange(best.GetProperty("validation_accuracy").GetDouble(), 0, 1);
        Assert.All(["kept_epoch", "validation_accuracy"], name => Assert.Equal(JsonValueKind.Null, last.GetProperty(name).ValueKind));
        Assert.Equal(Rows("best").Select(row => row["train_loss"]), Rows("last").Select(row => row["train_loss"]));
        Assert.NotEqual(Model("best"), Model("last"));

        // The checkpoint of the end has the values of the last step.
        SafeTensorFile checkpoint = SafeTensors.Read(_stepnet.PathOf("last", "checkpoint.safetensors"));
        Assert.All(
            SafeTensors.Read(_stepnet.PathOf("last", "model.safetensors")).Tensors.Values,
            tensor => Assert.Equal(checkpoint[$"run.{tensor.Name}"].ToSingles(), tensor.ToSingles()));
    }

    [Fact]
    public void Predict_Temperature_DividesTheLogitsAndKeepsTheOrder()
    {
        const int Items = 5;
        TrainedModel model = ModelFolder.Model(
            new CifarResNetOptions { Depth = 8, Width = 4, Classes = 3 }, Shape.Of(3, 16, 16),
            ["cat", "dog", "emu"], [0.5f, 0.4f, 0.3f], [0.2f, 0.3f, 0.4f]);
        ModelFile.Save(_stepnet.PathOf("m.safetensors"), model.Network, model.Card.ToMetadata());
        float[] values = [.. Compute.Uniform(Items * 768, 4).Select(value => (float)value)];
        NpyFile.Write(_stepnet.PathOf("items.npy"), new NdArray(values, Items, 3, 16, 16));
        const string Predict = "predict --weights m.safetensors --input items.npy --top 3 --format json --output logits.npy";

        (int Class, double Probability)[][] plain = Predictions(Predict), flat = Predictions($"{Predict} --temperature 2");

        // Logits are written as they are, whatever the temperature.
        float[] logits = NpyFile.Read(_stepnet.PathOf("logits.npy")).Values;
        Assert.Equal((Items, Items, 3 * Items), (plain.Length, flat.Length, logits.Length));
        for (int i = 0; i < Items; i++)
        {
            double[] z = [.. logits.Skip(3 * i).Take(3).Select(logit => (double)logit)];
            AssertSoftmax(z, 1, plain[i]);
            AssertSoftmax(z, 2, flat[i]);
            Assert.Equal(plain[i].Select(one => one.Class), flat[i].Select(one => one.Class));
            Assert.True(flat[i][0].Probability < plain[i][0].Probability, $"{flat[i][0]} and {plain[i][0]}");
        }

        static void AssertSoftmax(double[] z, double temperature, (int Class, double Probability)[] top)
        {
            double sum = z.Sum(logit => Math.Exp(logit / temperature));
            Assert.Equal(3, top.Length);
            Assert.All(top, one => Assert.Equal(Math.Exp(z[one.Class] / temperature) / sum, one.Probability, 1e-9));
        }
    }

    private string Run(string arguments)
    {
        (int code, string output, string error) = _stepnet.Run(arguments);
        Assert.True(code == 0, error);
        return output;
    }

    private float[] Values(string run) =>
        [.. SafeTensors.Read(_stepnet.PathOf(run, "model.safetensors")).Tensors.Values.SelectMany(tensor => tensor.ToSingles())];

    private byte[] Model(string run) => File.ReadAllBytes(_stepnet.PathOf(run, "model.safetensors"));

    private JsonElement Summary(string run) => JsonDocument.Parse(File.ReadAllText(_stepnet.PathOf(run, "summary.json"))).RootElement;

    private static JsonElement[] Restarts(JsonElement summary) => [.. summary.GetProperty("restarts").EnumerateArray()];

    // Cells of metrics.csv by column.
    private Dictionary<string, string>[] Rows(string run)
    {
        string[] lines = File.ReadAllLines(_stepnet.PathOf(run, "metrics.csv")), columns = lines[0].Split(',');
        return [.. lines[1..].Select(line => columns.Zip(line.Split(',')).ToDictionary(cell => cell.First, cell => cell.Second))];
    }

    // Classes of each item and how probable they are, the best first.
    private (int Class, double Probability)[][] Predictions(string arguments)
    {
        using JsonDocument json = JsonDocument.Parse(Run(arguments));
        return [.. json.RootElement.EnumerateArray().Select(item => item.GetProperty("top").EnumerateArray()
            .Select(one => (one.GetProperty("index").GetInt32(), one.GetProperty("probability").GetDouble())).ToArray())];
    }

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
