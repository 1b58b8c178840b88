using StepNet.Data;
using StepNet.Experiments.Dynamics;
using StepNet.Experiments.Studies;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Training;

namespace StepNet.Experiments.Reproductions;

/// <summary>
/// Trials of the kind <c>bounds</c>: what eq. 9 and Propositions 1 and 2 of Towards Robust ResNet allow, beside what is measured. A trial
/// leaves <c>blocks.csv</c> (<c>block,branch,whole,bound,gradient_in,gradient_out</c>) and a summary; of the bounds it holds <c>log10(bound / measured)</c>,
/// above 0 where the bound holds, null where it does not apply.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item><c>gain</c>, <c>log_gain</c>: <c>||dL/dx_0|| / ||dL/dx_D||</c> over the blocks, and its log10.</item>
/// <item><c>equation9</c>: the least over the blocks, of <c>|s| ||dP/dx|| + h ||dF/dx||</c> over <c>||dy/dx||</c>.</item>
/// <item><c>product</c>: the product of these bounds over the gain, for any shortcuts.</item>
/// <item><c>proposition1</c>, <c>product_form</c>: <c>1 - h + h (1 + W)^D</c> and <c>(1 + h W)^D</c> over the gain, for identity shortcuts; <c>tighter</c> is the
/// first over the second.</item>
/// <item><c>noise</c>: largest norm behind the last block over that of the noise at the first; <c>proposition2</c>: the bound over it.</item>
/// </list>
/// </remarks>
public static class BoundTrials
{
    // Small, so that few ReLUs turn over, and far above the rounding of float32.
    private const double Noise = 0.1;

    private static readonly string[] s_sets = [.. DatasetCatalog.All.Where(entry => !entry.IsText).Select(entry => entry.Name)];

    /// <summary>
    /// The kind: settings <c>model</c>, <c>width</c> (0: the network's own), <c>data</c>, <c>h</c>, <c>norm</c> (<c>none</c>, <c>batch</c>), <c>items</c> that are measured on,
    /// and <c>steps</c> of SGD (<c>lr</c>, momentum 0.9, <c>batch</c>) on the first <c>train-items</c> before.
    /// </summary>
    /// <param name="dataOf">A set by name, as trainings see it: training items, test items, and what every item goes through.</param>
    public static ITrialKind Kind(Func<string, (IDataset Train, IDataset Test, IReadOnlyList<ITransform> Normalization)> dataOf) => new FunctionTrialKind(
        "bounds",
        new Dictionary<string, string>
        {
            ["model"] = "point-resnet10",
            ["width"] = "0",
            ["data"] = "two-moons",
            ["h"] = "1",
            ["norm"] = "none",
            ["items"] = "32",
            ["steps"] = "0",
            ["lr"] = "0.05",
            ["batch"] = "64",
            ["train-items"] = "2000",
        },
        (run, stop) => Run(run, dataOf(run.Text("data")), stop))
    {
        Checks = Check,
        Cost = settings => DatasetCatalog.Find(settings["data"]).IsGenerated ? 1 : 10 + (0.15 * CsvTable.Number(settings["steps"])),
    };

    private static string? Check(string key, string value)
    {
        switch (key)
        {
            case "model":
                try
                {
                    _ = ModelCatalog.Options(value);
                    return null;
                }
                catch (ArgumentException e)
                {
                    return $"model: {e.Message}";
                }

            case "data":
                return SettingCheck.Word(key, value, s_sets);
            case "norm":
                return SettingCheck.Word(key, value, ["none", "batch"]);
            case "h" or "lr":
                return SettingCheck.Positive(key, value);
            default:
                return SettingCheck.Whole(key, value, least: key is "width" or "steps" ? 0 : 1);
        }
    }

