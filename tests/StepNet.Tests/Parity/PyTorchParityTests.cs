using StepNet.Execution;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Parity;

/// <summary>Whole networks against PyTorch: logits, loss, every gradient, running statistics, 20 steps of SGD.</summary>
/// <remarks>
/// Errors are relative, by the L2 norm of a tensor. <see cref="ReferenceExecutor{T}"/> in double and PyTorch in float64 do
/// the same sums in another order. In float32 a ReLU whose input is almost 0 may also turn over: hence 2e-2 and more for gradients.
/// </remarks>
public sealed class PyTorchParityTests(PyTorchJudge judge, ITestOutputHelper output) : IClassFixture<PyTorchJudge>
{
    private const double Momentum = 0.9;
    private const int Steps = 20;

    public static TheoryData<string> Cases =>
    [
        "post",
        "post, h = 0.1",
        "post, learned, pad",
        "post, no norm, h = 0.1",
        "post, no norm, pad",
        "pre",
        "pre, h = 0.1, s = 0.9, pad",
        "pre, learned, no norm",
        "post, group norm",
        "post, h by channel, s by stage",
        "post, no norm, h = 1/sqrt(L), s by channel and stage",
        "pre, h of the network, s by kind",
        "post, h at random, s at random where projected",
        "text-resnet9, h by channel, s of the network",
        "point-resnet5, h by channel and stage, s = 1/L",
        .. s_families,
    ];

