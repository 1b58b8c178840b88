using System.Globalization;
using System.Text.Json;
using StepNet.Export;
using StepNet.Models;

namespace StepNet.Tests.Cli;

public sealed class FeaturesCommandTests : IDisposable
{
    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Fact]
    public void Features_OfAPointResNet_AreItsPointsBehindEveryBlock()
    {
        Train("--data two-moons --model point-resnet3 --integrator heun --step 0.5 --epochs 1 --out moons");

        (int code, string output, string error) = _stepnet.Run("features moons --items 40 --noise 0.1 --json --csv rows.csv --svg clouds.svg");

        Assert.Equal((0, ""), (code, error));
        JsonElement[] blocks = [.. JsonDocument.Parse(output).RootElement.GetProperty("blocks").EnumerateArray()];
        Assert.Equal(["", "layer1.0", "layer1.1", "layer1.2"], blocks.Select(block => block.GetProperty("module").GetString()));
        Assert.All(blocks, block => Assert.InRange(
            block.GetProperty("noise_largest").GetDouble(), block.GetProperty("noise_mean").GetDouble(), block.GetProperty("noise_bound").GetDouble() * 1.00001));
        Assert.Equal(0.1, blocks[0].GetProperty("noise_mean").GetDouble(), tolerance: 1e-5);

        // Block 0 holds the test points as they are, and the logits follow from the points behind the last block.
        string[][] rows = [.. File.ReadAllLines(_stepnet.PathOf("rows.csv")).Skip(1).Select(row => row.Split(','))];
        Assert.Equal(4 * 40, rows.Length);
        StepNet.Data.TwoMoonsDataset test = new(40, 0.1, seed: 0, "test");
        float[] point = new float[2];
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal($"{test.Read(i, point)}", rows[i][3]);
            Assert.Equal(point[0], Number(rows[i][4]), tolerance: 1e-6);
            Assert.Equal(point[1], Number(rows[i][5]), tolerance: 1e-6);
        }

        string file = _stepnet.PathOf("moons", "model.safetensors");
        SafeTensorFile tensors = SafeTensors.Read(file);
        StepNet.Nn.Module model = ModelCard.Parse(tensors.Metadata).Options!.Create();
        ModelFile.CopyTo(tensors, model, file);
        _ = test.Read(7, point);
        float[] logits = model.Run(new StepNet.Nn.NdArray([.. point], 1, 2)).Values;
        double[] w = tensors["linear.weight"].ToDoubles(), b = tensors["linear.bias"].ToDoubles();
        (double x, double y) = (Number(rows[120 + 7][4]), Number(rows[120 + 7][5]));
        Assert.Equal(logits[0], (w[0] * x) + (w[1] * y) + b[0], tolerance: 1e-4);
        Assert.Equal(logits[1], (w[2] * x) + (w[3] * y) + b[1], tolerance: 1e-4);
        Assert.Contains("behind block 3", File.ReadAllText(_stepnet.PathOf("clouds.svg")), StringComparison.Ordinal);

        // The method is written down wherever the run is.
        Assert.Equal("heun", tensors.Metadata["integrator"]);
        Assert.Contains("integrator: heun", File.ReadAllText(_stepnet.PathOf("moons", "config.yaml")), StringComparison.Ordinal);
        Assert.Contains("\"integrator\": \"heun\"", File.ReadAllText(_stepnet.PathOf("moons", "summary.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Features_OfARecurrentCell_AreThoseOfEveryStep()
    {
        Train("--data phrases --train-items 64 --test-items 20 --model text-rnn6 --width 8 --epochs 1 --out phrases");

        (int code, string output, string error) = _stepnet.Run("features phrases --json");
        (int refused, _, string why) = _stepnet.Run("features phrases --noise 1");

        Assert.Equal((0, ""), (code, error));
        JsonElement[] blocks = [.. JsonDocument.Parse(output).RootElement.GetProperty("blocks").EnumerateArray()];
        Assert.Equal(7, blocks.Length);
        Assert.All(blocks[1..], block => Assert.Equal(("cell", 8), (block.GetProperty("module").GetString(), block.GetProperty("features").GetInt32())));
        Assert.Equal(0, blocks[0].GetProperty("norm").GetDouble());
        Assert.Equal(2, refused);
        Assert.Equal("stepnet: --noise: the items of 'phrases' are texts, ids that nothing can be added to. Leave it out.", why.Trim());
    }

    private void Train(string arguments)
    {
        (int code, _, string error) = _stepnet.Run($"train {arguments} --threads 1 --quiet");
        Assert.True(code == 0, error);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
