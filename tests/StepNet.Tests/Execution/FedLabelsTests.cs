using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Passes;

namespace StepNet.Tests.Execution;

public sealed class FedLabelsTests
{
    // The gradient alone would take class 3 of 3 for none, and say nothing.
    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    public void Feed_LabelThatIsNoClass_IsRefusedByName(float label)
    {
        ComputationGraph graph = new(training: true);
        Tensor x = graph.Input("x", Shape.Batch(3)), loss = Ops.SoftmaxCrossEntropy(x, graph.Input("labels", Shape.Batch()));
        Dictionary<string, Tensor> outputs = new() { ["dx"] = Differentiate.Loss(loss, x)[0]! };
        GraphProgram program = new(graph, outputs);
        using ReferenceExecutor<double> reference = new(program, 2);
        using CpuExecutor cpu = new(new CpuPlan(program, 2), 1, VectorKernels.Select());
        foreach (IExecutor executor in new IExecutor[] { reference, cpu })
        {
            ArgumentException e = Assert.Throws<ArgumentException>(() => executor.Feed("labels", [2, label]));

            Assert.StartsWith("Input 'labels': label ", e.Message, StringComparison.Ordinal);
            Assert.EndsWith(" of item 1. Labels are the indices of 3 classes, 0 to 2.", e.Message, StringComparison.Ordinal);
        }
    }
}
