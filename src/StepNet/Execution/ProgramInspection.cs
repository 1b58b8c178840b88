using StepNet.Execution.Cpu;
using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Execution;

/// <summary>What a program is before and after fusion, and what the CPU executor plans for it; nothing runs, nothing is allocated.</summary>
public sealed record ProgramInspection
{
    /// <summary>Nodes as traced.</summary>
    public required IReadOnlyList<NodeListing> Nodes { get; init; }

    /// <summary>Nodes after fusion, by the phase that they run in.</summary>
    public required IReadOnlyList<PhaseListing> Phases { get; init; }

    /// <summary>Multiply-adds of the forward pass for one item.</summary>
    public required long ForwardMultiplyAdds { get; init; }

    /// <summary>Multiply-adds of a whole step over the batch, gradients included where the program has them.</summary>
    public required long StepMultiplyAdds { get; init; }

    /// <summary>Bytes for values of the whole batch and partial sums.</summary>
    public required long StoreBytes { get; init; }

    /// <summary>Bytes for values without a batch: variables, gradients, coefficients.</summary>
    public required long SmallBytes { get; init; }

    /// <summary>Bytes for the present items of one thread.</summary>
    public required long ScratchBytes { get; init; }

    /// <summary>Inspects a program.</summary>
    /// <param name="program">Unfused.</param>
    /// <param name="batch">Items of the batch, at least 1.</param>
    public static ProgramInspection Of(GraphProgram program, int batch)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        CpuPlan plan = new(program, batch);
        return new ProgramInspection
        {
            Nodes = [.. program.Nodes.Select(node => List(node, batch, ""))],
            Phases = ListPhases(plan, batch),
            ForwardMultiplyAdds = program.Nodes.Where(MultiplyAdds.IsForward).Sum(MultiplyAdds.PerItem),
            StepMultiplyAdds = batch * program.Nodes.Sum(MultiplyAdds.PerItem),
            StoreBytes = sizeof(float) * plan.StoreFloats,
            SmallBytes = sizeof(float) * plan.SmallFloats,
            ScratchBytes = sizeof(float) * plan.ScratchFloats,
        };
    }

    private static List<PhaseListing> ListPhases(CpuPlan plan, int batch)
    {
        HashSet<Node> seen = [];
        List<PhaseListing> phases = [];
        foreach (CpuPhase phase in plan.Phases)
        {
            // What is worked out when a variable is set, such as folded weights, stands in front.
            IEnumerable<CpuStep> constants = phases.Count == 0 ? plan.ConstantSteps : [];
            NodeListing[] nodes = [.. constants.Concat(phase.Plain.Unbatched).Concat(phase.Plain.Whole).Concat(phase.Plain.Steps)
                .Select(step => List(step.Node, batch, seen.Add(step.Node) ? Word(plan.PlaceOf(step.Node.Outputs[0])) : "again"))];
            if (nodes.Length > 0)
            {
                phases.Add(new PhaseListing(phases.Count + 1, phase.Group, nodes));
            }
        }

        return phases;
    }

    private static string Word(Place place) => place switch
    {
        Place.Store => "store",
        Place.Scratch => "scratch",
        _ => "small",
    };

    private static NodeListing List(Node node, int batch, string place) => new(
        node.Id,
        node.Operation.ToString(),
        node.Scope.Path,
        string.Join(", ", node.Outputs.Select(output => output.Shape)),
        node.Outputs.Sum(output => (long)sizeof(float) * (output.Shape.Batched ? batch : 1) * output.Shape.ItemCount),
        MultiplyAdds.PerItem(node),
        place);
}
