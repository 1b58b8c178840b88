using FsCheck;
using FsCheck.Fluent;
using StepNet.Execution;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Nn;

/// <summary>The papers' bounds against exact Jacobians of networks of width 8.</summary>
public sealed class GradientBoundsTests
{
    private const double Slack = 1 + 1e-9;

    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20261125, 4711);

    /// <summary>A random network of 1 to 8 blocks and what it is asked with.</summary>
    private sealed record Case(ulong Seed, int Blocks, double H, double S, bool ReluInBranch, bool ReluBehind)
    {
        internal SmallResidualNet Net => new(Seed, Blocks, H, S, ReluInBranch, ReluBehind);

        internal double[] X => Compute.Uniform(SmallResidualNet.Width, Seed);
    }

    [Fact]
    public void Product_AnyNetwork_BoundsItsJacobian() => Holds(Cases(3, false), c =>
    {
        (double[,] Branch, double[,] Whole)[] blocks = [.. c.Net.Exact(c.X).Select(block => (block.Branch, block.Whole))];
        double gain = Matrices.SpectralNorm(blocks.Select(block => block.Whole).Aggregate((first, second) => Matrices.Product(second, first)));
        BlockJacobian[] rows = [.. blocks.Select(block => new BlockJacobian(
            "", Math.Abs(c.S), c.H, Matrices.SpectralNorm(block.Branch), 1, Matrices.SpectralNorm(block.Whole)))];
        double w = rows.Max(row => row.Branch);

        return rows.All(row => row.Whole <= row.Bound * Slack)
            && gain <= GradientBounds.Product(rows) * Slack
            && GradientBounds.Product(rows) <= GradientBounds.Product(c.H, w, c.Blocks, c.S) * Slack;
    });

    [Fact]
    public void PropositionOne_InItsRange_BoundsTheProductForm() => Holds(Cases(1, true), c =>
    {
        double w = c.Net.Exact(c.X).Max(block => Matrices.SpectralNorm(block.Branch));
        double gain = Matrices.SpectralNorm(c.Net.Exact(c.X).Select(block => block.Whole).Aggregate((first, second) => Matrices.Product(second, first)));

        return gain <= GradientBounds.PropositionOne(c.H, w, c.Blocks) * Slack
            && GradientBounds.Product(c.H, w, c.Blocks) <= GradientBounds.PropositionOne(c.H, w, c.Blocks) * Slack
            && GradientBounds.WhyNotPropositionOne(c.Net.Modules.OfType<ResidualBlock>()) is null;
    });

    [Fact]
    public void PropositionTwo_AnyNetwork_BoundsTheNoise() => Holds(Cases(3, true), c =>
    {
        double[] direction = Compute.Uniform(SmallResidualNet.Width, c.Seed + 1);
        double eps = 0.1 * Length(direction);
        (double[] F, double[] Y)[] plain = [.. c.Net.Exact(c.X).Select(block => (block.F, block.Y))];
        (double[] F, double[] Y)[] noisy =
            [.. c.Net.Exact([.. c.X.Zip(direction, (x, d) => x + (0.1 * d))]).Select(block => (block.F, block.Y))];
        double w = plain.Zip(noisy, (a, b) => Distance(a.F, b.F)).Max();

        return Distance(plain[^1].Y, noisy[^1].Y) <= GradientBounds.PropositionTwo(eps, c.H, w, c.Blocks) * Slack;
    });

    [Fact]
    public void Rules_AnyW_GiveTheLargestStep() => Holds(Cases(3, true), c =>
    {
        double w = 0.1 + (c.Seed % 97 / 10.0), gain = 1.5 + (c.Seed % 1009);
        double h = GradientBounds.LargestStep(w, c.Blocks, gain), h1 = GradientBounds.LargestStepOfPropositionOne(w, c.Blocks, gain);
        return Near(GradientBounds.Product(h, w, c.Blocks), gain)
            && (h1 == 1 ? GradientBounds.PropositionOne(1, w, c.Blocks) <= gain * Slack : Near(GradientBounds.PropositionOne(h1, w, c.Blocks), gain))
            && h1 <= h * Slack;

        static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-9 * b;
    });

    [Fact]
    public void PropositionOne_TheCounterexample_HasAGainAboveTheFormulaAndIsRefused()
    {
        // F(x) = x, h = 2, D = 2: the Jacobian is 3 twice, gain 9; 1 - h + h (1 + W)^D would be 7.
        Sequential net = new(new ResidualBlock(new Identity(), 1, 2), new ResidualBlock(new Identity(), 1, 2));
        IReadOnlyList<BlockJacobian> rows = BlockJacobians.Measure(net, new NdArray([1, 2, 3], 1, 3), iterations: 3);

        Assert.All(rows, row => Assert.Equal((1, 3), (Math.Round(row.Branch, 5), Math.Round(row.Whole, 5))));
        Assert.Equal(9, GradientBounds.Product(rows), 1e-5);
        Assert.Equal(9, GradientBounds.Product(2, 1, 2));

        // Where the range ends, at h = 1, the two forms are one.
        Assert.Equal(GradientBounds.Product(1, 1, 2), GradientBounds.PropositionOne(1, 1, 2));
        Assert.Contains(
            "Proposition 1 holds for 0 < h <= 1. For any h the product form does",
            Assert.Throws<ArgumentOutOfRangeException>(() => GradientBounds.PropositionOne(2, 1, 2)).Message, StringComparison.Ordinal);
        Assert.Equal("0: h is 2, not in (0, 1]", GradientBounds.WhyNotPropositionOne(net.Modules.OfType<ResidualBlock>()));
    }

    [Fact]
    public void LargestStep_OfThePaperDepths_IsFigure9Trend()
    {
        // W = 1, gain 100: ResNet-20, -110 and -218 have 9, 54 and 108 blocks.
        Assert.Equal([0.668, 0.0890, 0.0436], new[] { 9, 54, 108 }.Select(d => Math.Round(GradientBounds.LargestStep(1, d, 100), d == 9 ? 3 : 4)));
        Assert.Equal(5e-16, GradientBounds.LargestStepOfPropositionOne(1, 54, 10), 5e-18);
        Assert.Equal(double.PositiveInfinity, GradientBounds.LargestStep(0, 9, 100));
    }

    [Theory]
    [InlineData(0.1, 2, 0.5, 3, 2.2)]
    [InlineData(-0.1, 2, 0.5, 3, 2.2)]
    [InlineData(1, -1, 4, 2, 1.5)]
    public void Block_Equation9_IsItsFormula(double h, double gamma, double sigma, double norm, double expected) =>
        Assert.Equal(expected, GradientBounds.Block(h, gamma, sigma, norm), 1e-12);

    [Theory]
    [InlineData("skip", "0: s is 0.5, not 1")]
    [InlineData("learned", "0: s is learned:1, not 1")]
    [InlineData("shortcut", "0: its shortcut is not the identity")]
    [InlineData("step", "0: h is learned:2, not in (0, 1]")]
    public void WhyNotPropositionOne_OtherBlocks_NamesTheFirstReason(string kind, string reason)
    {
        ResidualBlock block = kind switch
        {
            "skip" => new ResidualBlock(new Linear(8, 8), 0.5, 1),
            "learned" => new ResidualBlock(new Linear(8, 8), Coefficient.Learned(1), 1),
            "shortcut" => new ResidualBlock(new Linear(8, 4), 1, 1, shortcut: new Linear(8, 4)),
            _ => new ResidualBlock(new Linear(8, 8), 1, Coefficient.Learned(2)),
        };
        Sequential net = new(block);

        Assert.Equal(reason, GradientBounds.WhyNotPropositionOne(net.Modules.OfType<ResidualBlock>()));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Product_MeasuredGradientsOfATrainingStep_AreWithinIt(bool reluInBranch, bool reluBehind)
    {
        // What the taps report of a real step, against what the Jacobians allow.
        SmallResidualNet body = new(5, 6, 0.7, 1, reluInBranch, reluBehind);
        Sequential model = new(new Linear(4, 8), body, new Linear(8, 3));
        model.Initialize(9);
        GraphProgram program = TrainingGraph.Build(model, Shape.Of(4), null, 0, null, TapKinds.Blocks, out IReadOnlyList<TapSeries> series);
        float[] x = [.. Compute.Uniform(20, 2).Select(value => (float)value)];
        using ReferenceExecutor<double> executor = new(program, 5);
        executor.Observe = true;
        executor.Feed("input", x);
        executor.Feed("labels", [0, 1, 2, 0, 1]);
        executor.Run(5);
        IReadOnlyList<BlockJacobian> rows = BlockJacobians.Measure(model, new NdArray(x, 5, 4), iterations: 200);

        double first = Value(series.First(one => one.Quantity == TapQuantity.InputGradientNorm));
        double last = Value(series.Last(one => one.Quantity == TapQuantity.OutputGradientNorm));
        Assert.Equal(6, rows.Count);
        Assert.InRange(first / last, 0, GradientBounds.Product(rows) * 1.001);

        double Value(TapSeries one) => executor.FetchExact($"{one}")[0];
    }

    private static Gen<Case> Cases(double largestStep, bool plainSkip) =>
        from seed in Gen.Choose(1, int.MaxValue)
        from blocks in Gen.Choose(1, 8)
        from h in Gen.Choose(1, 1000)
        from s in Gen.Choose(-1500, 1500)
        from relus in Gen.Choose(0, 3)
        select new Case((ulong)seed, blocks, largestStep * h / 1000, plainSkip ? 1 : s / 1000.0, relus % 2 == 1, relus > 1);

    private static void Holds(Gen<Case> cases, Func<Case, bool> property) => Check.One(s_config, Prop.ForAll(cases.ToArbitrary(), property));

    private static double Length(double[] x) => Math.Sqrt(x.Sum(value => value * value));

    private static double Distance(double[] a, double[] b) => Length([.. a.Zip(b, (x, y) => x - y)]);
}
