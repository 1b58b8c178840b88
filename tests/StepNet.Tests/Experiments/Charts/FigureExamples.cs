using StepNet.Experiments.Charts;
using StepNet.Experiments.Search;
using StepNet.Tests.Imaging;

namespace StepNet.Tests.Experiments.Charts;

/// <summary>Figures as studies draw them, and figures meant to break the layout.</summary>
internal static class FigureExamples
{
    private static readonly Axis Depth = new("depth", Log: true) { Ticks = [20, 32, 44, 56, 110, 218] };
    private static readonly Axis Accuracy = new("test accuracy, %");

    internal static IReadOnlyDictionary<string, Figure> All { get; } = new Dictionary<string, Figure>
    {
        ["documented"] = Documented(),
        ["depth-bands"] = AccuracyByDepth(Spread.Band),
        ["depth-error-bars"] = AccuracyByDepth(Spread.ErrorBars),
        ["depth-dark"] = AccuracyByDepth(Spread.Band) with { Theme = Theme.Dark },
        ["euler"] = Euler(),
        ["iterations"] = Iterations(),
        ["diverged"] = Diverged(),
        ["twelve-series"] = TwelveSeries(),
        ["long-names"] = LongNames(),
        ["one-point"] = Plain("One point", [3], [0.25]),
        ["no-points"] = Plain("No point", [], []),
        ["equal-values"] = Plain("Equal values", [1, 2, 3], [7, 7, 7]),
        ["zero"] = Plain("All zero", [0, 0], [0, 0]),
        ["huge"] = Plain("Huge numbers", [1e15, 2e15, 3e15], [-4e300, 2e299, 9e299]),
        ["tiny"] = Plain("Tiny numbers", [1e-12, 2e-12, 5e-12], [1e-310, 3e-9, 2e-9]),
        ["offset"] = Plain("A small difference of large numbers", [2024, 2025, 2026], [1000000001.25, 1000000001.5, 1000000002]),
        ["not-finite"] = Plain("Gaps", [1, 2, 3, 4, 5, 6], [1, double.NaN, 3, double.PositiveInfinity, 2, 2.5]),
        ["eight-decades"] = EightDecades(),
        ["log-within-a-decade"] = Plain("Less than a decade", [2, 3, 4], [0.11, 0.13, 0.19]) with { X = new Axis("x", Log: true), Y = new Axis("y", Log: true) },
        ["forty-categories"] = FortyCategories(),
        ["long-categories"] = FortyCategories() with { Width = 420, X = new Axis("network") { Categories = [.. Enumerable.Range(0, 40).Select(i => $"a network with the long name of number {i}")] } },
        ["narrow"] = AccuracyByDepth(Spread.Band) with { Width = 220, PlotHeight = 90 },
        ["long-title"] = AccuracyByDepth(Spread.Band) with
        {
            Width = 360,
            Title = "Test accuracy of residual networks without batch normalisation against their depth, for a step factor h of one and of a tenth "
                + new string('W', 60),
            Y = new Axis("median test accuracy on pictures that the network has never seen before, in per cent"),
            Note = "h < 1 & h > 0: \"small\" <steps>; " + string.Join(' ', Enumerable.Repeat("a long remark", 20)),
        },
        ["many-points-scatter"] = Cloud(),
        ["small-multiples"] = LearningRates(),
        ["small-multiples-own-axes"] = GradientsAndWeights(),
        ["animation"] = TwoMoons(),
        ["heat-map"] = StepAgainstRate(),
        ["heat-map-log"] = StepAgainstRate() with { Title = "Gradient norm at the last block", Value = new Axis("gradient norm", Log: true), Values = Grid(7, 6, (r, c) => Math.Pow(10, ((r + c) * 0.8) - 5)), ShowValues = false },
        ["heat-map-differences"] = Differences(),
        ["heat-map-large"] = LargeHeatMap(),
        ["search"] = Search(),
        ["images"] = Pictures(),
        ["texts"] = Texts(),
    };

