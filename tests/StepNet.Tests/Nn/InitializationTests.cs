using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests.Nn;

/// <summary>Moments and exact properties of what initialisers draw, and what a name changes in a network.</summary>
public sealed class InitializationTests
{
    // Fan-in 48 * 9 = 432, fan-out 96 * 9 = 864; 41,472 values.
    private static readonly Shape s_convolution = Shape.Of(96, 48, 3, 3);

    public static TheoryData<string> Names => [.. Initialization.All.Select(known => known.Name), "zero-gamma", "he-normal+zero-gamma"];

    [Theory]
    [InlineData("he-normal", 2.0 / 432, 3)]
    [InlineData("he-uniform", 2.0 / 432, 1.8)]
    [InlineData("xavier-normal", 2.0 / (432 + 864), 3)]
    [InlineData("xavier-uniform", 2.0 / (432 + 864), 1.8)]
    [InlineData("keras", 2.0 / (432 + 864), 1.8)]
    [InlineData("pytorch", 1.0 / (3 * 432), 1.8)]
    [InlineData("orthogonal", 1.0 / 432, 3)]
    [InlineData("truncated-normal", 2.0 / 432, 2.3706)]
    public void Draw_OfAConvolution_HasTheMomentsOfItsLaw(string name, double variance, double kurtosis)
    {
        float[] values = Draw(name, s_convolution);

        double mean = values.Average(v => (double)v), second = Moment(2), fourth = Moment(4);
        Assert.Equal(0, mean / Math.Sqrt(variance), tolerance: 4 / Math.Sqrt(values.Length));
        Assert.Equal(1, second / variance, tolerance: 0.03);
        Assert.Equal(kurtosis, fourth / (second * second), tolerance: 0.1);

        double Moment(int power) => values.Average(v => Math.Pow(v - mean, power));
    }

    [Theory]
    [InlineData("he-uniform", 6.0 / 432)]
    [InlineData("keras", 6.0 / (432 + 864))]
    [InlineData("pytorch", 1.0 / 432)]
    [InlineData("truncated-normal", 2.0 / 432 * 4 / (0.87962566 * 0.87962566))]
    public void Draw_OfABoundedLaw_FillsItsBoundsAndKeepsThem(string name, double squaredBound)
    {
        double bound = Math.Sqrt(squaredBound), largest = Draw(name, s_convolution).Max(Math.Abs);

        Assert.InRange(largest, 0.995 * bound, bound * (1 + 1e-6));
    }

    [Theory]
    [InlineData(8, 5, 1)]
    [InlineData(5, 8, 1)]
    [InlineData(6, 6, 1)]
    [InlineData(40, 3, 9)]
    [InlineData(20, 3, 9)]
    public void Orthogonal_OfAnyMatrix_HasOrthonormalRowsOrColumns(int rows, int inChannels, int window)
    {
        int columns = inChannels * window;
        Shape shape = window == 9 ? Shape.Of(rows, inChannels, 3, 3) : Shape.Of(rows, inChannels);
        float[] w = Draw("orthogonal", shape);

        (int count, int length) = rows <= columns ? (rows, columns) : (columns, rows);
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                double dot = Enumerable.Range(0, length).Sum(k =>
                    rows <= columns ? (double)w[(i * columns) + k] * w[(j * columns) + k] : (double)w[(k * columns) + i] * w[(k * columns) + j]);
                Assert.Equal(i == j ? 1 : 0, dot, tolerance: 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Initialize_Twice_GivesTheSameBitsAndAnotherSeedOthers(string name)
    {
        CifarResNet model = Build(name), other = Build(name);
        model.Initialize(5);
        other.Initialize(5);
        Assert.All(model.State.Zip(other.State), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
        other.Initialize(6);
        Assert.NotEqual(model.State.First().Values, other.State.First().Values);
        Assert.Equal(name, name == "zero-gamma" ? name : $"{Initialization.Parse(name)}");
    }

    [Fact]
    public void Default_Always_IsWhatLayersDraw()
    {
        CifarResNet model = Build("default");
        model.Initialize(1);
        Conv2d conv = new(3, 16, 3);
        float[] expected = new float[conv.Weight.Shape.ItemCount];
        Initializers.HeNormal(expected, conv.Weight.Shape, new CounterRandom(1, CounterRandom.KeyOf("conv1.weight")));

        Assert.Equal(expected, model.State.First().Values);
    }

    [Fact]
    public void Keras_Biases_AreZeroAndPyTorchsAreNot()
    {
        float[] keras = Bias("keras"), torch = Bias("pytorch");

        Assert.All(keras, value => Assert.Equal(0, value));
        Assert.InRange(torch.Max(Math.Abs), 0.01, 1 / Math.Sqrt(64));

        static float[] Bias(string name)
        {
            CifarResNet model = Build(name);
            model.Initialize(2);
            return model.State.Single(v => v.Name == "linear.bias").Values;
        }
    }

    [Fact]
    public void ZeroGamma_EveryBlock_StartsAsItsShortcut()
    {
        AssertLastGammasAreZero(Build("zero-gamma"));
    }

    [Fact]
    public void ZeroGamma_OfPoints_IsTheGammaThatEndsABranch()
    {
        AssertLastGammasAreZero(new PointResNetOptions { Blocks = 2, Width = 4, Norm = Normalization.Batch, Init = Initialization.Parse("zero-gamma") }.Create());
    }

    [Fact]
    public void ZeroGamma_OfABranchWithALayerBehindItsNorm_IsRefused()
    {
        CifarResNetOptions options = new()
        {
            Depth = 8,
            Init = Initialization.Parse("zero-gamma"),
            Branch = (from, to, stride) => new Sequential(new Conv2d(from, to, 3, stride), new BatchNorm2d(to), new Conv2d(to, to, 3)),
        };

        Assert.StartsWith("zero-gamma: the branch of 'layer1.0' does not end in a norm.", Assert.Throws<ArgumentException>(options.Create).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_ToTables_LeavesThemAlone()
    {
        Sequential model = new(new Embedding(10, 4), new Conv1d(4, 4, 3));
        Initialization.Parse("keras").ApplyTo(model);
        model.Initialize(4);
        float[] expected = new float[40];
        Initializers.Normal(1)(expected, Shape.Of(10, 4), new CounterRandom(4, CounterRandom.KeyOf("0.weight")));

        Assert.Equal(expected, model.State.First().Values);
    }

    private static void AssertLastGammasAreZero(Module model)
    {
        model.Initialize(3);
        Assert.All(
            model.Modules.OfType<BatchNorm2d>(),
            norm => Assert.All(norm.Weight.Values, gamma => Assert.Equal(norm.Path.EndsWith("bn2", StringComparison.Ordinal) ? 0 : 1, gamma)));
    }

    private static CifarResNet Build(string name)
    {
        Initialization init = Initialization.Parse(name);
        return new CifarResNet(new CifarResNetOptions
        {
            Depth = 8,
            Init = init,
            Norm = init.Name == "fixup" ? Normalization.None : Normalization.Batch,
        });
    }

    private static float[] Draw(string name, Shape shape)
    {
        Weights module = new(shape);
        Initialization.Parse(name).ApplyTo(module);
        module.Initialize(11);
        return module.State.Single().Values;
    }

    private sealed class Weights : Module
    {
        public Weights(Shape shape) => Parameter("weight", shape, Initializers.Constant(0));

        protected override Tensor Forward(Tensor x) => x;
    }
}
