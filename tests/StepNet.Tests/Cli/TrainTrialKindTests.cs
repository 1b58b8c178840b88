using StepNet.Cli.Studies;
using StepNet.Data;
using StepNet.Experiments.Studies;

namespace StepNet.Tests.Cli;

/// <summary>What makes two trainings one trial, and what one is expected to cost.</summary>
public sealed class TrainTrialKindTests
{
    private static readonly TrainTrialKind s_kind = new();

    [Fact]
    public void Resolve_SeedsOfASetting_DifferInTheSeedAlone()
    {
        IReadOnlyDictionary<string, string> first = Resolve(("data", "shapes"), ("step", "0.1"), ("seed", "1")), other = Resolve(("seed", "7"), ("step", "0.1"), ("data", "shapes"));

        Assert.Equal("7", other["seed"]);
        Assert.Equal(first.Where(setting => setting.Key != "seed"), other.Where(setting => setting.Key != "seed"));

        // As an object of its own resolves it, which has seen no other seed.
        Assert.Equal(new TrainTrialKind().Resolve(Settings(("data", "shapes"), ("step", "0.1"), ("seed", "7"))), other);
    }

    [Theory]
    [InlineData("step", "0.10", true)]
    [InlineData("noise-pixels", "0", true)]
    [InlineData("momentum", "0.9", true)]
    [InlineData("weight-decay", "0", false)]
    [InlineData("norm", "none", false)]
    [InlineData("lr", "0.3", false)]
    public void Key_OptionThatSaysWhatHoldsAnyway_IsTheSame(string option, string value, bool same)
    {
        string plain = Key(("data", "shapes"), ("step", "0.1"), ("seed", "1")), more = Key([.. Settings(("data", "shapes"), ("step", "0.1"), ("seed", "1"))
            .Where(setting => setting.Key != option).Select(setting => (setting.Key, setting.Value)), (option, value)]);

        Assert.Equal(same, plain == more);
    }

    // Twice the epochs, a tenth of the steps, a network of six times the multiply-adds.
    [Theory]
    [InlineData("epochs", "20", 2)]
    [InlineData("max-steps", "391", 0.1)]
    [InlineData("model", "resnet110", 6.2)]
    public void CoreSeconds_GoWithTheWork(string option, string value, double factor)
    {
        (string, string)[] settings = [("data", "cifar10"), ("validation", "0"), ("epochs", "10"), ("model", "resnet20"), ("batch", "128"), ("test-items", "1")];
        double plain = Seconds(settings), more = Seconds([.. settings.Where(one => one.Item1 != option), (option, value)]);

        Assert.InRange(plain, 400, 600);
        Assert.InRange(more / plain, 0.95 * factor, 1.05 * factor);
    }

    [Fact]
    public void Resolve_SettingsThatContradictEachOther_SaysWhy() =>
        Assert.Contains("--noise", Assert.Throws<StudyException>(() => Resolve(("data", "shapes"), ("model", "text-resnet9"), ("noise-characters", "2"), ("seed", "1"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Resolve_NetworkForPointsOnTexts_IsRefusedBeforeATrialRuns() =>
        Assert.Contains("reads points", Assert.Throws<StudyException>(() => Resolve(("data", "phrases"), ("model", "point-resnet10"), ("seed", "1"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Resolve_OwnData_AreKnownByTheirItemsToo()
    {
        using StepNetProcess folder = new();
        string file = folder.PathOf("own.csv");
        File.WriteAllLines(file, ["text,label", .. Enumerable.Range(0, 20).Select(i => $"number {i},{(i % 2 == 0 ? "even" : "odd")}")]);

        IReadOnlyDictionary<string, string> resolved = Resolve(("data", file), ("seed", "1"));

        Assert.Equal(TextFile.Open(file, new TextFileOptions()).Inspection!.Digest, resolved["data-digest"]);

        // As a search within a trial resolves its trainings, and as a training reads its options.
        Assert.Equal(resolved, s_kind.Resolve(resolved));
    }

    private static Dictionary<string, string> Settings(params (string Key, string Value)[] settings) => settings.ToDictionary(one => one.Key, one => one.Value);

    private static IReadOnlyDictionary<string, string> Resolve(params (string Key, string Value)[] settings) => s_kind.Resolve(Settings(settings));

    private static string Key(params (string Key, string Value)[] settings) => Trial.Of("train", Resolve(settings)).Key;

    private static double Seconds(params (string Key, string Value)[] settings) => s_kind.CoreSeconds(Resolve(settings))!.Value;
}
