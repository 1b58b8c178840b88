using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Execution.Cpu;

/// <summary>Which step runs which operation. What is not named here runs by its definition.</summary>
internal static class CpuSteps
{
    /// <summary>A step of a phase.</summary>
    /// <param name="node">What it computes.</param>
    /// <param name="maxBatch">Items at most.</param>
    /// <param name="value">Where values lie.</param>
    /// <param name="ready">Whether what it prepares stays from run to run.</param>
    public static CpuStep Item(Node node, int maxBatch, Func<Tensor, CpuValue> value, bool ready = false)
    {
        CpuValue[] inputs = [.. node.Reads.Select(value)], outputs = [.. node.Outputs.Select(value)];
        CpuValue[] written = [.. outputs.Where(output => output.Place != Place.Small && output.Layout.HasHalo)];
        CpuValue y = outputs[0];
        return node.Operation switch
        {
            InputOp => new InputStep(node, y) { Outputs = written },
            RecallOp => new RecallStep(node, inputs[0], y) { Outputs = written },
            ReluOp or ReluBackwardOp or MultiplyOp => new PlainStep(node, [.. inputs, y]) { Outputs = written },
            AddOp => new GatedSumStep(node, null, false, [.. inputs, y]) { Outputs = written },
            GatedSumOp op => new GatedSumStep(
                node, op.Scaled ? inputs[2] : null, op.Gated,
                op.Gated ? [inputs[0], inputs[1], inputs[op.GateInput], y] : [inputs[0], inputs[1], y])
            { Outputs = written },
            ChannelAffineOp or AffineReluOp or ChannelScaleOp or ChannelBiasOp or ScaleOp or ChannelStatisticsBackwardOp =>
                new AffineStep(node, inputs[1..], inputs[0], y) { Outputs = written },
            CombineOp or NormGradientOp or ResidualStepOp => new CombineStep(node, inputs, y) { Outputs = written },
            ChannelStatisticsOp or ChannelSumOp => new ChannelSumsStep(node, inputs[0], inputs[0], outputs),
            ChannelSumsOp => new ChannelSumsStep(node, inputs[0], inputs[1], outputs),
            MomentsOp => new MomentsStep(node, inputs[0], y, outputs[1]),
            BatchGradientNormOp => new BatchRootStep(node, inputs[0], null, y),
            BatchDistanceOp => new BatchRootStep(node, inputs[0], inputs[1], y),
            DotOp => new DotStep(node, inputs[0], inputs[1], y),
            SoftmaxCrossEntropyOp or CountCorrectOp => new SoftmaxStep(node, inputs[0], inputs[1], null, y),
            SoftmaxCrossEntropyBackwardOp => new SoftmaxStep(node, inputs[0], inputs[1], inputs[2], y) { Outputs = written },
            FoldedConvOp op when ConvAlgorithm.ByTiles(op.Convolution.Geometry, inputs[1].Tensor.Shape, y.Tensor.Shape, maxBatch, ready) =>
                new WinogradStep(node, op.Convolution.Geometry, inputs[0], inputs[1], y, new ConvEpilogue(op, inputs, y)) { Outputs = written },
            FoldedConvOp op => new ConvStep(
                node, op.Convolution.Geometry, inputs[0], inputs[1], y, new ConvEpilogue(op, inputs, y))
            { Outputs = written },
            Conv2dOp op when ConvAlgorithm.ByTiles(op.Geometry, inputs[1].Tensor.Shape, y.Tensor.Shape, maxBatch, ready) =>
                new WinogradStep(node, op.Geometry, inputs[0], inputs[1], y) { Outputs = written },
            Conv2dOp op => new ConvStep(node, op.Geometry, inputs[0], inputs[1], y) { Outputs = written },
            LinearOp => new ConvStep(node, Unit, inputs[0], inputs[1], y),
            Conv2dBackwardDataOp op when ConvAlgorithm.ByTiles(op.Geometry, inputs[1].Tensor.Shape, y.Tensor.Shape, maxBatch) =>
                new WinogradBackwardDataStep(node, op.Geometry, inputs[0], inputs[1], y) { Outputs = written },
            Conv2dBackwardDataOp op => new ConvBackwardDataStep(node, op.Geometry, inputs[0], inputs[1], y) { Outputs = written },
            LinearBackwardDataOp => new ConvBackwardDataStep(node, Unit, inputs[0], inputs[1], y),
            Conv2dBackwardWeightsOp op when ConvAlgorithm.GradientByTiles(op.Geometry, y.Tensor.Shape, inputs[1].Tensor.Shape) =>
                new WinogradBackwardWeightsStep(node, op.Geometry, false, inputs[0], inputs[1], y),
            Conv2dBackwardWeightsOp op => new ConvBackwardWeightsStep(node, op.Geometry, false, inputs[0], inputs[1], y),
            LinearBackwardWeightsOp => new ConvBackwardWeightsStep(node, Unit, false, inputs[0], inputs[1], y),
            GlobalAveragePoolOp or GlobalAveragePoolBackwardOp => new PoolStep(node, inputs[0], y) { Outputs = written },
            PadShortcutOp op => new PadShortcutStep(node, op.Stride, false, y, inputs[0]) { Outputs = written },
            PadShortcutBackwardOp op => new PadShortcutStep(node, op.Stride, true, inputs[0], y) { Outputs = written },
            MaxPoolOp op => new PoolWindowsStep(node, op.Window, true, inputs[0], y) { Outputs = written },
            AveragePoolOp op => new PoolWindowsStep(node, op.Window, false, inputs[0], y) { Outputs = written },
            MaxPoolBackwardOp op => new PoolWindowsBackwardStep(node, op.Window, inputs[0], inputs[1], inputs[2], y) { Outputs = written },
            AveragePoolBackwardOp op => new PoolWindowsBackwardStep(node, op.Window, inputs[0], null, null, y) { Outputs = written },
            KMaxPoolOp => new KMaxPoolStep(node, inputs[0], y) { Outputs = written },
            KMaxPoolBackwardOp => new KMaxPoolBackwardStep(node, inputs[0], inputs[1], y) { Outputs = written },
            UnbindOp => new UnbindStep(node, false, inputs[0], outputs),
            UnbindBackwardOp => new UnbindStep(node, true, y, inputs) { Outputs = written },
            FlattenOp => new FlattenStep(node, false, inputs[0], y) { Outputs = written },
            FlattenBackwardOp => new FlattenStep(node, true, y, inputs[0]) { Outputs = written },
            EmbeddingOp => new EmbeddingStep(node, inputs[0], inputs[1], y) { Outputs = written },
            GroupNormOp => new GroupNormStep(node, inputs[0], inputs[1], inputs[2], y, outputs[1], outputs[2]) { Outputs = written },
            GroupNormBackwardDataOp =>
                new GroupNormBackwardDataStep(node, inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], y) { Outputs = written },
            GroupNormBackwardAffineOp =>
                new GroupNormBackwardAffineStep(node, inputs[0], inputs[1], inputs[2], inputs[3], y, outputs[1]),
            RandomMaskOp => new RandomMaskStep(node, y) { Outputs = written },
            MaskItemsOp => new MaskItemsStep(node, inputs[0], y) { Outputs = written },
            _ => new FallbackItemStep(node, inputs, outputs) { Outputs = written },
        };
    }

    /// <summary>A step over the whole batch.</summary>
    public static CpuStep Whole(Node node, int maxBatch, Func<Tensor, CpuValue> value)
    {
        CpuValue[] inputs = [.. node.Inputs.Select(value)], outputs = [.. node.Outputs.Select(value)];
        return node.Operation switch
        {
            Conv2dBackwardWeightsOp op when ConvAlgorithm.GradientByTiles(op.Geometry, outputs[0].Tensor.Shape, inputs[1].Tensor.Shape) =>
                new WinogradBackwardWeightsStep(node, op.Geometry, true, inputs[0], inputs[1], outputs[0]),
            Conv2dBackwardWeightsOp op => new ConvBackwardWeightsStep(node, op.Geometry, true, inputs[0], inputs[1], outputs[0]),
            LinearBackwardWeightsOp => new ConvBackwardWeightsStep(node, Unit, true, inputs[0], inputs[1], outputs[0]),
            Conv2dOp op => new WideConvStep(node, op.Geometry, false, inputs[0], inputs[1], outputs[0]),
            FoldedConvOp op => new WideConvStep(
                node, op.Convolution.Geometry, false, inputs[0], inputs[1], outputs[0], new ConvEpilogue(op, inputs, outputs[0])),
            Conv2dBackwardDataOp op => new WideConvStep(node, op.Geometry, true, inputs[0], inputs[1], outputs[0]),
            LinearOp => new WideConvStep(node, Unit, false, inputs[0], inputs[1], outputs[0]),
            LinearBackwardDataOp => new WideConvStep(node, Unit, true, inputs[0], inputs[1], outputs[0]),
            EmbeddingBackwardOp => new EmbeddingBackwardStep(node, inputs[0], inputs[1], outputs[0]),
            _ => new FallbackWholeStep(node, maxBatch, inputs, outputs),
        };
    }

    /// <summary>A step without a batch.</summary>
    public static CpuStep Unbatched(Node node, Func<Tensor, CpuValue> value)
    {
        CpuValue[] inputs = [.. node.Inputs.Select(value)];
        return node.Operation switch
        {
            SgdUpdateOp op => new SgdStep(node, op, inputs),
            AdamUpdateOp op => new AdamStep(node, op, inputs),
            RmsPropUpdateOp op => new RmsPropStep(node, op, inputs),
            ScaleOutputsOp => new ScaleOutputsStep(node, inputs[0], inputs[1], value(node.Outputs[0])),
            GradientNormOp => new GradientNormStep(node, inputs, value(node.Outputs[0])),
            WeightMagnitudesOp => new WeightMagnitudesStep(node, inputs[0], value(node.Outputs[0]), value(node.Outputs[1])),
            FiniteGuardOp => new FiniteGuardStep(node, inputs, value(node.Outputs[0])),
            AddOp => new SumStep(node, inputs[0], inputs[1], value(node.Outputs[0])),
            _ => new FallbackWholeStep(node, 1, inputs, [.. node.Outputs.Select(value)]),
        };
    }

    private static ConvGeometry Unit => new(1, default);
}