    private static readonly string[] s_families =
    [
        "imagenet-resnet18, learned",
        "imagenet-resnet34, group norm, h = 0.5",
        "imagenet-resnet50, h = 0.1, s = 0.9",
        "adaresnet18, learned",
        "adaresnet18, no norm",
        "keras-resnet50, h = 0.1",
        "keras-resnet50, group norm, s = 0.5",
        "text-resnet9",
        "text-resnet17, pre, learned, group norm, max",
        "point-resnet5",
        "point-resnet5, width 6, learned, batch norm",
        "post, midpoint, h = 0.5",
        "pre, heun, learned",
        "post, rk4, h by channel",
        "keras-resnet50, midpoint, no norm, h = 0.1",
        "text-resnet17, heun",
        "point-resnet5, rk4, width 6, learned, batch norm",
        "text-rnn24, h = 0.1",
        "text-rnn9, midpoint, learned, group norm",
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void ReferenceInDouble_FirstStep_EqualsFloat64(string name)
    {
        ParityCase network = ParityCase.Create(name, depth: 20, n: 2);
        SafeTensorFile expected = judge.Run(network.Tensors(), network.Options("float64", 0));
        GraphProgram program = TrainingGraph.Build(network.Model, network.Item, null);
        using ReferenceExecutor<double> executor = new(program, network.N);

        Step(executor, network);

        Errors errors = new(1e-6);
        Compare(errors, expected, program, key => executor.FetchExact(key).ToArray(), v => executor.Exact(v).ToArray());
        Report(name, errors);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void CpuExecutor_FirstStep_IsNearFloat64(string name)
    {
        // Two chunks of the batch, the second not full, so that both threads work and partial sums are joined.
        ParityCase network = ParityCase.Create(name, depth: 20, n: 12);
        SafeTensorFile expected = judge.Run(network.Tensors(), network.Options("float64", 0));
        GraphProgram program = TrainingGraph.Build(network.Model, network.Item, null);
        using IExecutor executor = Executors.Create(program, network.N, threads: 2);

        Step(executor, network);

        Errors errors = new(network.GradientTolerance);
        Compare(
            errors,
            expected,
            program,
            key => Fetch(executor, key, program.Outputs[key].Shape.Count(network.N)),
            variable => Read(executor, variable));
        Report(name, errors);
        Assert.True(errors["logits"] < 1e-4, $"logits: relative error {errors["logits"]:g3}");
        Assert.True(errors["loss"] < 1e-4, $"loss: relative error {errors["loss"]:g3}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void CpuExecutor_TwentySteps_LossOfFloat32(string name)
    {
        ParityCase network = ParityCase.Create(name, depth: 20, n: 12);
        SafeTensorFile expected = judge.Run(network.Tensors(), network.Options("float32", Steps));
        (GraphProgram program, Optimizer optimizer) = Training(network);
        using IExecutor executor = Executors.Create(program, network.N, threads: 2);

        double[] losses = Train(executor, optimizer, network, () => Fetch(executor, "loss", 1)[0]);

        double[] torch = expected["losses"].ToDoubles();
        output.WriteLine($"{name}: first loss {torch[0]:g6}, last {torch[^1]:g6} in PyTorch, {losses[^1]:g6} here");
        Assert.True(double.IsFinite(torch[^1]), "The case says nothing: PyTorch's loss is not finite.");
        Assert.Equal(1, losses[^1] / torch[^1], tolerance: 0.01);
    }

    [Theory]
    [InlineData("post, learned, pad")]
    [InlineData("post, no norm, h = 0.1")]
    [InlineData("pre")]
    [InlineData("pre, h = 0.1, s = 0.9, pad")]
    [InlineData("post, h by channel, s by stage")]
    [InlineData("post, no norm, h = 1/sqrt(L), s by channel and stage")]
    [InlineData("pre, h of the network, s by kind")]
    public void ReferenceInDouble_TwentySteps_EqualFloat64(string name)
    {
        // Fewer cases and less depth than above: this executor is made to be read, not to be fast.
        ParityCase network = ParityCase.Create(name, depth: 8, n: 2);
        SafeTensorFile expected = judge.Run(network.Tensors(), network.Options("float64", Steps));
        (GraphProgram program, Optimizer optimizer) = Training(network);
        using ReferenceExecutor<double> executor = new(program, network.N);

        double[] losses = Train(executor, optimizer, network, () => executor.FetchExact("loss")[0]);

        Errors errors = new(1e-6);
        errors.Add("losses", expected["losses"].ToDoubles(), losses);
        foreach (Parameter parameter in network.Model.Parameters)
        {
            // What the steps moved: the parameters themselves are mostly their start, which would hide a wrong update.
            double[] after = expected[$"after.{parameter.Name}"].ToDoubles();
            errors.Add($"moved.{parameter.Name}", Moved(parameter, after), Moved(parameter, executor.Exact(parameter).ToArray()));
        }

        Report(name, errors);
    }

    [Theory]
    [InlineData("post, learned, pad")]
    [InlineData("pre")]
    [InlineData("post, no norm, h = 0.1")]
    [InlineData("post, h by channel, s by stage")]
    [InlineData("adaresnet18, learned")]
    [InlineData("keras-resnet50, h = 0.1")]
    [InlineData("text-resnet9")]
    [InlineData("point-resnet5, width 6, learned, batch norm")]
    [InlineData("post, rk4, h by channel")]
    [InlineData("text-rnn24, h = 0.1")]
    public void Run_Prediction_IsNearFloat64(string name)
    {
        ParityCase network = ParityCase.Create(name, depth: 20, n: 12);
        SafeTensorFile expected = judge.Run(network.Tensors(), [.. network.Options("float64", 0), "--eval"]);

        NdArray logits = network.Model.Run(new NdArray(network.Input, [network.N, .. network.Item.Dims]));

        Errors errors = new(1e-4);
        errors.Add("logits", expected["logits"].ToDoubles(), Array.ConvertAll(logits.Values, value => (double)value));
        Report(name, errors);
    }

    private static double[] Moved(Parameter start, double[] after) => [.. after.Select((value, i) => value - start.Values[i])];

    private static void Step(IExecutor executor, ParityCase network)
    {
        executor.Feed("input", network.Input);
        executor.Feed("labels", network.Labels);
        executor.Run(network.N);
    }

    private static (GraphProgram Program, Optimizer Optimizer) Training(ParityCase network)
    {
        Sgd optimizer = new(Momentum, network.WeightDecay);
        return (TrainingGraph.Build(network.Model, network.Item, optimizer), optimizer);
    }

    private static double[] Train(IExecutor executor, Optimizer optimizer, ParityCase network, Func<double> loss)
    {
        executor.Set(optimizer.LearningRate, network.LearningRate);
        double[] losses = new double[Steps];
        for (int step = 0; step < Steps; step++)
        {
            Step(executor, network);
            losses[step] = loss();
        }

        return losses;
    }

    private static void Compare(
        Errors errors, SafeTensorFile expected, GraphProgram program, Func<string, double[]> fetch, Func<Variable, double[]> read)
    {
        int compared = 0;
        foreach (string key in program.Outputs.Keys.Where(key => key != "correct").Order(StringComparer.Ordinal))
        {
            double[] torch = expected[key].ToDoubles();
            errors.Add(key, torch, fetch(key), IsZero(torch) ? Errors.Norm(WeightOf(key)) : 0);
            compared++;
        }

        foreach (RunningState state in program.Variables.OfType<RunningState>())
        {
            errors.Add($"buffer.{state.Name}", expected[$"buffer.{state.Name}"].ToDoubles(), read(state));
            compared++;
        }

        // Everything that the judge says about this step was compared: all but the curve and the parameters after it.
        Assert.Equal(
            expected.Tensors.Keys.Count(key => key != "losses" && !key.StartsWith("after.", StringComparison.Ordinal)), compared);

        // A bias before a norm has gradient 0 but for rounding, PyTorch's too: it is held to the gradient of its weights.
        double[] WeightOf(string key) =>
            key.EndsWith(".bias", StringComparison.Ordinal) ? expected[key[..^"bias".Length] + "weight"].ToDoubles() : [];
    }

    private static bool IsZero(double[] values) => Errors.Norm(values) < 1e-9;

    private static double[] Fetch(IExecutor executor, string key, int count)
    {
        float[] values = new float[count];
        executor.Fetch(key, values);
        return Array.ConvertAll(values, value => (double)value);
    }

    private static double[] Read(IExecutor executor, Variable variable)
    {
        float[] values = new float[variable.Shape.ItemCount];
        executor.Read(variable, values);
        return Array.ConvertAll(values, value => (double)value);
    }

    private void Report(string name, Errors errors)
    {
        output.WriteLine($"{name}: {errors}");
        Assert.True(errors.Faults.Count == 0, string.Join('\n', errors.Faults));
    }
}
