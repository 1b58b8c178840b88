using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Benchmarks;

/// <summary>What is measured.</summary>
/// <param name="Model">Such as <c>resnet20</c>.</param>
/// <param name="Mode"><c>train</c> or <c>infer</c>.</param>
/// <param name="Batch">Items a step.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Seconds">Timed steps start for this long, at least one.</param>
/// <param name="Warmup">Steps before the clock starts, at least one.</param>
internal sealed record JobOptions(string Model, string Mode, int Batch, int Threads, double Seconds, int Warmup)
{
    /// <summary>Characters of a text; null for the network's usual item.</summary>
    public int? Length { get; init; }

    /// <summary>As the network's options take it.</summary>
    public string Norm { get; init; } = "batch";

    /// <summary><c>sgd</c> with momentum 0.9, or <c>adam</c> with Keras's epsilon.</summary>
    public string Optimizer { get; init; } = "sgd";

    public double LearningRate { get; init; } = 0.1;

    /// <summary>As <see cref="Benchmarks.Simd"/> takes it; null for the environment's or the best.</summary>
    public string? Simd { get; init; }

    /// <summary>Whether most activations are computed again.</summary>
    public bool Recompute { get; init; }

    public bool Trains => Mode == "train";
}

/// <summary>A network with step factor 0.1 and one batch of noise.</summary>
internal sealed class Job : IDisposable
{
    private readonly Shape _item;
    private readonly float[] _items;
    private readonly float[] _labels;
    private readonly bool _trains;

    public Job(JobOptions options)
    {
        (Batch, _trains) = (options.Batch, options.Trains);
        ResNetOptions network = (ModelCatalog.Options(options.Model) with { Step = 0.1 }).With("norm", options.Norm);
        _item = options.Length is int length ? Shape.Of(length) : network.Item;
        network = network.For(_item, network.Classes);
        Module model = network.Create();
        model.Initialize(1);
        Parameters = model.ParameterCount;
        if (_trains)
        {
            Optimizer optimizer = options.Optimizer == "adam" ? new Adam(epsilon: 1e-7) : new Sgd(momentum: 0.9);
            Program = TrainingGraph.Build(model, _item, optimizer, recompute: options.Recompute);
            Executor = Create(options);
            Executor.Set(optimizer.LearningRate, options.LearningRate);
        }
        else
        {
            CompiledModel compiled = model.Compile(_item);
            Program = compiled.Program;
            Executor = options.Simd is null ? compiled.CreateExecutor(Batch, options.Threads) : Create(options);
        }

        CounterRandom random = new(1, 2);
        _items = new float[Batch * _item.ItemCount];
        _labels = new float[Batch];
        foreach (ref float value in _items.AsSpan())
        {
            value = network is TextResNetOptions text ? random.NextInt(text.Vocabulary) : (float)random.NextNormal();
        }

        foreach (ref float label in _labels.AsSpan())
        {
            label = random.NextInt(network.Classes);
        }
    }

    public int Batch { get; }

    /// <summary>Numbers that the network learns.</summary>
    public int Parameters { get; }

    /// <summary>What runs, before fusion.</summary>
    public GraphProgram Program { get; }

    public IExecutor Executor { get; }

    /// <summary>Loss of the last step; null without training.</summary>
    public double? Loss
    {
        get
        {
            Span<float> loss = stackalloc float[1];
            if (_trains)
            {
                Executor.Fetch("loss", loss);
            }

            return _trains ? loss[0] : null;
        }
    }

    /// <summary>Feeding is part of the step: a trainer has a new batch each time.</summary>
    public void Step()
    {
        Executor.Feed("input", _items);
        if (_trains)
        {
            Executor.Feed("labels", _labels);
        }

        Executor.Run(Batch);
    }

    public void Dispose() => Executor.Dispose();

    private IExecutor Create(JobOptions options) => options.Simd is null
        ? Executors.Create(Program, Batch, options.Threads)
        : new CpuExecutor(new CpuPlan(Program, Batch), options.Threads, Simd.Kernels(options.Simd));
}
