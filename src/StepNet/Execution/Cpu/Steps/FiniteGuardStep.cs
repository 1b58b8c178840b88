using StepNet.Graph;

namespace StepNet.Execution.Cpu;

/// <summary>Whether loss and gradients are finite: one pass over the gradients.</summary>
internal sealed unsafe class FiniteGuardStep(Node node, CpuValue[] inputs, CpuValue y) : CpuStep(node)
{
    public override void Run(CpuContext c)
    {
        float sum = *inputs[0].Numbers(c);
        for (int i = 1; i < inputs.Length; i++)
        {
            sum += c.Kernels.TimesZero(inputs[i].Numbers(c), inputs[i].Weights.Floats);
        }

        *y.Numbers(c) = sum;
    }
}
