using StepNet.Execution;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Training;

namespace StepNet.Tests.Models;

/// <summary>Keras's habits, each against a value worked out by hand.</summary>
public sealed class KerasNetworksTests
{
    public static TheoryData<string> Names => ["adaresnet18", "keras-resnet50"];

    // zeros = (ceil(size / stride) - 1) stride + kernel - size, half of them before, the odd one behind.
    [Theory]
    [InlineData(32, 7, 2, 2, 3)]
    [InlineData(16, 3, 2, 0, 1)]
    [InlineData(33, 3, 2, 1, 1)]
    [InlineData(1, 3, 2, 1, 1)]
    [InlineData(8, 3, 1, 1, 1)]
    [InlineData(8, 1, 2, 0, 0)]
    public void Same_Size_PadsAsKeras(int size, int kernel, int stride, int before, int behind) => Assert.Equal(
        new Padding(before, behind, 1, 1) with { Left = before, Right = behind },
        Padding.Same(Shape.Batch(3, size, size), kernel, stride));

    [Fact]
    public void Same_ImageHigherThanWide_PadsEachWayByItsSize() =>
        Assert.Equal(new Padding(1, 1, 0, 1), Padding.Same(Shape.Batch(3, 5, 4), 3, 2));

    [Fact]
    public void Conv_Stride2OfOnes_LacksTheLastRowAndColumn()
    {
        // Windows start at 0 and 2 of 4 pixels; the second meets one row of zeros. The bias adds 0.5.
        KerasConv2d conv = new(1, 1, 3, 2);
        conv.Initialize(1);
        Set(conv, "weight", 1);
        Set(conv, "bias", 0.5f);

        NdArray y = conv.Run(new NdArray([.. Enumerable.Repeat(1f, 16)], 1, 1, 4, 4));

        Assert.Equal([9.5f, 6.5f, 6.5f, 4.5f], y.Values);
    }

