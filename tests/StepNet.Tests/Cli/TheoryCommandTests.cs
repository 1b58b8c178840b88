using System.Globalization;
using System.Text.Json;
using StepNet.Nn;

namespace StepNet.Tests.Cli;

/// <summary><c>train --step auto</c> and <c>inspect --bounds</c>, as processes of their own.</summary>
public sealed class TheoryCommandTests : IDisposable
{
    private const string Small =
        "train --model resnet8 --width 4 --norm none --train-items 60 --validation 0 --test-items 10 --batch 20 --epochs 1 --threads 1 --step auto";

    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Fact]
    public void StepAuto_ARun_SaysWhatItChoseFromAndRepeatsBitForBit()
    {
        (int code, _, string error) = _stepnet.Run($"{Small} --step-gain 3 --out a");

        Assert.True(code == 0, error);
        string line = Assert.Single(error.Split('\n'), one => one.StartsWith("step ", StringComparison.Ordinal));
        string h = line["step ".Length..line.IndexOf(':', StringComparison.Ordinal)];
        Assert.Matches(@"^step \S+: \(1 \+ h W\)\^D at most 3 with W \S+ \(layer\d\.0, of 32 items\) and D 3; Proposition 1 alone would allow \S+$", line.TrimEnd());
        double w = double.Parse(line.Split("with W ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.InRange(GradientBounds.Product(double.Parse(h, CultureInfo.InvariantCulture), w, 3), 2.95, 3.005);
        string config = File.ReadAllText(_stepnet.PathOf("a", "config.yaml"));
        Assert.Contains($"\nstep: {h}\n", config, StringComparison.Ordinal);
        Assert.DoesNotContain("step-gain", config, StringComparison.Ordinal);
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(_stepnet.PathOf("a", "summary.json")));
        Assert.Equal(h, summary.RootElement.GetProperty("step").GetString());

        // The number stands for the word; the word goes on with the number; the rule does not depend on the threads.
        Assert.Equal(0, _stepnet.Run("train --config a/config.yaml --out b").ExitCode);
        Assert.Equal(0, _stepnet.Run($"{Small} --step-gain 3 --resume --out a").ExitCode);
        Assert.Equal(0, _stepnet.Run($"{Small.Replace("--threads 1", "--threads 2", StringComparison.Ordinal)} --step-gain 3 --out c").ExitCode);
        byte[] model = File.ReadAllBytes(_stepnet.PathOf("a", "model.safetensors"));
        Assert.Equal(model, File.ReadAllBytes(_stepnet.PathOf("b", "model.safetensors")));
        Assert.Equal(model, File.ReadAllBytes(_stepnet.PathOf("c", "model.safetensors")));
    }

    [Fact]
    public void StepAuto_WhereTheRuleDoesNotApply_IsOneLineAndCode2()
    {
        (int code, _, string error) = _stepnet.Run($"{Small} --skip 5 --out s");

        Assert.Equal(2, code);
        Assert.Equal(
            "stepnet: --step auto: The skip weight 5 alone gives 3 blocks a gain of 125, and 100 are allowed: no h is small enough.", error.TrimEnd());
        Assert.False(Directory.Exists(_stepnet.PathOf("s")));
    }

    [Fact]
    public void Bounds_OfARunOnPoints_AreAboveWhatIsMeasured()
    {
        Assert.Equal(0, _stepnet.Run(
            "train --data two-moons --model point-resnet6 --width 8 --step 0.5 --epochs 1 --threads 1 --taps-every 5 --out r").ExitCode);

        (int code, string output, string error) = _stepnet.Run("inspect --bounds r --json");
        (int tableCode, string table, _) = _stepnet.Run("inspect --bounds r");

        Assert.True(code == 0 && tableCode == 0, error);
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement root = json.RootElement;
        double gain = Number("gain"), byBlock = Number("product_by_block"), product = Number("product"), one = Number("proposition_one");
        Assert.True(gain > 0 && gain <= byBlock && byBlock <= product && product <= one, output);
        Assert.True(Number("noise_behind") <= Number("proposition_two"), output);
        Assert.Equal((6, 0.5), (root.GetProperty("blocks").GetArrayLength(), root.GetProperty("blocks")[0].GetProperty("step").GetDouble()));
        Assert.Equal(0, root.GetProperty("run").GetProperty("largest_at_step").GetInt64() % 5);
        Assert.StartsWith("block ", table, StringComparison.Ordinal);
        Assert.Contains("\nProposition 1  ", table, StringComparison.Ordinal);
        Assert.Contains("\ngain in the run's rows ", table, StringComparison.Ordinal);

        double Number(string name) => root.GetProperty(name).GetDouble();
    }

    [Fact]
    public void Bounds_OfProjectionsWithoutTaps_SayWhatDoesNotApply()
    {
        Assert.Equal(0, _stepnet.Run(
            "train --model resnet8 --width 4 --train-items 40 --validation 0 --test-items 10 --batch 20 --epochs 1 --threads 1 --out r").ExitCode);

        (int code, string output, string error) = _stepnet.Run("inspect --bounds r");

        Assert.True(code == 0, error);
        Assert.Contains("Proposition 1                does not apply: layer2.0: its shortcut is not the identity", output, StringComparison.Ordinal);
        Assert.Contains("Proposition 2 does not apply: it is for identity shortcuts with s = 1", output, StringComparison.Ordinal);
        Assert.DoesNotContain("run's rows", output, StringComparison.Ordinal);
    }
}
