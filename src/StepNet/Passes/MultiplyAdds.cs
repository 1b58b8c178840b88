using StepNet.Graph;

namespace StepNet.Passes;

/// <summary>Counts the multiply-adds of convolutions and linear layers and of their gradients: nearly all there are.</summary>
internal static class MultiplyAdds
{
    /// <summary>For one item of the batch; windows over the edge count whole, as everywhere in the field. 0 for other operations.</summary>
    public static long PerItem(Node node) => node.Operation switch
    {
        Conv2dOp or FoldedConvOp or LinearOp => Count(node.Outputs[0].Shape, node.Inputs[1].Shape),
        Conv2dBackwardDataOp or LinearBackwardDataOp => Count(node.Inputs[0].Shape, node.Inputs[1].Shape),
        Conv2dBackwardWeightsOp or LinearBackwardWeightsOp => Count(node.Inputs[1].Shape, node.Outputs[0].Shape),
        _ => 0,
    };

    /// <summary>Whether the node is of the forward pass.</summary>
    public static bool IsForward(Node node) => node.Operation is Conv2dOp or LinearOp;

    // Every output value, or its gradient, meets the weights of its channel once.
    private static long Count(Shape y, Shape w) => (long)y.ItemCount * (w.ItemCount / w.Dims[0]);
}
