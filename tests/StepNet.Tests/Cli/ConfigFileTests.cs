using System.CommandLine;
using System.Text.Json;
using StepNet.Cli;
using StepNet.Cli.Commands;

namespace StepNet.Tests.Cli;

public sealed class ConfigFileTests : IDisposable
{
    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Fact]
    public void Config_OfARun_RepeatsItBitForBit()
    {
        Run("train --train-items 12 --test-items 4 --batch 4 --epochs 2 --step learned:0.1 --order pre --lr 0.03 --schedule multi-step "
            + "--milestones 1 --momentum 0.7 --weight-decay 1e-3 --seed 7 --threads 1 --out first");
        Run("train --config first/config.yaml --out second");

        Assert.Equal(Bytes("first", "model.safetensors"), Bytes("second", "model.safetensors"));
        Assert.Equal(Bytes("first", "config.yaml"), Bytes("second", "config.yaml"));
        Assert.Equal(Rows("first"), Rows("second"));

        byte[] Bytes(params string[] path) => File.ReadAllBytes(_stepnet.PathOf(path));

        // Without the columns of time.
        string[] Rows(string run) =>
            [.. File.ReadAllLines(_stepnet.PathOf(run, "metrics.csv")).Select(row => string.Join(',', row.Split(',')[..7]))];
    }

    [Fact]
    public void Config_UnderOptions_GivesWay()
    {
        File.WriteAllText(_stepnet.PathOf("c.yaml"), "train-items: 6\ntest-items: 4\nbatch: 4\nepochs: 3\nseed: 5\nthreads: 1\njson: true\n");

        JsonElement summary = JsonDocument.Parse(Run("train --config c.yaml --epochs 1")).RootElement;

        Assert.Equal((1, 5ul), (summary.GetProperty("epochs").GetInt32(), summary.GetProperty("seed").GetUInt64()));
    }

    [Fact]
    public void Config_OfARun_HasEveryOptionThatShapesIt()
    {
        Run("train --train-items 4 --test-items 4 --epochs 1 --threads 1 --out run");

        IEnumerable<string> keys = File.ReadAllLines(_stepnet.PathOf("run", "config.yaml"))[1..].Select(line => line.Split(':')[0]);
        // Without a default, or of another network, rule or schedule than this run's.
        string[] unset =
        [
            "data-dir", "length", "head", "beta1", "beta2", "epsilon", "clip-norm", "clip-value", "milestones", "gamma", "max-steps", "moons-noise",
            "preset", "validation", "time", "patience", "keep", "save-every", "log-every", "taps-every", "taps", "image-size", "text-column", "label-column",
            "test-data", "bad-files", "split-seed", "step-gain", "weights", "freeze",
        ];
        string[] others = ["mirror", "offline", "data-digest", "weights-digest", "config", "out", "resume", "json", "quiet"];
        IEnumerable<string> options = TrainArguments.Groups.SelectMany(group => group.Options).Select(o => o.Name[2..]);
        Assert.Equal(options.Except(unset).Except(others).Order(), keys.Order());
    }

    [Theory]
    [InlineData("it's a: folder #1")]
    [InlineData("identity=learned:0,projection=normal:0.05")]
    [InlineData("learned:")]
    [InlineData("- dash")]
    [InlineData("*star")]
    [InlineData("80,120")]
    public void Write_AnyValue_IsReadBack(string value)
    {
        string yaml = ConfigFile.Write("Comment.", [new("data-dir", value), new("lr", "1E-05")]);
        File.WriteAllText(_stepnet.PathOf("c.yaml"), yaml);
        Option<string> folder = new("--data-dir"), rate = new("--lr");

        ParseResult read = ConfigFile.Read(
            _stepnet.PathOf("c.yaml"), new Command("train") { folder, rate }, given: []);

        Assert.Equal((value, "1E-05"), (read.GetValue(folder), read.GetValue(rate)));
        Assert.Equal((null, "1E-05"), (Other().GetValue(folder), Other().GetValue(rate)));

        ParseResult Other() => ConfigFile.Read(_stepnet.PathOf("c.yaml"), new Command("train") { folder, rate }, given: [folder]);
    }

    private string Run(string arguments)
    {
        (int code, string output, string error) = _stepnet.Run(arguments);
        Assert.True(code == 0, error);
        return output;
    }
}
