using System.Text.Json;
using StepNet.Models;

namespace StepNet.Tests.Cli;

public sealed class ModelsCommandTests : IDisposable
{
    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Fact]
    public void Models_Json_ListsEveryExampleAndPresetWithItsCost()
    {
        JsonElement report = Json("models --json --batch 4 --length 100");

        Dictionary<string, JsonElement> networks = report.GetProperty("networks").EnumerateArray()
            .ToDictionary(network => network.GetProperty("name").GetString()!);
        Assert.Equal(ModelCatalog.Families.SelectMany(family => family.Examples), networks.Keys);
        Assert.Equal(
            Preset.All.Select(preset => preset.Name),
            report.GetProperty("presets").EnumerateArray().Select(preset => preset.GetProperty("name").GetString()));

        // As stepnet inspect counts them; blocks of two 2x2 maps and a classifier of 2x2; texts of 100.
        Assert.Equal((272_474, 40_813_184), Cost("resnet20"));
        Assert.Equal((126, (10 * 8) + 4), Cost("point-resnet10"));
        Assert.Equal("[100]", networks["text-resnet9"].GetProperty("input").GetString());
        Assert.All(networks.Values, network => Assert.True(network.GetProperty("activation_bytes").GetInt64() > 0));

        (int, long) Cost(string name) =>
            (networks[name].GetProperty("parameters").GetInt32(), networks[name].GetProperty("multiply_adds").GetInt64());
    }

    [Fact]
    public void Models_Table_NamesNetworksAndPresets()
    {
        (int code, string output, string error) = _stepnet.Run("models --batch 1 --image-size 8 --length 57");

        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"(?m)^keras-resnet50 +\[3, 8, 8\] +23,555,082 +", output);
        Assert.Matches(@"(?m)^euler +--step 0\.1 --skip 1 ", output);
    }

    [Fact]
    public void Models_TextsTooShortForTheHead_IsOneLineAndCode2()
    {
        (int code, string output, string error) = _stepnet.Run("models --length 56");

        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("stepnet: --model text-resnet9: texts of 56 characters.", error, StringComparison.Ordinal);
        Assert.Contains("57 or more", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_TextNetwork_ShowsItsLayers()
    {
        (int code, string output, string error) = _stepnet.Run("inspect --model text-resnet9 --head max --length 20 --norm group --batch 2");

        Assert.True(code == 0, error);
        Assert.Matches(@"(?m)^embedding +Embedding +\[N, 16, 20\] +1,104\r?$", output);
        Assert.Matches(@"(?m)^layer2\.0\.bn1 +GroupNorm +\[N, 128, 10\] +256\r?$", output);
        Assert.Matches(@"(?m)^linear1 +Linear +\[N, 4\] +2,052\r?$", output);
    }

    private JsonElement Json(string arguments)
    {
        (int code, string output, string error) = _stepnet.Run(arguments);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }
}