    // Glorot-uniform: within sqrt(6 / ((in + out) kH kW)), and spread to that edge; sqrt(6 / ((3 + 64) 49)) = 0.04275.
    [Theory]
    [InlineData("adaresnet18", "conv1.weight", 0.042750)]
    [InlineData("adaresnet18", "layer2.0.conv2.weight", 0.051031)]
    [InlineData("adaresnet18", "linear.weight", 0.107211)]
    [InlineData("keras-resnet50", "conv1.weight", 0.042750)]
    [InlineData("keras-resnet50", "layer1.0.shortcut.0.weight", 0.136931)]
    [InlineData("keras-resnet50", "linear.weight", 0.053995)]
    public void Initialize_Weights_AreGlorotUniform(string name, string parameter, double bound)
    {
        Module model = Create(name);

        float[] values = Of(model, parameter);

        Assert.InRange(values.Max(), 0.98 * bound, 1.00001 * bound);
        Assert.InRange(values.Min(), -1.00001 * bound, -0.98 * bound);
        Assert.InRange(values.Average(value => value * value), 0.9 * bound * bound / 3, 1.1 * bound * bound / 3);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Initialize_BiasesAndNorms_StartAsInKeras(string name)
    {
        Module model = Create(name);

        Assert.Equal(
            model.Modules.Count(module => module is KerasConv2d or Linear or BatchNorm2d),
            model.Parameters.Count(p => p.Name.EndsWith(".bias", StringComparison.Ordinal)));
        Assert.All(model.Parameters.Where(p => p.Name.EndsWith(".bias", StringComparison.Ordinal)), p => Assert.All(p.Values, value => Assert.Equal(0, value)));
        Assert.All(
            model.Modules.OfType<BatchNorm2d>(),
            norm => Assert.Equal((1f, 0f, 1f), (norm.Weight.Values[0], norm.RunningMean.Values[0], norm.RunningVar.Values[0])));
    }

    // A channel that is 1 everywhere: normalised by mean 0 and variance 1 it is 1 / sqrt(1 + eps).
    [Theory]
    [InlineData("adaresnet18", 0.99950037)]
    [InlineData("keras-resnet50", 0.99999499)]
    public void Norm_InPrediction_HasKerassEpsilon(string name, double expected)
    {
        Module model = Create(name, step: 0);
        const string last = "layer4.0.shortcut.0";
        Set(model, $"{last}.weight", 0);
        Set(model, $"{last}.bias", 1);
        Set(model, "linear.weight", 0);
        Of(model, "linear.weight")[0] = 1;

        NdArray logits = model.Run(new NdArray(new float[3 * 8 * 8], 1, 3, 8, 8));

        Assert.Equal(expected, logits.Values[0], 1e-6);
    }

    // Weights 0 and bias 3 give a batch of mean 3 and variance 0: 0.99 of what was, 0.01 of what is.
    [Theory]
    [MemberData(nameof(Names))]
    public void Norm_AfterAStep_HasKerassMomentum(string name)
    {
        Module model = Create(name);
        Set(model, "conv1.weight", 0);
        Set(model, "conv1.bias", 3);
        using IExecutor executor = Executors.Create(TrainingGraph.Build(model, Shape.Of(3, 8, 8), null), 2, threads: 1);
        executor.Feed("input", new float[2 * 3 * 8 * 8]);
        executor.Feed("labels", [0, 1]);

        executor.Run(2);

        Assert.Equal(0.03f, Read("bn1.running_mean"), 1e-6f);
        Assert.Equal(0.99f, Read("bn1.running_var"), 1e-6f);

        float Read(string variable)
        {
            float[] values = new float[64];
            executor.Read(model.State.Single(v => v.Name == variable), values);
            return values[0];
        }
    }

    // Keras: 25,636,712 parameters for 1000 classes, 53,120 of them running statistics.
    [Fact]
    public void ParameterCount_ResNet50_IsThatOfKeras() =>
        Assert.Equal(25_636_712 - 53_120, new KerasResNet50(new KerasResNet50Options { Classes = 1000 }).ParameterCount);

    // 8 blocks: two 3x3 convolutions with biases and norms; four projections; the stem and the linear layer.
    [Fact]
    public void ParameterCount_AdaResNet18_IsAsByHand()
    {
        int count = Conv(3, 64, 7) + Norm(64) + (512 * 10) + 10;
        int from = 64;
        foreach (int width in (int[])[64, 128, 256, 512])
        {
            count += Conv(from, width, 3) + (3 * Conv(width, width, 3)) + Conv(from, width, 1) + (5 * Norm(width));
            from = width;
        }

        Assert.Equal(count, Create("adaresnet18").ParameterCount);

        static int Conv(int from, int to, int kernel) => (from * to * kernel * kernel) + to;
        static int Norm(int channels) => 2 * channels;
    }

    [Fact]
    public void AdaResNet18_LearnedSkip_StandsBehindTheProjectionsNorm()
    {
        // s = 0 from the start: what the projection gives has no part in the output.
        Module model = new AdaResNet18Options { Skip = CoefficientSpec.LearnedFrom(0) }.Create();
        model.Initialize(1);
        NdArray image = new([.. Enumerable.Range(0, 192).Select(i => (float)Math.Sin(i))], 1, 3, 8, 8);
        float[] before = model.Run(image).Values;

        foreach (BatchNorm2d norm in model.Modules.OfType<BatchNorm2d>().Where(norm => norm.Path.Contains("shortcut", StringComparison.Ordinal)))
        {
            norm.Bias.Values.AsSpan().Fill(100);
        }

        Assert.Equal(before, model.Run(image).Values);
        Assert.Equal(8, model.Parameters.Count(p => p.Name.EndsWith(".skip", StringComparison.Ordinal)));
    }

    private static Module Create(string name, double step = 1)
    {
        Module model = (ModelCatalog.Options(name) with { Step = step }).Create();
        model.Initialize(3);
        return model;
    }

    private static float[] Of(Module model, string variable) => model.State.Single(v => v.Name == variable).Values;

    private static void Set(Module model, string variable, float value) => Of(model, variable).AsSpan().Fill(value);
}
