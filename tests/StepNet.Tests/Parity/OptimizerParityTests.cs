using System.Globalization;
using StepNet.Execution;
using StepNet.Export;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Parity;

/// <summary>Every optimiser against PyTorch's: 20 steps of a whole network with learned s and h.</summary>
public sealed class OptimizerParityTests(PyTorchJudge judge, ITestOutputHelper output) : IClassFixture<PyTorchJudge>
{
    private const string Network = "post, learned, pad";
    private const int Steps = 20;

    // What the judge is asked for, the rate and the same in StepNet; the case brings a weight decay of its own.
    private static readonly (string Options, double Rate, double Smoothing, Func<double, Optimizer> Create)[] s_cases =
    [
        ("--optimizer sgd --nesterov", 0.01, 0, decay => new Sgd(0.9, decay, nesterov: true)),
        ("--optimizer sgd --clip-norm 0.5 --label-smoothing 0.1", 0.01, 0.1, decay => new Sgd(0.9, decay) { ClipNorm = 0.5 }),
        ("--optimizer sgd --momentum 0 --clip-value 0.01", 0.01, 0, decay => new Sgd(0, decay) { ClipValue = 0.01 }),
        ("--optimizer sgd --decay weights", 0.01, 0, decay => new Sgd(0.9, decay) { DecayScope = DecayScope.Weights }),
        ("--optimizer adam", 1e-3, 0, decay => new Adam(weightDecay: decay)),
        ("--optimizer adam --beta1 0.8 --beta2 0.99 --eps 1e-7 --clip-norm 1", 1e-3, 0,
            decay => new Adam(0.8, 0.99, 1e-7, decay) { ClipNorm = 1 }),
        ("--optimizer adamw --decay weights", 1e-3, 0, decay => new AdamW(weightDecay: decay) { DecayScope = DecayScope.Weights }),
        ("--optimizer rmsprop --beta2 0.99 --momentum 0", 1e-4, 0, decay => new RmsProp(weightDecay: decay)),
        ("--optimizer rmsprop --beta2 0.9 --eps 1e-5", 1e-4, 0, decay => new RmsProp(0.9, 1e-5, 0.9, decay)),
    ];

    public static TheoryData<string> Cases => [.. s_cases.Select(c => c.Options)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void ReferenceInDouble_TwentySteps_EqualFloat64(string name)
    {
        (ParityCase network, GraphProgram program, Optimizer optimizer, double rate) = Training(name, depth: 8, n: 2);
        SafeTensorFile expected = Judge(network, name, rate, "float64");
        using ReferenceExecutor<double> executor = new(program, network.N);

        double[] losses = Train(executor, network, optimizer, rate, () => executor.FetchExact("loss")[0]);

        Errors errors = new(1e-6);
        errors.Add("losses", expected["losses"].ToDoubles(), losses);
        foreach (Parameter parameter in network.Model.Parameters)
        {
            double[] after = expected[$"after.{parameter.Name}"].ToDoubles(), here = executor.Exact(parameter).ToArray();
            errors.Add($"moved.{parameter.Name}", Moved(parameter, after), Moved(parameter, here));
        }

        output.WriteLine($"{name}: {errors}");
        Assert.True(errors.Faults.Count == 0, string.Join('\n', errors.Faults));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void CpuExecutor_TwentySteps_LossOfFloat32(string name)
    {
        (ParityCase network, GraphProgram program, Optimizer optimizer, double rate) = Training(name, depth: 8, n: 12);
        SafeTensorFile expected = Judge(network, name, rate, "float32");
        using IExecutor executor = Executors.Create(program, network.N, threads: 2);

        float loss = 0;
        double[] losses = Train(executor, network, optimizer, rate, () =>
        {
            executor.Fetch("loss", new Span<float>(ref loss));
            return loss;
        });

        double[] torch = expected["losses"].ToDoubles();
        output.WriteLine($"{name}: first loss {torch[0]:g6}, last {torch[^1]:g6} in PyTorch, {losses[^1]:g6} here");
        Assert.NotEqual(torch[0], torch[^1], tolerance: 1e-2);
        Assert.Equal(1, losses[^1] / torch[^1], tolerance: 0.01);
    }

    private static (ParityCase Network, GraphProgram Program, Optimizer Optimizer, double Rate) Training(string name, int depth, int n)
    {
        (_, double rate, double smoothing, Func<double, Optimizer> create) = s_cases.Single(c => c.Options == name);
        ParityCase network = ParityCase.Create(Network, depth, n);
        Optimizer optimizer = create(network.WeightDecay);
        return (network, TrainingGraph.Build(network.Model, network.Item, optimizer, smoothing), optimizer, rate);
    }

    private SafeTensorFile Judge(ParityCase network, string name, double rate, string dtype) => judge.Run(
        network.Tensors(),
        [.. network.Options(dtype, Steps), "--lr", rate.ToString(CultureInfo.InvariantCulture), .. name.Split(' ')]);

    private static double[] Train(IExecutor executor, ParityCase network, Optimizer optimizer, double rate, Func<double> loss)
    {
        executor.Set(optimizer.LearningRate, rate);
        double[] losses = new double[Steps];
        foreach (ref double value in losses.AsSpan())
        {
            executor.Feed("input", network.Input);
            executor.Feed("labels", network.Labels);
            executor.Run(network.N);
            value = loss();
        }

        return losses;
    }

    private static double[] Moved(Parameter start, double[] after) => [.. after.Select((value, i) => value - start.Values[i])];
}
