using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Execution;

/// <summary>How many items go through a phase together.</summary>
public sealed class CpuGroupTests
{
    [Theory]
    [InlineData(8, Normalization.None, true, 1)]
    [InlineData(20, Normalization.None, true, 4)]
    [InlineData(56, Normalization.None, true, 8)]
    [InlineData(20, Normalization.Batch, true, 1)]
    [InlineData(56, Normalization.Batch, true, 1)]
    [InlineData(20, Normalization.Batch, false, 1)]
    [InlineData(110, Normalization.Batch, false, 8)]
    public void Group_OfLargestImages_GrowsWithTheWeightsOfThePhase(int depth, Normalization norm, bool training, int expected)
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = depth, Norm = norm });
        model.Initialize(1);
        Shape images = Shape.Of(3, 32, 32);
        GraphProgram program = training
            ? TrainingGraph.Build(model, images, new Sgd(0.9))
            : model.Compile(images).Program;

        CpuPlan plan = new(program, 128);

        Assert.Equal(expected, plan.Phases.Where(phase => phase.Plain.Steps.Length > 0).Min(phase => phase.Group));
    }
}