    private static TrialOutcome Run(
        TrialRun run, (IDataset Train, IDataset Test, IReadOnlyList<ITransform> Normalization) data, CancellationToken stop)
    {
        (IDataset train, IDataset test, IReadOnlyList<ITransform> normalize) = data;
        ulong seed = run.Seed;
        ResNetOptions options = ModelCatalog.Options(run.Text("model")) with
        {
            Step = run.Number("h"),
            Norm = run.Text("norm") == "batch" ? Normalization.Batch : Normalization.None,
        };
        options = run.Integer("width") > 0 ? options with { Width = run.Integer("width") } : options;
        Module model = options.For(train.ItemShape, train.Classes.Count).Create();
        model.Initialize(seed);
        if (run.Integer("steps") > 0 && Train(run, model, train.Take(0, Math.Min(run.Integer("train-items"), train.Count)), normalize, seed, stop) is string diverged)
        {
            run.Summary([.. Names.Select(name => (name, double.NaN))]);
            return new TrialOutcome(TrialState.Diverged, diverged);
        }

        int n = Math.Min(run.Integer("items"), test.Count);
        Batch batch = new BatchLoader(test.Take(0, n), n, normalize, shuffle: false, seed: 0).Epoch(0).First();
        NdArray items = new([.. batch.Items.AsSpan(0, n * test.ItemShape.ItemCount)], [n, .. test.ItemShape.Dims]);
        run.Beat();
        double gain = Measure(run, model, items, [.. batch.Labels.Take(n).Select(label => (int)label)], seed);
        return double.IsFinite(gain) ? TrialOutcome.Done : new TrialOutcome(TrialState.Diverged, "gradients of the trained network are not finite");
    }

    private static string? Train(
        TrialRun run, Module model, IDataset train, IReadOnlyList<ITransform> normalize, ulong seed, CancellationToken stop)
    {
        int steps = run.Integer("steps"), batch = run.Integer("batch");
        TrainingResult result = new Trainer(model, new Sgd(momentum: 0.9), new TrainingOptions
        {
            Epochs = (steps * batch / train.Count) + 1,
            MaxSteps = steps,
            BatchSize = batch,
            Schedule = new ConstantSchedule(run.Number("lr")),
            TrainTransforms = normalize,
            Seed = seed,
            Threads = run.Threads,
        })
        {
            OnStep = _ => run.Beat(),
        }.Run(train, cancellation: stop);
        stop.ThrowIfCancellationRequested();
        return result.State == TrainingState.Diverged ? $"at step {result.DivergedAtStep}: {result.DivergedIn}" : null;
    }

    private static readonly string[] Names =
        ["gain", "log_gain", "equation9", "product", "proposition1", "product_form", "tighter", "noise", "proposition2"];

    private static double Measure(TrialRun run, Module model, NdArray items, int[] labels, ulong seed)
    {
        IReadOnlyList<BlockJacobian> blocks = BlockJacobians.Measure(model, items, seed: seed, threads: run.Threads);
        Dictionary<string, (double Input, double Output)> gradients =
            BlockGradients.Measure(model, items, labels, run.Threads).ToDictionary(one => one.Block, one => (one.Input, one.Output));
        Action<object[]> row = run.Rows("blocks.csv", "block", "branch", "whole", "bound", "gradient_in", "gradient_out");
        foreach (BlockJacobian block in blocks)
        {
            (double input, double output) = gradients.GetValueOrDefault(block.Block, (double.NaN, double.NaN));
            row([block.Block, block.Branch, block.Whole, block.Bound, input, output]);
        }

        BlockJacobian[] known = [.. blocks.Where(block => gradients.ContainsKey(block.Block))];
        double gain = gradients[known[0].Block].Input / gradients[known[^1].Block].Output;
        double h = known.Max(block => block.Step), w = known.Max(block => block.Branch);
        bool applies = GradientBounds.WhyNotPropositionOne(model.Modules.OfType<ResidualBlock>()) is null;
        double form = applies ? GradientBounds.Product(h, w, known.Length) : double.NaN;
        double one = applies ? GradientBounds.PropositionOne(h, w, known.Length) : double.NaN;
        IReadOnlyList<NoiseSpread> noise = NoiseSpread.Of(model, items, Noise, seed);
        run.Summary(
        [
            .. Names.Zip((double[])
            [
                gain, Math.Log10(gain),
                blocks.Min(block => Math.Log10(block.Bound / block.Whole)),
                Math.Log10(GradientBounds.Product(known) / gain),
                Math.Log10(one / gain), Math.Log10(form / gain), Math.Log10(one / form),
                noise[^1].Largest / noise[0].Largest,
                noise[^1].Bound is double bound ? Math.Log10(bound / noise[^1].Largest) : double.NaN,
            ]),
        ]);
        return gain;
    }
}
