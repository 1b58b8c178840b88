using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Optim;

/// <summary>Stochastic gradient descent with momentum, as PyTorch defines it.</summary>
/// <param name="momentum">In [0, 1).</param>
/// <param name="weightDecay">L2 penalty's factor, at least 0; not applied to s and h.</param>
public sealed class Sgd(double momentum = 0.9, double weightDecay = 0) : Optimizer
{
    /// <inheritdoc/>
    protected override void AddUpdate(ComputationGraph graph, Parameter parameter, Tensor gradient)
    {
        Variable velocity = State($"{parameter.Name}.momentum", parameter.Shape);
        Node update = graph.AddNode(
            new SgdUpdateOp(momentum, parameter.Decays ? weightDecay : 0),
            [graph.Read(parameter), gradient, graph.Read(velocity), graph.Read(LearningRate)]);
        graph.Update(parameter, update.Outputs[0]);
        graph.Update(velocity, update.Outputs[1]);
    }
}
