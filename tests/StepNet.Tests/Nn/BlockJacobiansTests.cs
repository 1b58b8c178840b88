using StepNet.Execution;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Tests.Nn;

/// <summary>Products with Jacobians against differences and against their own transposes; their norms against exact ones.</summary>
public sealed class BlockJacobiansTests
{
    public static TheoryData<string> Blocks =>
        ["batch", "group", "none", "pre", "pre-group", "pad", "projection", "channel", "learned", "drop", "linear", "elementwise"];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Forward_EveryKindOfBlock_MatchesDifferences(string kind)
    {
        // In prediction: in training the statistics of the batch count as constants, which a difference does not know.
        (Module block, Shape item) = Block(kind);
        (Tensor y, Tensor x) = Trace(block, item, training: false);
        Tensor v = y.Graph.Input("v", x.Shape);
        Tensor jv = Linearize.Forward(y, x, v)!;
        const int N = 3;
        const double Epsilon = 1e-6;
        using ReferenceExecutor<double> executor = new(new GraphProgram(y.Graph, new Dictionary<string, Tensor> { ["y"] = y, ["jv"] = jv }, []), N);
        double[] at = Compute.Uniform(N * item.ItemCount, 1), direction = Compute.Uniform(at.Length, 2);

        Run(executor, at, direction, N);
        double[] product = executor.FetchExact("jv").ToArray();
        Run(executor, [.. at.Zip(direction, (a, d) => a + (Epsilon * d))], direction, N);
        double[] above = executor.FetchExact("y").ToArray();
        Run(executor, [.. at.Zip(direction, (a, d) => a - (Epsilon * d))], direction, N);
        double[] below = executor.FetchExact("y").ToArray();

        Compute.AssertClose([.. above.Zip(below, (a, b) => (a - b) / (2 * Epsilon))], product, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Backward_EveryKindOfBlock_IsTheTranspose(string kind)
    {
        (Module block, Shape item) = Block(kind);
        (Tensor y, Tensor x) = Trace(block, item, training: true);
        Tensor v = y.Graph.Input("v", x.Shape), u = y.Graph.Input("u", y.Shape);
        Dictionary<string, Tensor> outputs = new()
        {
            ["jv"] = Linearize.Forward(y, x, v)!,
            ["ju"] = Linearize.Backward(y, x, u)!,
        };
        const int N = 3;
        using ReferenceExecutor<double> executor = new(new GraphProgram(y.Graph, outputs, []), N);
        double[] direction = Compute.Uniform(N * item.ItemCount, 2), other = Compute.Uniform(N * y.Shape.ItemCount, 3);
        executor.FeedExact("u", other);
        Run(executor, Compute.Uniform(direction.Length, 1), direction, N);

        double forward = executor.FetchExact("jv").ToArray().Zip(other, (a, b) => a * b).Sum();
        double backward = executor.FetchExact("ju").ToArray().Zip(direction, (a, b) => a * b).Sum();
        Assert.NotEqual(0, forward);
        Assert.Equal(forward, backward, 1e-9 * (1 + Math.Abs(forward)));
    }

    [Theory]
    [InlineData(1, true, true)]
    [InlineData(2, true, false)]
    [InlineData(5, false, true)]
    [InlineData(8, true, true)]
    public void Measure_SmallNetworks_ComesToTheExactNormsFromBelow(int blocks, bool reluInBranch, bool reluBehind)
    {
        SmallResidualNet net = new((ulong)blocks, blocks, 0.6, 0.9, reluInBranch, reluBehind);
        const int N = 4;
        double[] x = Compute.Uniform(N * SmallResidualNet.Width, 7);

        IReadOnlyList<BlockJacobian> rows = BlockJacobians.Measure(net, new NdArray([.. x.Select(value => (float)value)], N, SmallResidualNet.Width), 100);

        (double[,] Branch, double[,] Whole)[][] items =
            [.. Enumerable.Range(0, N).Select(i => net.Exact(x[(i * 8)..((i + 1) * 8)]).Select(block => (block.Branch, block.Whole)).ToArray())];
        Assert.Equal(blocks, rows.Count);
        for (int i = 0; i < blocks; i++)
        {
            Near(items.Max(item => Matrices.SpectralNorm(item[i].Branch)), rows[i].Branch);
            Near(items.Max(item => Matrices.SpectralNorm(item[i].Whole)), rows[i].Whole);
            Assert.Equal((0.9, 0.6, 1.0, $"block{i}"), (rows[i].Skip, rows[i].Step, rows[i].Shortcut, rows[i].Block));
        }

        static void Near(double exact, double measured) => Assert.InRange(measured, 0.98 * exact, 1.0001 * exact);
    }

    [Fact]
    public void Measure_ProjectionsAndManyBlocks_GivesEachBlockOnceInItsOrder()
    {
        // 12 items of 16 x 32 x 32 for 9 blocks: more than one program's share.
        Module model = ModelCatalog.Options("resnet20").Create();
        model.Initialize(1);
        const int N = 48;
        NdArray items = new([.. Compute.Uniform(N * 3072, 1).Select(value => (float)value)], N, 3, 32, 32);

        IReadOnlyList<BlockJacobian> rows = BlockJacobians.Measure(model, items, iterations: 2);

        Assert.Equal(model.Modules.OfType<ResidualBlock>().Select(block => block.Path), rows.Select(row => row.Block));
        Assert.All(rows, row => Assert.True(row.Branch > 0 && row.Whole > 0 && row.Whole <= row.Bound * 1.001, $"{row}"));
        Assert.Equal([3, 6], rows.Index().Where(row => row.Item.Shortcut != 1).Select(row => row.Index));
    }

    // F(x) = W x in a network whose blocks are dropped half the time: what stays counts twice.
    [Fact]
    public void Measure_BlocksDroppedAtRandom_BoundsWhatIsThereInTraining()
    {
        ResidualBlock block = new(new Linear(8, 8), 1, 1, Activation.Identity, null, 0.5);
        Sequential model = new(block);
        model.Initialize(5);
        const int N = 16;

        BlockJacobian row = BlockJacobians.Measure(model, new NdArray([.. Compute.Uniform(N * 8, 7).Select(value => (float)value)], N, 8), 100).Single();

        double[,] w = new double[8, 8];
        for (int i = 0; i < 64; i++)
        {
            w[i / 8, i % 8] = block.Parameters.First().Values[i];
        }

        Assert.InRange(row.Branch, 0.98 * 2 * Matrices.SpectralNorm(w), 2.0001 * Matrices.SpectralNorm(w));
        Assert.True(row.Whole <= row.Bound * 1.0001, $"{row}");
        Assert.EndsWith(": its branch is dropped at random", GradientBounds.WhyNotPropositionOne([block]), StringComparison.Ordinal);
    }

    // The Jacobian of what is linear does not read the items.
    [Fact]
    public void Measure_LinearBlocks_NeedNoItems()
    {
        ResidualBlock block = new(new Linear(8, 8), 1, 0.5, Activation.Identity);
        Sequential model = new(block);
        model.Initialize(5);

        BlockJacobian row = BlockJacobians.Measure(model, new NdArray(new float[16], 2, 8)).Single();

        Assert.InRange(row.Whole, 0.1, row.Bound * 1.0001);
    }

    [Fact]
    public void Measure_OperationWithoutARule_IsNamed()
    {
        Sequential model = new(new ResidualBlock(new MaxPool(3, 1, Padding.All(1)), 1, 1));

        Assert.Contains(
            "MaxPool 3x3 stride 1, padding 1 has no rule for products with its Jacobian.",
            Assert.Throws<NotSupportedException>(() => BlockJacobians.Measure(model, new NdArray(new float[16], 1, 1, 4, 4))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_OfANetwork_KeepsTheGainByTheMeasuredW()
    {
        Module model = ModelCatalog.Options("resnet14").With("norm", "none").With("width", "4").Create();
        model.Initialize(2);
        NdArray items = new([.. Compute.Uniform(8 * 192, 1).Select(value => (float)value)], 8, 3, 8, 8);

        StepRule rule = StepRule.Choose(model, items, 20);

        Assert.Equal((6, 20.0), (rule.Blocks, rule.Gain));
        double bound = GradientBounds.Product(rule.Step, rule.W, 6);
        Assert.True(rule.Step == 1 ? bound <= 20 : bound is > 19.9 and <= 20, $"{rule}: {bound}");
        Assert.Equal(GradientBounds.LargestStepOfPropositionOne(rule.W, 6, 20), rule.PropositionOne);
        Assert.Equal(rule, StepRule.Choose(model, items, 20, threads: 2));
        Assert.Equal(1, model.Modules.OfType<ResidualBlock>().First().Step.Value);
    }

    [Theory]
    [InlineData("learned", "The rule chooses a fixed step factor; this network learns its own.")]
    [InlineData("skip", "The skip weight 2 alone gives 8 blocks a gain of 256, and 100 are allowed: no h is small enough.")]
    [InlineData("plain", "The network has no residual block, and so no step factor to choose.")]
    public void Choose_WhereTheRuleDoesNotApply_SaysWhy(string kind, string message)
    {
        Module model = kind switch
        {
            "learned" => new Sequential(new ResidualBlock(new Linear(8, 8), 1, Coefficient.Learned(1))),
            "skip" => new SmallResidualNet(1, 8, 1, 2, true, true),
            _ => new Sequential(new Linear(8, 8)),
        };

        Assert.Equal(message, Assert.Throws<ArgumentException>(() => StepRule.Choose(model, new NdArray(new float[8], 1, 8))).Message);
    }

    private static void Run(ReferenceExecutor<double> executor, double[] at, double[] direction, int n)
    {
        executor.FeedExact("input", at);
        executor.FeedExact("v", direction);
        executor.Run(n);
    }

    private static (Tensor Y, Tensor X) Trace(Module block, Shape item, bool training)
    {
        Tensor y = Tracer.Trace(block, item, training);
        return (y, y.Graph.Nodes.First(node => node.Operation is InputOp).Outputs[0]);
    }

    private static (Module Block, Shape Item) Block(string kind)
    {
        (Module Block, Shape Item) made = kind switch
        {
            "linear" => (new SmallResidualNet(3, 1, 0.5, 0.8, true, true), Shape.Of(8)),
            "elementwise" => (new ResidualBlock(new Sequential(new Conv1d(4, 4, 3), new Squash(), new AveragePool(3, 1, Padding.Along(1, 1))), 1, 0.5), Shape.Of(4, 6)),
            "drop" => (new ResidualBlock(new Sequential(new Conv2d(4, 4, 3), new Dropout(0.3)), 1, 0.5, Activation.Relu, null, 0.4), Shape.Of(4, 5, 6)),
            _ => (Images(kind), Shape.Of(4, 6, 6)),
        };
        made.Block.Initialize(4);

        // Norms of which no two channels are alike.
        foreach (Parameter parameter in made.Block.Parameters.Where(p => p.Shape.Dims.Length == 1))
        {
            double[] noise = Compute.Uniform(parameter.Shape.ItemCount, 8);
            for (int i = 0; i < noise.Length; i++)
            {
                parameter.Values[i] += (float)(0.4 * noise[i]);
            }
        }

        return made;
    }

    private static ResidualBlock Images(string kind)
    {
        bool pre = kind.StartsWith("pre", StringComparison.Ordinal);
        Normalization norm = kind switch { "none" => Normalization.None, "group" or "pre-group" => Normalization.Group, _ => Normalization.Batch };
        bool changes = kind is "pad" or "projection";
        return new ResidualBlock(
            new BasicBranch(4, changes ? 8 : 4, changes ? 2 : 1, pre ? BlockOrder.Pre : BlockOrder.Post, norm),
            CoefficientSpec.Parse(kind switch { "channel" => "channel:0.8", "learned" => "learned:0.8", _ => "0.8" }).Create(1, 4),
            CoefficientSpec.Parse(kind == "channel" ? "channel:0.6" : "0.6").Create(1, 4),
            pre ? Activation.Identity : Activation.Relu,
            kind switch { "pad" => new PadShortcut(2, 8), "projection" => new Sequential(new Conv2d(4, 8, 1, 2), new BatchNorm2d(8)), _ => null });
    }

    private sealed class Squash : Module
    {
        protected override Tensor Forward(Tensor x) => Ops.Apply(new TanhOp(), x);
    }

    private sealed class TanhOp : ElementwiseOp
    {
        public override T Apply<T>(T x) => T.Tanh(x);

        public override T Derivative<T>(T x) => T.One - (T.Tanh(x) * T.Tanh(x));
    }
}
