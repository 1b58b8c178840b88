using StepNet.Cli.Studies;
using StepNet.Experiments.Reproductions;
using StepNet.Experiments.Studies;

namespace StepNet.Tests.Experiments.Reproductions;

/// <summary>The study files of the papers' figures and tables, at every scale: that they can run, give a verdict, and stay within their time.</summary>
public sealed class ReproductionFilesTests
{
    private static readonly ReproductionCatalog s_catalog = new();
    private static readonly IReadOnlyList<ITrialKind> s_kinds = TrialKinds.All();

    public static TheoryData<string, string> All => [.. s_catalog.Names.SelectMany(name => ReproductionCatalog.Scales.Select(scale => (name, scale)))];

    public static TheoryData<string> Names => [.. s_catalog.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void Study_AnyScale_SaysWhatItRepeatsAndHowItDiffers(string name, string scale)
    {
        Study study = Read(name, scale);

        Assert.NotEmpty(study.Title);
        Assert.NotEmpty(study.Source!);
        Assert.NotEmpty(study.Note!);
        Assert.NotEmpty(study.Claims);
        Assert.NotEmpty(study.Charts);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Claims_AnyScale_CompareTrialsThatRun(string name, string scale)
    {
        Study study = Read(name, scale);
        IReadOnlyList<StudyTrial> trials = Trials(study);
        Claim[] empty = [.. study.Claims.Where(claim => claim.Differ is null && Pairs(trials, claim) == 0)];

        // A smoke may leave a claim out to stay short; some are there all the same.
        Assert.True(scale == "smoke" ? empty.Length < study.Claims.Count : empty.Length == 0, string.Join("; ", empty.Select(claim => claim.Text)));
    }

    // A claim that could not become conclusive whatever happened would say nothing.
    [Theory]
    [MemberData(nameof(Names))]
    public void Claims_Cpu_CanBeConclusive(string name)
    {
        Study study = Read(name, "cpu");
        IReadOnlyList<StudyTrial> trials = Trials(study);
        foreach (Claim claim in study.Claims.Where(claim => claim.Differ is null))
        {
            int pairs = Pairs(trials, claim);
            Assert.True(pairs >= study.Rule.MinPairs && Math.Pow(0.5, pairs) < study.Rule.Alpha, $"{claim.Text}: {pairs} pairs");
        }
    }

    // On two cores; the tables of AdaResNet may take four hours.
    [Theory]
    [MemberData(nameof(Names))]
    public void Cost_Cpu_IsWithinItsLimit(string name)
    {
        StudyCost cost = Cost(name, "cpu");

        Assert.InRange(cost.CoreSeconds, 0, 2 * 60 * (name.StartsWith("adaresnet-", StringComparison.Ordinal) ? 240 : 45));
        Assert.Equal(0, cost.Unknown);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cost_Smoke_IsSeconds(string name) => Assert.InRange(Cost(name, "smoke").CoreSeconds, 0, 2 * 20);

    // Figure 13 draws by epoch what figure 4 draws by rate; figure 11 and, at cpu, figure 2 look at the same layers of the same runs.
    [Theory]
    [InlineData("figure13", "figure4", "cpu")]
    [InlineData("figure13", "figure4", "smoke")]
    [InlineData("figure2", "figure11", "cpu")]
    [InlineData("figure2", "figure10", "paper")]
    public void Trials_OfFiguresThatLookAtTheSame_AreShared(string name, string other, string scale)
    {
        IEnumerable<string> keys = Trials(Read(name, scale)).Select(trial => trial.Trial.Key);

        Assert.Subset(Trials(Read(other, scale)).Select(trial => trial.Trial.Key).ToHashSet(), keys.ToHashSet());
    }

    [Fact]
    public void Figure3_Paper_HasThePublishedSettings()
    {
        Study study = Read("figure3", "paper");
        IReadOnlyDictionary<string, string>[] images = [.. Trials(study).Select(trial => trial.Trial.Configuration).Where(one => one["data"] == "cifar10")];
        IReadOnlyDictionary<string, string>[] texts = [.. Trials(study).Select(trial => trial.Trial.Configuration).Where(one => one["data"] == "ag-news")];

        Assert.Equal(2 * 6 * 5, images.Length);
        Assert.Equal(2 * 4 * 5, texts.Length);
        Assert.All(images, one => Assert.Equal(("80", "0.1", "multi-step", "40,60", "sgd", "0.9"),
            (one["epochs"], one["lr"], one["schedule"], one["milestones"], one["optimizer"], one["momentum"])));
        Assert.All(texts, one => Assert.Equal(("15", "0.1", "constant", "sgd", "0.9"), (one["epochs"], one["lr"], one["schedule"], one["optimizer"], one["momentum"])));
        Assert.All([.. images, .. texts], one => Assert.DoesNotContain("train-items", one.Keys));
    }

    // Keys of step-auto but those of the rule itself are keys of figures 5 and 9; a network that learns s from 0 is one trial in three tables.
    [Fact]
    public void Trials_OfStepAutoAndAdaResNet_AreShared()
    {
        HashSet<string> grid = [.. Keys("figure5"), .. Keys("figure9")], fair = [.. Keys("adaresnet-fair")];

        Assert.Subset(grid, Trials(Read("step-auto", "cpu")).Where(trial => trial.Cases["step"].Name != "auto").Select(trial => trial.Trial.Key).ToHashSet());
        Assert.Equal(11, Keys("adaresnet-accuracy").Count(fair.Contains));
        Assert.Equal(5, Keys("adaresnet-weights").Count(fair.Contains));

        static IEnumerable<string> Keys(string name) => Trials(Read(name, "cpu")).Select(trial => trial.Trial.Key);
    }

    [Fact]
    public void AdaResNetAccuracy_Cpu_IsThePublishedRecipe()
    {
        IReadOnlyList<StudyTrial> trials = Trials(Read("adaresnet-accuracy", "cpu"));

        Assert.All(trials.Select(trial => trial.Trial.Configuration), one =>
        {
            Assert.Equal(("cifar10", "none", "true", "32", "adam", "0.001", "1E-07", "constant", "10"),
                (one["data"], one["augment"], one["raw-pixels"], one["batch"], one["optimizer"], one["lr"], one["epsilon"], one["schedule"], one["epochs"]));
            Assert.DoesNotContain("train-items", one.Keys);
        });
        Assert.Equal(["learned:0", "identity=learned:0,projection=normal:0.05", "1", "2"], trials.Select(trial => trial.Trial.Configuration["skip"]).Distinct());
    }

    private static Study Read(string name, string scale) => StudyFile.Read(s_catalog.FileOf(name), s_kinds, scale);

    private static ITrialKind KindOf(Study study) => s_kinds.First(kind => kind.Name == study.Kind);

    private static IReadOnlyList<StudyTrial> Trials(Study study) => new StudyPlan(study, KindOf(study)).Expand(_ => null).Trials;

    private static StudyCost Cost(string name, string scale)
    {
        Study study = Read(name, scale);
        return StudyCost.Of(study, KindOf(study), null, []);
    }

    private static int Pairs(IReadOnlyList<StudyTrial> trials, Claim claim)
    {
        StudyTrial[] counted = [.. trials.Where(trial => StudyResult.IsIn(trial, claim.Where))];
        HashSet<string> first = [.. Side(claim.First)];
        return claim.Second is null ? first.Count : first.Intersect(Side(claim.Second)).Count();

        IEnumerable<string> Side(IReadOnlyDictionary<string, string> side) => counted.Where(trial => side.All(one => trial.Cases[one.Key].Name == one.Value))
            .Select(trial => string.Join(", ", trial.Cases.Where(one => !side.ContainsKey(one.Key)).Select(one => one.Value.Name)
                .Append(claim.OfDeviation ? "" : $"{trial.Seed}")));
    }
}
