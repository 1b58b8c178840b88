using StepNet.Execution;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Models;

/// <summary>What each preset makes of a network's first step.</summary>
public sealed class PresetTests
{
    private const int Blocks = 6;

    public static TheoryData<string> Names => [.. Preset.All.Select(preset => preset.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Parse_OfEveryName_IsThatPresetAndItsWordsAreReadBack(string name)
    {
        Preset preset = Preset.Parse(name);
        Dictionary<string, string> words = new(preset.Words);

        Assert.Equal(name, preset.Name);
        Assert.Equal(preset.Step, CoefficientSpec.Parse(words["step"]));
        Assert.Equal(preset.Skip, CoefficientSpec.Parse(words["skip"]));
        Assert.Equal(preset.Init, Initialization.Parse(words["init"]));
        Assert.False(string.IsNullOrEmpty(preset.Summary) || string.IsNullOrEmpty(preset.Source));
    }

    [Theory]
    [InlineData("resnet", 1, 1, 0)]
    [InlineData("euler", 0.1, 1, 0)]
    [InlineData("adaresnet", 1, 0, Blocks)]
    [InlineData("adaresnet-shared", 1, 0, 1)]
    [InlineData("skip2", 1, 2, 0)]
    [InlineData("rezero", 0, 1, Blocks)]
    [InlineData("skipinit", 0, 1, Blocks)]
    [InlineData("layerscale", 1e-5, 1, 2 * (16 + 32 + 64))]
    [InlineData("fixup", 1, 1, Blocks)]
    [InlineData("deepnorm", 0.63894310424627, 1, 0)]
    public void Start_OfEveryBlock_IsThePapers(string name, double step, double skip, int learned)
    {
        CifarResNet model = Build(name);

        Assert.Equal(Blocks, model.Blocks.Count());
        Assert.All(model.Blocks, block => Assert.Equal(step, block.Step.Value, tolerance: 1e-7 * step));
        Assert.All(model.Blocks, block => Assert.Equal(skip, block.Skip.Value));
        Assert.Equal(learned, model.Parameters.Where(p => p.Kind == ParameterKind.Coefficient).Sum(p => p.Shape.ItemCount));
        Assert.All(model.Modules.OfType<Coefficient>().Where(c => c.Trained is not null), c => Assert.Equal(ParameterKind.Coefficient, c.Trained!.Kind));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Documents_EveryPreset_SayItsCoefficients(string name)
    {
        string[] rows = File.ReadAllLines(Path.Combine(Checkout.Root, "docs", "coefficients.md"));
        string row = rows.Single(row => row.StartsWith('|') && row.Split('|')[1].Contains($"`{name}`", StringComparison.Ordinal) && row.Split('|').Length == 6);
        Preset preset = Preset.Parse(name);

        Assert.Equal([preset.Step, preset.Skip], row.Split('|')[2..4].Select(cell => CoefficientSpec.Parse(cell.Trim(' ', '`'))));
    }

    [Fact]
    public void AdaResNetTwo_Projections_StartAtRandomAndTheOthersClosed()
    {
        CifarResNet model = Build("adaresnet-two");
        double[] starts = [.. model.Blocks.Select(block => block.Skip.Value)];

        Assert.Equal([0, 0, 0, 0], [starts[0], starts[1], starts[3], starts[5]]);
        Assert.All([starts[2], starts[4]], start => Assert.InRange(Math.Abs(start), 1e-6, 0.25));
        Assert.NotEqual(starts[2], starts[4]);
    }

    [Fact]
    public void Fixup_Start_IsTheLawOfItsPaper()
    {
        CifarResNet model = Build("fixup");
        Dictionary<string, Parameter> named = model.Parameters.ToDictionary(parameter => parameter.Name);

        Assert.All(named.Where(pair => pair.Key.EndsWith("conv2.weight", StringComparison.Ordinal)), pair => Assert.All(pair.Value.Values, v => Assert.Equal(0, v)));
        Assert.All([.. named["linear.weight"].Values, .. named["linear.bias"].Values], value => Assert.Equal(0, value));

        // m = 2 layers a branch: He's deviation times L^(-1/2).
        Assert.Equal(Math.Sqrt(2.0 / (64 * 9) / Blocks), Deviation(named["layer3.1.conv1.weight"]), 0.02 * 0.025);
        Assert.Equal(Math.Sqrt(2.0 / 32), Deviation(named["layer3.0.shortcut.0.weight"]), 0.05 * 0.25);
    }

    [Fact]
    public void DeepNorm_Start_IsTheLawOfItsPaper()
    {
        CifarResNet model = Build("deepnorm");
        Dictionary<string, Parameter> named = model.Parameters.ToDictionary(parameter => parameter.Name);

        // L = 6 blocks are N = 3 layers: beta = (8 N)^(-1/4), on Xavier's deviation.
        double xavier = Math.Sqrt(2.0 / (2 * 64 * 9));
        Assert.Equal(xavier * Math.Pow(24, -0.25), Deviation(named["layer3.1.conv2.weight"]), 0.02 * xavier);
        Assert.Equal(Math.Sqrt(2.0 / (32 + 64)), Deviation(named["layer3.0.shortcut.0.weight"]), 0.05 * 0.15);
    }

    [Theory]
    [InlineData("fixup", 2.0 / 64, 128, -0.5)]
    [InlineData("deepnorm", 2.0 / (64 + 64), 4 * 128, -0.25)]
    public void Start_OfARecurrentCell_CountsItsSteps(string name, double variance, double of, double power)
    {
        Preset preset = Preset.Parse(name);
        Module model = new TextRnnOptions { Steps = 128, Step = preset.Step, Skip = preset.Skip, Init = preset.Init }.Create();
        model.Initialize(8);
        Parameter weight = model.Parameters.Single(parameter => parameter.Name == "cell.linear1.weight");

        // One block, used at every step: L is 128, as it is for h and s.
        double expected = Math.Sqrt(variance) * Math.Pow(of, power);
        Assert.Equal(expected, Deviation(weight), 0.05 * expected);
    }

    // What starts at 0 opens by and by; a network that is shut for good would tell the most frequent class for ever.
    [Fact]
    public void Fixup_OfARecurrentCell_TrainsEveryLayer()
    {
        Preset preset = Preset.Parse("fixup");
        Module model = new TextRnnOptions { Steps = 4, Length = 6, Width = 8, Classes = 2, Step = preset.Step, Skip = preset.Skip, Init = preset.Init }.Create();
        model.Initialize(8);
        Dictionary<string, float[]> before = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => (float[])parameter.Values.Clone());
        GraphProgram program = TrainingGraph.Build(model, Shape.Of(6), new Sgd(0));
        using IExecutor executor = Executors.Create(program, 4, 1);
        for (int step = 0; step < 3; step++)
        {
            executor.Feed("input", [.. Enumerable.Range(0, 24).Select(i => (float)(1 + (i * 7 % 30)))]);
            executor.Feed("labels", [0, 1, 0, 1]);
            executor.Run(4);
        }

        foreach (Parameter parameter in model.Parameters)
        {
            executor.Read(parameter, parameter.Values);
            Assert.False(before[parameter.Name].SequenceEqual(parameter.Values), $"{parameter.Name} has not moved");
        }
    }

    private static CifarResNet Build(string name)
    {
        Preset preset = Preset.Parse(name);
        CifarResNet model = new(new CifarResNetOptions
        {
            Depth = 14,
            Step = preset.Step,
            Skip = preset.Skip,
            Init = preset.Init,
            Norm = preset.Norm ?? Normalization.Batch,
        });
        model.Initialize(8);
        return model;
    }

    private static double Deviation(Variable variable) => Math.Sqrt(variable.Values.Average(value => (double)value * value));
}
