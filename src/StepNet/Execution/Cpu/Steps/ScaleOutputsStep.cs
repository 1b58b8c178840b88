using StepNet.Graph;

namespace StepNet.Execution.Cpu;

/// <summary>Weights times a factor for each output channel, in their own layout.</summary>
internal sealed unsafe class ScaleOutputsStep(Node node, CpuValue w, CpuValue a, CpuValue scaled) : CpuStep(node)
{
    public override void Run(CpuContext c)
    {
        WeightLayout layout = w.Weights;
        float* from = w.Numbers(c), to = scaled.Numbers(c);
        for (int o = 0; o < w.Tensor.Shape.Dims[0]; o++)
        {
            float factor = a.Number(c, o);
            float* row = from + layout.RowOffset(o), into = to + layout.RowOffset(o);
            for (int i = 0; i < layout.Taps * layout.InChannels * layout.BlockChannels; i += layout.BlockChannels)
            {
                into[i] = factor * row[i];
            }
        }
    }
}