    // As docs/charts.md has it.
    private static Chart Documented() => new Chart
    {
        Title = "Accuracy against depth",
        Subtitle = "median of 5 seeds, band: quartiles",
        X = new Axis("depth", Log: true) { Ticks = [20, 44, 110] },
        Y = new Axis("test accuracy, %"),
        Series =
        [
            new Series("h = 0.1", [new(20, 91.2, 91.0, 91.3), new(44, 92.0, 91.7, 92.1), new(110, 92.4, 92.1, 92.6)]),
            new Series("h = 1", [new(20, 91.5, 91.4, 91.6), new(44, 90.1, 88.0, 91.0), new(110, double.NaN, Diverged: true)]),
        ],
    };

    private static Chart AccuracyByDepth(Spread spread)
    {
        return new Chart
        {
            Title = "A small step keeps deep networks trainable",
            Subtitle = "CIFAR-10, 80 epochs; median of 5 seeds, " + (spread == Spread.Band ? "band" : "bar") + ": quartiles",
            Note = "Numbers made up for the tests of the layout.",
            X = Depth,
            Y = Accuracy,
            Series =
            [
                Of("h = 0.1", 92.5, 0.4, 0.2), Of("h = 1", 93, 3.2, 1.5),
                Series.Of("chance", [20, 218], [80, 80]) with { Dashed = true, Colour = 6 },
            ],
        };

        Series Of(string name, double start, double loss, double width) => new(name,
            [.. Depth.Ticks!.Select((depth, i) => new DataPoint(depth, start - (loss * i), start - (loss * i) - (width * (i + 1) / 2), start - (loss * i) + (width / 2)))])
        { Spread = spread };
    }

    // Figure 1 of the paper: x' = -2.3 x.
    private static Chart Euler()
    {
        return new Chart
        {
            Title = "Euler's method on x′ = −2.3 x, x(0) = 1",
            X = new Axis("time t"),
            Y = new Axis("x(t)") { Minimum = -2, Maximum = 2 },
            Series =
            [
                new Series("exact", [.. Enumerable.Range(0, 201).Select(i => new DataPoint(i * 0.025, Math.Exp(-2.3 * i * 0.025)))]) { Dashed = true, Colour = 6 },
                Steps(0.1), Steps(0.7), Steps(1),
            ],
        };

        static Series Steps(double h) => new($"h = {h}",
            [.. Enumerable.Range(0, (int)(5 / h) + 1).Select(i => new DataPoint(i * h, Math.Pow(1 - (2.3 * h), i)))]);
    }

    private static Chart Iterations()
    {
        return new Chart
        {
            Title = "Gradient norm of layer 2 by iteration",
            Subtitle = "ResNet-110, one seed",
            X = new Axis("iteration"),
            Y = new Axis("gradient norm", Log: true),
            Series = [Of("h = 1", 2, 3), Of("h = 0.1", 3, 0.4)],
        };

        static Series Of(string name, int seed, double scale)
        {
            Random random = new(seed);
            return new Series(name, [.. Enumerable.Range(0, 30000).Select(i => new DataPoint(i, scale * Math.Exp((-i / 9000.0) + (random.NextDouble() * 1.5))))]);
        }
    }

    private static Chart Diverged() => new()
    {
        Title = "Training loss against start learning rate",
        Subtitle = "Crosses: at least one of 5 seeds diverged",
        X = new Axis("start learning rate", Log: true),
        Y = new Axis("training loss") { LessIsBetter = true },
        Series =
        [
            new Series("h = 1", [new(0.01, 0.5), new(0.03, 0.4), new(0.1, 0.6, 0.3, 1.4, Diverged: true), new(0.3, double.NaN, Diverged: true), new(1, double.NaN, Diverged: true)]),
            new Series("h = 0.1", [new(0.01, 0.7), new(0.03, 0.5), new(0.1, 0.4), new(0.3, 0.35, 0.3, 0.5), new(1, 0.5, 0.4, 0.9, Diverged: true)]),
        ],
    };

