using StepNet.Execution;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Training;

namespace StepNet.Benchmarks;

/// <summary>What is measured.</summary>
/// <param name="Model">Such as <c>resnet20</c>.</param>
/// <param name="Mode"><c>train</c> or <c>infer</c>.</param>
/// <param name="Batch">Items a step.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Seconds">Timed steps start for this long, at least one.</param>
/// <param name="Warmup">Steps before the clock starts, at least one.</param>
/// <param name="Length">Characters of a text; null for the network's usual item.</param>
internal sealed record JobOptions(string Model, string Mode, int Batch, int Threads, double Seconds, int Warmup, int? Length = null)
{
    public bool Trains => Mode == "train";
}

/// <summary>A network and one batch of noise: step factor 0.1, SGD with momentum 0.9 and learning rate 0.1.</summary>
internal sealed class Job : IDisposable
{
    private readonly Shape _item;
    private readonly float[] _items;
    private readonly float[] _labels;
    private readonly bool _trains;

    public Job(JobOptions options)
    {
        (Batch, _trains) = (options.Batch, options.Trains);
        ResNetOptions network = ModelCatalog.Options(options.Model) with { Step = 0.1 };
        _item = options.Length is int length ? Shape.Of(length) : network.Item;
        network = network.For(_item, network.Classes);
        Module model = network.Create();
        model.Initialize(1);
        if (_trains)
        {
            Sgd optimizer = new(momentum: 0.9);
            Executor = Executors.Create(TrainingGraph.Build(model, _item, optimizer), Batch, options.Threads);
            Executor.Set(optimizer.LearningRate, 0.1);
        }
        else
        {
            Executor = model.Compile(_item).CreateExecutor(Batch, options.Threads);
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
}
