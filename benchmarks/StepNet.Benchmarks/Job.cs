using StepNet.Execution;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Optim;
using StepNet.Training;

namespace StepNet.Benchmarks;

/// <summary>What is measured.</summary>
/// <param name="Model">Such as <c>resnet20</c>.</param>
/// <param name="Mode"><c>train</c> or <c>infer</c>.</param>
/// <param name="Batch">Images a step.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Seconds">Timed steps start for this long, at least one.</param>
/// <param name="Warmup">Steps before the clock starts, at least one.</param>
internal sealed record JobOptions(string Model, string Mode, int Batch, int Threads, double Seconds, int Warmup)
{
    public bool Trains => Mode == "train";
}

/// <summary>A network and one batch of noise: step factor 0.1, projections, SGD with momentum 0.9 and learning rate 0.1.</summary>
internal sealed class Job : IDisposable
{
    private static readonly Shape s_item = Shape.Of(3, 32, 32);

    private readonly float[] _images;
    private readonly float[] _labels;
    private readonly bool _trains;

    public Job(JobOptions options)
    {
        (Batch, _trains) = (options.Batch, options.Trains);
        CifarResNet model = new(new CifarResNetOptions { Depth = ModelNames.CifarDepth(options.Model), Step = 0.1 });
        model.Initialize(1);
        if (_trains)
        {
            Sgd optimizer = new(momentum: 0.9);
            Executor = Executors.Create(TrainingGraph.Build(model, s_item, optimizer), Batch, options.Threads);
            Executor.Set(optimizer.LearningRate, 0.1);
        }
        else
        {
            Executor = model.Compile(s_item).CreateExecutor(Batch, options.Threads);
        }

        CounterRandom random = new(1, 2);
        _images = new float[Batch * s_item.ItemCount];
        _labels = new float[Batch];
        foreach (ref float value in _images.AsSpan())
        {
            value = (float)random.NextNormal();
        }

        foreach (ref float label in _labels.AsSpan())
        {
            label = random.NextInt(model.Options.Classes);
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
        Executor.Feed("input", _images);
        if (_trains)
        {
            Executor.Feed("labels", _labels);
        }

        Executor.Run(Batch);
    }

    public void Dispose() => Executor.Dispose();
}
