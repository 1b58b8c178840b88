using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Training;

/// <summary>
/// Adds what is watched to the graph of a training step: reductions, which read what the step computes and which nothing of the step
/// reads. A run computes them only where it observes.
/// </summary>
internal sealed class TapGraph
{
    private readonly ComputationGraph _graph;
    private readonly List<TapSeries> _series = [];
    private readonly Dictionary<string, Tensor> _observations = [];
    private readonly Dictionary<(string Operation, Tensor Value), Node> _made = [];
    private readonly Dictionary<Tensor, Node> _statistics;

    private TapGraph(ComputationGraph graph)
    {
        _graph = graph;
        _statistics = graph.Nodes.Where(node => node.Operation is ChannelStatisticsOp)
            .GroupBy(node => node.Inputs[0]).ToDictionary(group => group.Key, group => group.First());
    }

    /// <summary>Adds the reductions.</summary>
    /// <param name="model">The model that was traced.</param>
    /// <param name="graph">Its training graph, gradients included.</param>
    /// <param name="gradients">Gradient of every parameter.</param>
    /// <param name="values">Gradient of every value on the way from the parameters to the loss.</param>
    /// <param name="kinds">What to watch.</param>
    /// <returns>What is watched, in the order of the model, and the observations, each under the name of its series.</returns>
    public static (IReadOnlyList<TapSeries> Series, IReadOnlyDictionary<string, Tensor> Observations) Add(
        Module model,
        ComputationGraph graph,
        IReadOnlyDictionary<Variable, Tensor> gradients,
        IReadOnlyDictionary<Tensor, Tensor> values,
        TapKinds kinds)
    {
        TapGraph taps = new(graph);

        // A module that is applied several times is watched where it is applied first.
        Dictionary<object, ModuleCall> calls = [];
        foreach (ModuleCall call in graph.Calls)
        {
            calls.TryAdd(call.Module, call);
        }

        foreach (Module module in model.Modules.Distinct())
        {
            if (calls.TryGetValue(module, out ModuleCall? call))
            {
                taps.Watch(module, call, values, kinds);
            }

            foreach (Parameter parameter in module.Own.OfType<Parameter>())
            {
                taps.Watch(parameter, gradients.GetValueOrDefault(parameter), kinds);
            }
        }

        return (taps._series, taps._observations);
    }

    private void Watch(Module module, ModuleCall call, IReadOnlyDictionary<Tensor, Tensor> gradients, TapKinds kinds)
    {
        ResidualBlock? block = module as ResidualBlock;
        if (block is not null && kinds.HasFlag(TapKinds.Coefficients))
        {
            Add(module.Path, TapQuantity.Skip, Node(new AverageOp(), block.Skip.In(_graph)).Outputs[0]);
            Add(module.Path, TapQuantity.Step, Node(new AverageOp(), block.Step.In(_graph)).Outputs[0]);
        }

        bool hasWeights = module.Own.OfType<Parameter>().Any(parameter => parameter.Kind == ParameterKind.Weight);
        if ((block is not null || hasWeights) && kinds.HasFlag(TapKinds.Activations) && call.Output.Shape.Batched)
        {
            Node moments = _statistics.TryGetValue(call.Output, out Node? statistics)
                ? Node(new MomentsOfChannelsOp(), statistics.Outputs[0], statistics.Outputs[1])
                : Node(new MomentsOp(), call.Output);
            Add(module.Path, TapQuantity.Mean, moments.Outputs[0]);
            Add(module.Path, TapQuantity.Variance, moments.Outputs[1]);
        }

        if (block is null || !kinds.HasFlag(TapKinds.Blocks))
        {
            return;
        }

        if (call.Input.Shape == call.Output.Shape)
        {
            Add(module.Path, TapQuantity.Change, Node(new BatchDistanceOp(), call.Output, call.Input).Outputs[0]);
        }

        AddNorm(TapQuantity.InputGradientNorm, call.Input);
        AddNorm(TapQuantity.OutputGradientNorm, call.Output);

        void AddNorm(string quantity, Tensor value)
        {
            // The images themselves have no gradient.
            if (gradients.TryGetValue(value, out Tensor? gradient))
            {
                Add(module.Path, quantity, Node(new BatchGradientNormOp(), gradient).Outputs[0]);
            }
        }
    }

    private void Watch(Parameter parameter, Tensor? gradient, TapKinds kinds)
    {
        if (kinds.HasFlag(TapKinds.Weights))
        {
            Node magnitudes = Node(new WeightMagnitudesOp(), _graph.Read(parameter));
            Add(parameter.Name, TapQuantity.WeightNorm, magnitudes.Outputs[0]);
            Add(parameter.Name, TapQuantity.WeightMeanAbs, magnitudes.Outputs[1]);
        }

        if (gradient is not null && kinds.HasFlag(TapKinds.Gradients))
        {
            Add(parameter.Name, TapQuantity.GradientNorm, Node(new GradientNormOp(1), gradient).Outputs[0]);
        }
    }

    private void Add(string place, string quantity, Tensor value)
    {
        TapSeries series = new(place, quantity);

        // A part that lends its parts to the module above may share its path with it: the outer one is what the name means.
        if (_observations.TryAdd($"{series}", value))
        {
            _series.Add(series);
        }
    }

    // A block's output is the next block's input: one reduction serves both names.
    private Node Node(Operation operation, params ReadOnlySpan<Tensor> from)
    {
        if (!_made.TryGetValue((operation.Name, from[0]), out Node? node))
        {
            node = _graph.AddNode(operation, from);
            _made.Add((operation.Name, from[0]), node);
        }

        return node;
    }
}
