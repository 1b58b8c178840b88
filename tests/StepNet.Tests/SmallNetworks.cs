using StepNet.Graph;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests;

/// <summary>Two networks of 3 classes that use the operations which the CIFAR networks do without.</summary>
internal static class SmallNetworks
{
    /// <summary>A training step of <c>images</c>, <c>[N, 4, 6, 5]</c>, or <c>text</c>, <c>[N, 9]</c> of 7 tokens.</summary>
    public static GraphProgram Step(string name, Optimizer? optimizer, out Module model)
    {
        model = name == "text" ? Text() : new Images();
        model.Initialize(5);
        return TrainingGraph.Build(model, name == "text" ? Shape.Of(9) : Shape.Of(4, 6, 5), optimizer);
    }

    /// <summary>The network of images, whose operations no family has.</summary>
    public static Module ImageNetwork() => new Images();

    /// <summary>Input of n items.</summary>
    public static float[] Data(string name, int n) => name == "text"
        ? [.. Enumerable.Range(0, n * 9).Select(i => (float)(i * 5 % 7))]
        : [.. Compute.Uniform(n * 120, seed: 1).Select(value => (float)value)];

    /// <summary>Labels of n items.</summary>
    public static float[] Labels(int n) => [.. Enumerable.Range(0, n).Select(i => (float)(i % 3))];

    private static Sequential Text() => new(
        new Embedding(7, 6), new Conv1d(6, 8, 3), new GroupNorm(2, 8), new MaxPool(3, 2, Padding.Along(1, 1)),
        new Dropout(0.2), new StochasticDepth(0.4), new KMaxPool(3), new Flatten(), new Linear(24, 3));

    private sealed class Images : Module
    {
        private readonly Conv2d _conv;
        private readonly GroupNorm _norm;
        private readonly Linear _flat;
        private readonly Linear _global;

        public Images()
        {
            _conv = Child("conv", new Conv2d(4, 6, 3));
            _norm = Child("norm", new GroupNorm(3, 6));
            _flat = Child("flat", new Linear(36, 3));
            _global = Child("global", new Linear(6, 3));
        }

        protected override Tensor Forward(Tensor x)
        {
            x = Ops.MaxPool(_norm.Apply(_conv.Apply(x)), 3, 2, Padding.All(1));
            Tensor flat = Ops.Flatten(Ops.AveragePool(x, 2, 1, new Padding(0, 0, 0, 1)));
            return Ops.Add(_flat.Apply(flat), _global.Apply(Ops.GlobalMaxPool(x)));
        }
    }
}
