using System.Collections.Immutable;

namespace StepNet.Graph;

/// <summary>One operation applied to values: the unit that passes rewrite and executors run.</summary>
public sealed class Node
{
    internal Node(ComputationGraph graph, int id, Operation operation, ImmutableArray<Tensor> inputs, ModuleScope scope)
    {
        Graph = graph;
        Id = id;
        Operation = operation;
        Inputs = inputs;
        Scope = scope;

        Shape[] inputShapes = [.. inputs.Select(input => input.Shape)];
        try
        {
            Outputs = [.. operation.InferShapes(inputShapes).Select((shape, index) => new Tensor(this, index, shape))];
        }
        catch (ShapeMismatchException e)
        {
            throw new ShapeMismatchException($"{scope}: {e.Message}");
        }
    }

    /// <summary>The graph that this node belongs to.</summary>
    public ComputationGraph Graph { get; }

    /// <summary>Place in the graph; inputs have smaller numbers than what reads them.</summary>
    public int Id { get; }

    /// <summary>What is computed.</summary>
    public Operation Operation { get; }

    /// <summary>Values read.</summary>
    public ImmutableArray<Tensor> Inputs { get; }

    /// <summary>Of those, the ones whose numbers it needs; the rest only decide when it can run.</summary>
    internal ImmutableArray<Tensor> Reads => Operation is RecallOp ? Inputs[..1] : Inputs;

    /// <summary>Values computed.</summary>
    public ImmutableArray<Tensor> Outputs { get; }

    /// <summary>Module path and source line that asked for this node; gradients carry those of their forward node.</summary>
    public ModuleScope Scope { get; }

    /// <summary>For example <c>%12 [N, 16, 32, 32] = Conv2d(%3, %11)  layer1.0.conv1</c>.</summary>
    public override string ToString() =>
        $"{string.Join(", ", Outputs)} = {Operation}({string.Join(", ", Inputs.Select(Short))})  {Scope.Path}";

    private static string Short(Tensor t) =>
        t.Producer.Outputs.Length > 1 ? $"%{t.Producer.Id}.{t.Index}" : $"%{t.Producer.Id}";
}
