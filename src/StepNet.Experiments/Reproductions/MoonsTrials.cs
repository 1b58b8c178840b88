using StepNet.Data;
using StepNet.Experiments.Dynamics;
using StepNet.Experiments.Studies;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Training;

namespace StepNet.Experiments.Reproductions;

/// <summary>
/// Trials of the kind <c>moons</c>: a point ResNet trained on two moons, and its test points behind every block, as in figure 7 of
/// Towards Robust ResNet. A trial leaves <c>points.csv</c> (<c>block,item,label,x,y</c>), <c>blocks.csv</c> (<c>block,mixed,move</c>) and a summary:
/// <c>test_accuracy</c>, <c>mixed</c> and <c>move</c>.
/// </summary>
/// <remarks>
/// <c>mixed</c> is the share of test points whose nearest other test point is of the other class, the mean over the blocks.
/// <c>move</c> is how far a block moves a point, the mean over the points over the root-mean-square radius of the cloud in front of
/// the block, the largest over the blocks: small where features change smoothly.
/// </remarks>
public static class MoonsTrials
{
    internal const string PointsFile = "points.csv";

    // Points whose neighbours are looked for; of them, those that are drawn.
    private const int TestPoints = 500, DrawnPoints = 120;

    private const ulong TestSeed = 1;

    /// <summary>The kind: settings <c>blocks</c>, <c>h</c>, <c>norm</c> (<c>none</c>, <c>batch</c>), <c>noise</c>, <c>points</c> to train on, <c>epochs</c>, <c>batch</c> and <c>lr</c>.</summary>
    public static ITrialKind Kind { get; } = new FunctionTrialKind(
        "moons",
        new Dictionary<string, string>
        {
            ["blocks"] = "20",
            ["h"] = "1",
            ["norm"] = "none",
            ["noise"] = "0.2",
            ["points"] = "4000",
            ["epochs"] = "20",
            ["batch"] = "64",
            ["lr"] = "0.05",
        },
        Run)
    {
        Checks = Check,
        Cost = settings => 1 + (1e-6 * Number(settings, "points") * Number(settings, "epochs") * Number(settings, "blocks")),
        Draws = MoonsFigures.Of,
    };

    private static string? Check(string key, string value) => key switch
    {
        "norm" => SettingCheck.Word(key, value, ["none", "batch"]),
        "h" or "noise" or "lr" => SettingCheck.Positive(key, value),
        _ => SettingCheck.Whole(key, value),
    };

    private static TrialOutcome Run(TrialRun run, CancellationToken stop)
    {
        ulong seed = run.Seed;
        double noise = run.Number("noise");
        PointResNetOptions options = new()
        {
            Blocks = run.Integer("blocks"),
            Step = run.Number("h"),
            Norm = run.Text("norm") == "batch" ? Normalization.Batch : Normalization.None,
        };
        Module model = options.Create();
        model.Initialize(seed);
        TwoMoonsDataset test = new(TestPoints, noise, TestSeed, "test");
        TrainingResult result = new Trainer(model, new Sgd(momentum: 0.9), new TrainingOptions
        {
            Epochs = run.Integer("epochs"),
            BatchSize = run.Integer("batch"),
            Schedule = new ConstantSchedule(run.Number("lr")),
            Seed = seed,
            Threads = 1,
        })
        {
            OnStep = _ => run.Beat(),
        }.Run(new TwoMoonsDataset(run.Integer("points"), noise, seed, "train"), test: test, cancellation: stop);
        stop.ThrowIfCancellationRequested();
        if (result.State == TrainingState.Diverged)
        {
            run.Summary(("test_accuracy", double.NaN), ("mixed", double.NaN), ("move", double.NaN));
            return new TrialOutcome(TrialState.Diverged, $"at step {result.DivergedAtStep}: {result.DivergedIn}");
        }

        (NdArray items, int[] labels) = Items(test);
        double[][][] clouds = [.. FeatureCloud.Of(model, items).Select(cloud => cloud.Features.ToArray())];
        double[] mixed = [.. clouds.Select(cloud => Mixed(cloud, labels))];
        double[] move = [0, .. clouds.Zip(clouds.Skip(1), Move)];
        Write(run, clouds, labels, mixed, move);
        run.Summary(("test_accuracy", result.Test!.Accuracy), ("mixed", mixed.Skip(1).Average()), ("move", move.Max()));
        return TrialOutcome.Done;
    }

    private static void Write(TrialRun run, double[][][] clouds, int[] labels, double[] mixed, double[] move)
    {
        Action<object[]> block = run.Rows("blocks.csv", "block", "mixed", "move"), point = run.Rows(PointsFile, "block", "item", "label", "x", "y");
        foreach ((int b, double[][] cloud) in clouds.Index())
        {
            block([b, mixed[b], move[b]]);
            foreach ((int i, double[] x) in cloud.Take(DrawnPoints).Index())
            {
                point([b, i, labels[i], (float)x[0], (float)x[1]]);
            }
        }
    }

    private static (NdArray Items, int[] Labels) Items(TwoMoonsDataset set)
    {
        float[] items = new float[2 * set.Count];
        int[] labels = [.. Enumerable.Range(0, set.Count).Select(i => set.Read(i, items.AsSpan(2 * i, 2)))];
        return (new NdArray(items, [set.Count, 2]), labels);
    }

    /// <summary>Share of points whose nearest other point is of the other class; points at one place count as they come.</summary>
    internal static double Mixed(double[][] points, int[] labels)
    {
        int mixed = 0;
        for (int i = 0; i < points.Length; i++)
        {
            (double least, int nearest) = (double.PositiveInfinity, i);
            for (int j = 0; j < points.Length; j++)
            {
                double distance = j == i ? double.PositiveInfinity : Square(points[i], points[j]);
                (least, nearest) = distance < least ? (distance, j) : (least, nearest);
            }

            mixed += labels[nearest] != labels[i] ? 1 : 0;
        }

        return (double)mixed / points.Length;
    }

    /// <summary>Mean distance of the points from where they were, over the root-mean-square radius of where they were.</summary>
    internal static double Move(double[][] from, double[][] to)
    {
        double[] mean = [.. Enumerable.Range(0, from[0].Length).Select(k => from.Average(point => point[k]))];
        double radius = Math.Sqrt(from.Average(point => Square(point, mean)));
        return from.Zip(to, (a, b) => Math.Sqrt(Square(a, b))).Average() / radius;
    }

    private static double Square(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();

    private static double Number(IReadOnlyDictionary<string, string> settings, string key) => CsvTable.Number(settings[key]);
}
