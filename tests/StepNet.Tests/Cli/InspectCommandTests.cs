using System.Globalization;
using System.Text.Json;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Inference;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Tests.Inference;

namespace StepNet.Tests.Cli;

public sealed class InspectCommandTests : IDisposable
{
    // ResNet-20 at 32x32 by hand: out channels * in channels * window * pixels.
    private const long Stem = 16 * 3 * 9 * 1024;
    private const long First = 16 * 16 * 9 * 1024, Second = 32 * 32 * 9 * 256, Third = 64 * 64 * 9 * 64;
    private const long Plain = Stem + (6 * First) + (Second / 2) + (5 * Second) + (Third / 2) + (5 * Third) + (64 * 10);
    private const long Projections = (32 * 16 * 256) + (64 * 32 * 64);

    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Theory]
    [InlineData("pad", 40_551_040)]
    [InlineData("projection", 40_813_184)]
    public void Inspect_ResNet20_CountsMultiplyAddsAsByHand(string shortcut, long forward)
    {
        JsonElement report = Json($"inspect --json --batch 4 --shortcut {shortcut}");

        Assert.Equal(forward, Plain + (shortcut == "pad" ? 0 : Projections));
        Assert.Equal(forward, report.GetProperty("multiply_adds_forward").GetInt64());

        // Each layer again for its weights and for its data, but nobody asks for the gradient of the images.
        Assert.Equal(4 * ((3 * forward) - Stem), report.GetProperty("multiply_adds_step").GetInt64());
        Assert.Equal(report.GetProperty("parameters").GetInt32(), shortcut == "pad" ? 269_722 : 272_474);
        Assert.False(report.TryGetProperty("nodes", out _));
    }

    [Fact]
    public void Inspect_ATrainedModel_ShowsItsValues()
    {
        CifarResNetOptions options = new() { Depth = 8, Width = 4, Skip = CoefficientSpec.Parse("learned:1"), Step = 0.25 };
        TrainedModel model = ModelFolder.Model(options, Shape.Of(3, 16, 16));
        ModelFile.Save(_stepnet.PathOf("m.safetensors"), model.Network, model.Card.ToMetadata());

        JsonElement[] layers = [.. Json("inspect m.safetensors --json").GetProperty("layers").EnumerateArray()];

        ResidualBlock block = model.Network.Modules.OfType<ResidualBlock>().First();
        JsonElement shown = layers.Single(layer => layer.GetProperty("module").GetString() == block.Path);
        Assert.Equal(block.Skip.Value.ToString("g4", CultureInfo.InvariantCulture), shown.GetProperty("skip").GetString());
        Assert.Equal("0.25", shown.GetProperty("step").GetString());
        Assert.Equal("[N, 4, 16, 16]", shown.GetProperty("output").GetString());
        JsonElement stem = layers[0];
        Assert.Equal(
            Math.Sqrt(model.Network.Parameters.Single(p => p.Name == "conv1.weight").Values.Sum(v => (double)v * v)),
            stem.GetProperty("weight_norm").GetDouble(), tolerance: 1e-9);
        (int code, string output, string error) = _stepnet.Run("inspect m.safetensors");
        Assert.True(code == 0, error);
        Assert.EndsWith("norm", output.Split('\n')[0].TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_TextsTooShortForATrainedModel_IsOneLine()
    {
        TrainedModel model = ModelFolder.Model(new TextRnnOptions { Steps = 8, Length = 20, Width = 4 }, Shape.Of(20));
        ModelFile.Save(_stepnet.PathOf("m.safetensors"), model.Network, model.Card.ToMetadata());

        (int code, _, string error) = _stepnet.Run("inspect m.safetensors --length 5");

        Assert.Equal(2, code);
        Assert.StartsWith("stepnet: items [5]: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void InspectGraph_Inference_IsOnePhaseOfTheSameMultiplyAdds()
    {
        JsonElement report = Json("inspect --graph --inference --model resnet8 --batch 2 --image-size 16 --json");

        JsonElement phase = report.GetProperty("phases").EnumerateArray().Single();
        long forward = report.GetProperty("multiply_adds_forward").GetInt64();
        Assert.Equal(forward, Sum(report.GetProperty("nodes")));
        Assert.Equal(forward, Sum(phase.GetProperty("nodes")));
        Assert.Equal(2 * forward, report.GetProperty("multiply_adds_step").GetInt64());
        Assert.True(report.GetProperty("nodes").GetArrayLength() > phase.GetProperty("nodes").GetArrayLength());
        Assert.All(["store_bytes", "small_bytes", "scratch_bytes"], name => Assert.True(report.GetProperty(name).GetInt64() > 0, name));

        static long Sum(JsonElement nodes) => nodes.EnumerateArray().Sum(node => node.GetProperty("multiply_adds").GetInt64());
    }

    [Fact]
    public void InspectGraph_Training_PrintsNodesPhasesAndTotals()
    {
        (int code, string output, string error) = _stepnet.Run("inspect --graph --model resnet8 --batch 8");

        Assert.Equal((0, ""), (code, error));
        string[] lines = output.Split('\n');
        Assert.StartsWith("before fusion: ", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("after fusion: ", StringComparison.Ordinal));
        Assert.Matches(@"(?m)^%\d+ +Conv2d stride 2, padding 1 +layer2\.0\.conv1 +\[N, 32, 16, 16\] +262,144 +1,179,648\r?$", output);
        Assert.Contains(lines, line => line.TrimEnd().EndsWith("  again", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("parameters     78,042", StringComparison.Ordinal));
    }

    [Fact]
    public void InspectGraph_OptimizerAndClipping_StandInThePhases()
    {
        (int code, string output, string error) = _stepnet.Run("inspect --graph --model resnet8 --optimizer adam --clip-norm 2");

        Assert.Equal((0, ""), (code, error));
        string fused = output[output.IndexOf("after fusion", StringComparison.Ordinal)..];
        Assert.Matches(@"(?m)^ +16 .+ GradientNorm ", fused);
        Assert.Matches(@"(?m)^ +17 .+ AdamUpdate beta 0\.9, 0\.999, epsilon 1E-08, ClipGradient norm 2 ", fused);
    }

    [Fact]
    public void Inspect_WithoutGraph_ShowsLayersAndCoefficients()
    {
        (int code, string output, _) = _stepnet.Run("inspect --model resnet8 --step learned:0.1 --skip 0.9");

        Assert.Equal(0, code);
        Assert.Matches(@"(?m)^layer2\.0 +ResidualBlock +\[N, 32, 16, 16\] +[\d,]+ +0\.9 +learned:0\.1\r?$", output);
        Assert.Matches(@"(?m)^linear +Linear +\[N, 10\] +650\r?$", output);
        Assert.DoesNotContain("fusion", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_AnotherIntegrator_IsAColumn()
    {
        (int code, string output, _) = _stepnet.Run("inspect --model resnet14 --integrator rk4");

        Assert.Equal(0, code);
        Assert.Matches(@"(?m)^layer2\.0 +ResidualBlock .+ 1 +1 +euler\r?$", output);
        Assert.Matches(@"(?m)^layer2\.1 +ResidualBlock .+ 1 +1 +rk4\r?$", output);
        Assert.Equal("rk4", Json("inspect --model point-resnet2 --integrator rk4 --json").GetProperty("layers")[0].GetProperty("integrator").GetString());
    }

    private JsonElement Json(string arguments)
    {
        (int code, string output, string error) = _stepnet.Run(arguments);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }
}