    private static Chart TwelveSeries() => new()
    {
        Title = "Twelve step factors",
        X = new Axis("epoch"),
        Y = Accuracy,
        Series = [.. Enumerable.Range(0, 12).Select(k => Series.Of($"h = {(k + 1) / 10.0}",
            [.. Enumerable.Range(1, 10).Select(e => (double)e)], [.. Enumerable.Range(1, 10).Select(e => (90 - (k * 3)) * (1 - Math.Exp(-e / 3.0)))]))],
    };

    private static Chart LongNames() => TwelveSeries() with
    {
        Title = "Names too long for a line",
        Width = 400,
        Series = [.. TwelveSeries().Series.Take(4).Select((series, i) => series with
        {
            Name = $"a residual network number {i} whose name tells its depth, its width, its optimiser and its schedule, and then some",
        })],
    };

    private static Chart Plain(string title, double[] x, double[] y) => new()
    {
        Title = title,
        X = new Axis("x"),
        Y = new Axis("y"),
        Series = [Series.Of("", x, y)],
    };

    private static Chart EightDecades() => new()
    {
        Title = "Step factors over eight decades",
        X = new Axis("step factor h", Log: true),
        Y = new Axis("gain", Log: true),
        Series = [Series.Of("measured", [.. Enumerable.Range(-6, 9).Select(e => Math.Pow(10, e)), 0], [.. Enumerable.Range(-6, 9).Select(e => Math.Pow(10, e * 2)), 1])],
    };

    private static Chart FortyCategories() => new()
    {
        Title = "Forty networks",
        X = new Axis("network") { Categories = [.. Enumerable.Range(0, 40).Select(i => $"resnet{20 + (6 * i)}")] },
        Y = Accuracy,
        Series = [new Series("test", [.. Enumerable.Range(0, 40).Select(i => new DataPoint(i, 90 + Math.Sin(i), 89 + Math.Sin(i), 91 + Math.Sin(i)))]) { Mark = Mark.Scatter, Spread = Spread.ErrorBars }],
    };

    private static Chart Cloud()
    {
        Random random = new(5);
        return new Chart
        {
            Title = "A thousand points of two classes",
            X = new Axis("first feature"),
            Y = new Axis("second feature"),
            Series = [.. Enumerable.Range(0, 2).Select(k => new Series($"class {k}",
                [.. Enumerable.Range(0, 500).Select(_ => new DataPoint(random.NextDouble() + (0.7 * k), random.NextDouble() + (0.3 * k)))]) { Mark = Mark.Scatter })],
        };
    }

    private static SmallMultiples LearningRates() => new()
    {
        Title = "Larger learning rates need smaller steps",
        Subtitle = "Test accuracy by epoch; one seed",
        Panels = [.. new[] { 0.1, 0.2, 0.4, 0.6, 0.8 }.Select(rate => new Chart
        {
            Title = $"learning rate {rate}",
            X = new Axis("epoch"),
            Y = Accuracy,
            Series = [.. new[] { 0.1, 1 }.Select(h => Series.Of($"h = {h}", [.. Enumerable.Range(1, 80).Select(e => (double)e)],
                [.. Enumerable.Range(1, 80).Select(e => 92 - (rate * h * 20) - (40 / (e * (1.2 - (rate * h)))))]))],
        })],
    };

    private static SmallMultiples GradientsAndWeights() => new()
    {
        Title = "Gradients and weights",
        Columns = 2,
        SharedY = false,
        SharedX = false,
        Panels =
        [
            Iterations() with { Title = "gradient norm" },
            Plain("weights", [0, 10000, 20000, 30000], [4, 20, 50, 105]) with { X = new Axis("iteration"), Y = new Axis("mean absolute weight of the second layer") },
        ],
    };

    private static Animation TwoMoons()
    {
        return new Animation
        {
            Title = "Two moons, block by block",
            Subtitle = "What the points become on their way through the network",
            Columns = 2,
            Frames = [.. Enumerable.Range(0, 8).Select(block => new AnimationFrame($"block {block} of 7", [Panel("h = 0.1", block * 0.1), Panel("h = 1", block)]))],
        };

        static Chart Panel(string title, double time) => new()
        {
            Title = title,
            X = new Axis("first coordinate"),
            Y = new Axis("second coordinate"),
            Series = [.. Enumerable.Range(0, 2).Select(k => new Series(k == 0 ? "upper moon" : "lower moon", [.. Enumerable.Range(0, 60).Select(i =>
            {
                double angle = (Math.PI * i / 59) + (k * Math.PI) + (0.3 * time), x = Math.Cos(angle) + k, y = Math.Sin(angle) + (0.3 * k);
                return new DataPoint(x, y);
            })]) { Mark = Mark.Scatter })],
        };
    }

