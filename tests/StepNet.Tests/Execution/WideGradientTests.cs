using StepNet.Execution;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Execution;

/// <summary>Gradients of weights so wide that they are made for the whole batch at once, of an input that is cheap to compute again.</summary>
public sealed class WideGradientTests
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 4)]
    [InlineData(2, 11)]
    [InlineData(3, 4)]
    [InlineData(4, 11)]
    [InlineData(5, 4)]
    public void CpuExecutor_WideWeightsBehindANorm_GradientsOfTheReference(int size, int n)
    {
        Narrow model = new();
        model.Initialize(1);
        GraphProgram program = TrainingGraph.Build(model, Shape.Of(4, size, size), null);
        using IExecutor cpu = Executors.Create(program, n, threads: 2);
        using ReferenceExecutor<float> reference = new(program, n);
        foreach (IExecutor executor in (IExecutor[])[cpu, reference])
        {
            executor.Feed("input", [.. Compute.Uniform(n * 4 * size * size, seed: 4).Select(value => (float)value)]);
            executor.Feed("labels", [.. Enumerable.Range(0, n).Select(i => (float)(i % 3))]);
            executor.Run(n);
        }

        foreach (Parameter parameter in model.Parameters)
        {
            float[] expected = new float[parameter.Shape.ItemCount], actual = new float[parameter.Shape.ItemCount];
            reference.Fetch($"grad.{parameter.Name}", expected);
            cpu.Fetch($"grad.{parameter.Name}", actual);
            double error = Math.Sqrt(expected.Zip(actual, (a, b) => (double)(a - b) * (a - b)).Sum()), norm = Math.Sqrt(expected.Sum(a => (double)a * a));
            Assert.True(error <= 1e-3 * (norm + 1e-4), $"{parameter.Name}: error {error:g3}, norm {norm:g3}");
        }
    }

    private sealed class Narrow : Module
    {
        private readonly Conv2d _conv1;
        private readonly Conv2d _conv2;
        private readonly BatchNorm2d _bn1;
        private readonly Linear _linear;

        public Narrow()
        {
            _conv1 = Child("conv1", new Conv2d(4, 192, 3));
            _bn1 = Child("bn1", new BatchNorm2d(192));
            _conv2 = Child("conv2", new Conv2d(192, 192, 3));
            _linear = Child("linear", new Linear(192, 3));
        }

        protected override Tensor Forward(Tensor x) =>
            _linear.Apply(Ops.GlobalAveragePool(_conv2.Apply(Ops.Relu(_bn1.Apply(_conv1.Apply(x))))));
    }
}
