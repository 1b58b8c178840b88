using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests.Nn;

public sealed class ModuleTests
{
    [Fact]
    public void Initialize_SameSeed_GivesTheSameValuesAndAnotherSeedOthers()
    {
        float[][] first = Values(seed: 1), again = Values(seed: 1), other = Values(seed: 2);

        Assert.Equal(first, again);
        Assert.NotEqual(first[0], other[0]);

        static float[][] Values(ulong seed)
        {
            CifarResNet model = new(new CifarResNetOptions { Depth = 8 });
            model.Initialize(seed);
            return [.. model.State.Select(variable => variable.Values)];
        }
    }

    [Fact]
    public void Initialize_OtherOptions_LeaveAParametersValuesAlone()
    {
        CifarResNet one = new(new CifarResNetOptions { Depth = 8 });
        CifarResNet two = new(new CifarResNetOptions
        {
            Depth = 20,
            Order = BlockOrder.Pre,
            Shortcut = ShortcutKind.Pad,
            Step = CoefficientSpec.LearnedFrom(0.1),
            Classes = 100,
        });
        one.Initialize(1);
        two.Initialize(1);
        Dictionary<string, Parameter> byName = two.Parameters.ToDictionary(parameter => parameter.Name);

        foreach (string name in (string[])["conv1.weight", "layer1.0.conv1.weight", "layer3.0.conv2.weight"])
        {
            Assert.Equal(one.Parameters.Single(parameter => parameter.Name == name).Values, byName[name].Values);
        }
    }

    [Fact]
    public void Initialize_Twice_ResetsRunningStateAndCoefficients()
    {
        ResidualBlock block = new(
            new BasicBranch(2, 2, 1, BlockOrder.Post, Normalization.Batch),
            new CoefficientSpec(1).Create(),
            CoefficientSpec.LearnedFrom(0.25).Create());
        foreach (Variable variable in block.State)
        {
            variable.Values.AsSpan().Fill(7);
        }

        block.Initialize(1);

        Assert.Equal(0.25f, block.Step.Trained!.Values[0]);
        Assert.All(block.State.OfType<RunningState>(), state => Assert.All(state.Values, value => Assert.Equal(state.Initial, value)));
        Assert.DoesNotContain(block.State, variable => variable.Values.Contains(7f));
    }

    [Fact]
    public void HeNormal_ManyWeights_HaveDeviationRootTwoOverFanIn()
    {
        Conv2d conv = new(64, 64, 3);

        conv.Initialize(1);

        double variance = conv.Weight.Values.Average(w => (double)w * w);
        Assert.Equal(Math.Sqrt(2.0 / (64 * 9)), Math.Sqrt(variance), tolerance: 0.001);
    }

    [Fact]
    public void Linear_ManyWeights_LieWithinOneOverRootIn()
    {
        Linear linear = new(64, 500);

        linear.Initialize(1);

        Assert.InRange(linear.Weight.Values.Max(), 0.12f, 0.125f);
        Assert.InRange(linear.Weight.Values.Min(), -0.125f, -0.12f);
        Assert.InRange(linear.Bias.Values.Max(), 0.11f, 0.125f);
    }

    [Fact]
    public void Child_NameTwice_SaysTheWholePath()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new Twins());

        Assert.Contains("'left': two parts of one name", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Initialize_TwoVariablesOfOneName_SaysWhich()
    {
        // The branch's parts are named as the block's own, so both blocks have a 'step' of the same path.
        ResidualBlock inner = new(new Conv2d(1, 1, 3), new CoefficientSpec(1).Create(), CoefficientSpec.LearnedFrom(0.1).Create());
        ResidualBlock outer = new(inner, new CoefficientSpec(1).Create(), CoefficientSpec.LearnedFrom(0.1).Create());

        ArgumentException e = Assert.Throws<ArgumentException>(() => outer.Initialize(1));

        Assert.Contains("'step'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_WrongImage_NamesTheModuleInTheModel()
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 8 });

        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => model.Compile(Shape.Of(1, 28, 28)));

        Assert.StartsWith("conv1 (CifarResNet.cs:", e.Message, StringComparison.Ordinal);
        Assert.Contains("weight [16, 3, 3, 3] for input [N, 1, 28, 28]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_WrongPartInside_NamesItsPath()
    {
        Sequential model = new(new Conv2d(3, 4, 3), new Sequential(new BatchNorm2d(4), new Conv2d(5, 4, 3)));

        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => model.Compile(Shape.Of(3, 8, 8)));

        Assert.StartsWith("1.1 (", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ParameterThatForwardIgnores_IsNoMatter()
    {
        Idle idle = new();

        Assert.Equal([0, 2], idle.Run(new NdArray([-1, 2], 1, 2)).Values);
    }

    [Fact]
    public void Run_ChangedParameter_IsSeenByTheNextRun()
    {
        Linear linear = new(1, 1);
        linear.Initialize(1);
        (linear.Weight.Values[0], linear.Bias.Values[0]) = (2, 1);
        Assert.Equal([7, 9], linear.Run(new NdArray([3, 4], 2, 1)).Values);

        linear.Weight.Values[0] = 3;

        Assert.Equal([10], linear.Run(new NdArray([3], 1, 1)).Values);
        Assert.Equal([1, 4, 7], linear.Run(new NdArray([0, 1, 2], 3, 1)).Values);
    }

    [Fact]
    public void Run_FromManyThreads_GivesWhatOneThreadGives()
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 8, Classes = 3 });
        NdArray[] inputs = [.. Enumerable.Range(1, 12).Select(i => new NdArray(
            [.. Compute.Uniform((1 + (i % 3)) * 48, (ulong)i).Select(v => (float)v)], 1 + (i % 3), 3, 4, 4))];
        float[][] expected = [.. inputs.Select(input => model.Run(input).Values)];

        float[][] actual = new float[inputs.Length][];
        Parallel.For(0, inputs.Length, i => actual[i] = model.Run(inputs[i]).Values);

        // Not bit by bit: an executor used again may have larger buffers, and cut its sums otherwise.
        for (int i = 0; i < inputs.Length; i++)
        {
            Compute.AssertClose([.. expected[i].Select(v => (double)v)], [.. actual[i].Select(v => (double)v)], tolerance: 1e-5);
        }
    }

    [Fact]
    public void Run_NoBatch_SaysWhatIsNeeded()
    {
        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => new Linear(1, 1).Run(new NdArray([], 0, 1)));

        Assert.Contains("got [0, 1], needs a batch [N, ...] of at least one item", e.Message, StringComparison.Ordinal);
    }

    private sealed class Twins : Module
    {
        public Twins()
        {
            Child("left", new Linear(1, 1));
            Child("left", new Linear(1, 1));
        }

        protected override Tensor Forward(Tensor x) => x;
    }

    private sealed class Idle : Module
    {
        public Idle() => Parameter("weight", Shape.Of(2), Initializers.Constant(1));

        protected override Tensor Forward(Tensor x) => Ops.Relu(x);
    }
}