    private static double[][] Grid(int rows, int columns, Func<int, int, double> value) =>
        [.. Enumerable.Range(0, rows).Select(row => Enumerable.Range(0, columns).Select(column => value(row, column)).ToArray())];

    private static HeatMap StepAgainstRate() => new()
    {
        Title = "Step factor against learning rate",
        Subtitle = "Median test accuracy of 5 seeds",
        X = new Axis("learning rate") { Categories = ["0.01", "0.03", "0.1", "0.3", "1", "3"] },
        Y = new Axis("step factor h") { Categories = ["0.01", "0.03", "0.1", "0.3", "1", "3", "10"] },
        Value = Accuracy,
        Values = Grid(7, 6, (r, c) => r + c > 9 ? double.PositiveInfinity : r + c == 0 ? double.NaN : 92 - Math.Pow(r - 2.5, 2) - (0.7 * Math.Pow(c - 2, 2))),
    };

    private static HeatMap Differences() => StepAgainstRate() with
    {
        Title = "Gain of a small step",
        Value = new Axis("difference, points"),
        Colours = ColourScale.Diverging,
        Values = Grid(7, 6, (r, c) => (r - 2) * (c - 1.5) / 3),
    };

    private static HeatMap LargeHeatMap() => new()
    {
        Title = "Forty by thirty",
        X = new Axis("column") { Categories = [.. Enumerable.Range(0, 40).Select(i => $"column {i}")] },
        Y = new Axis("row") { Categories = [.. Enumerable.Range(0, 30).Select(i => $"a row with a name far too long for its place, number {i}")] },
        Value = new Axis("value"),
        Values = Grid(30, 40, (r, c) => r * c),
    };

    private static Chart Search()
    {
        SearchAxis axis = new("step", 0.001, 1, Log: true);
        double[] units = [.. Enumerable.Range(0, 61).Select(i => i / 60.0)];
        return new Chart
        {
            Title = "What the search believes",
            X = new Axis("step factor h", Log: true),
            Y = Accuracy,
            Series =
            [
                new Series("mean, band: 2 standard deviations", [.. units.Select(u => new DataPoint(axis.FromUnit(u), 80 + (10 * Math.Sin(3 * u)), 78 + (10 * Math.Sin(3 * u)) - (3 * u), 82 + (10 * Math.Sin(3 * u)) + (3 * u)))]),
                Series.Of("trials", [0.002, 0.01, 0.08], [81.5, 86.5, 89.6]) with { Mark = Mark.Scatter },
                Series.Of("next", [0.3], [89.5]) with { Mark = Mark.Scatter },
            ],
        };
    }

    private static ImageGrid Pictures() => new()
    {
        Title = "Pictures with noise",
        Columns = 6,
        Images = [.. Enumerable.Range(0, 12).Select(k => new GridImage(
            PngWriter.Write(16, 12 + k, type: 2, depth: 8, interlaced: false, out _), k % 3 == 0 ? "aeroplane without any noise" : $"σ = {k / 10.0}"))],
    };

    private static TextGrid Texts() => new()
    {
        Title = "What noise does to a sentence",
        Columns = ["noise", "text"],
        Rows =
        [
            ["0", "Stocks end higher as oil prices fall from their record; investors look ahead to the earnings of the quarter."],
            ["0.1", "Stocks enq higher as oilxprices fall from theiz record; investors loot ahead to the earnzngs of the quarter."],
            ["0.8", "xtwqks hab kqjxkr pl oeltybqces fbxxzqrem yheiu rqbrrj uvjvszbrl vqog bhepdoto shx kkgnyngs ex thj qiwgqar."],
        ],
    };
}
