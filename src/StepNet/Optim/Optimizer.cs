using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Optim;

/// <summary>A rule that turns gradients into updates: it adds its nodes to the training graph.</summary>
public abstract class Optimizer
{
    private readonly List<Variable> _state = [];

    /// <summary>Learning rate, set before each step.</summary>
    public Slot LearningRate { get; } = new("lr", 0.1);

    /// <summary>What the rule remembers between steps, such as momenta; all zero at the start.</summary>
    public IReadOnlyList<Variable> StateVariables => _state;

    /// <summary>Adds the update of every parameter that has a gradient.</summary>
    public void AddUpdates(ComputationGraph graph, IEnumerable<Parameter> parameters, IReadOnlyDictionary<Variable, Tensor> gradients)
    {
        if (_state.Count > 0)
        {
            throw new InvalidOperationException("This optimizer has a program already; its state would be shared. Make one for each.");
        }

        foreach (Parameter parameter in parameters)
        {
            if (gradients.TryGetValue(parameter, out Tensor? gradient))
            {
                AddUpdate(graph, parameter, gradient);
            }
        }
    }

    /// <summary>Adds the update of one parameter.</summary>
    protected abstract void AddUpdate(ComputationGraph graph, Parameter parameter, Tensor gradient);

    /// <summary>A variable of the rule's own, zero at the start.</summary>
    protected Variable State(string name, Shape shape)
    {
        Variable variable = new(name, shape);
        _state.Add(variable);
        return variable;
    }
}
