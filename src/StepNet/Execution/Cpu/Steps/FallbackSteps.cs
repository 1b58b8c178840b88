using StepNet.Graph;

namespace StepNet.Execution.Cpu;

/// <summary>
/// A node without a kernel of its own, run by its definition: item by item inside a phase. This is how operations that users
/// write run, until someone finds them worth a kernel.
/// </summary>
internal sealed unsafe class FallbackItemStep(Node node, CpuValue[] inputs, CpuValue[] outputs) : CpuStep(node)
{
    public override int TemporaryFloats =>
        inputs.Concat(outputs).Where(value => value.Place != Place.Small).Sum(value => Align(value.Tensor.Shape.ItemCount))
        + inputs.Where(value => value.Place == Place.Small).Sum(value => Align(value.Tensor.Shape.ItemCount));

    public override void Run(CpuContext c)
    {
        for (int item = c.First; item < c.First + c.Count; item++)
        {
            float* temporary = Temporary(c);
            c.Operands.Bind(Node, c, item, 1);
            for (int i = 0; i < inputs.Length; i++)
            {
                c.Operands.SetIn(i, temporary);
                Load(c, inputs[i], item, temporary);
                temporary += Align(inputs[i].Tensor.Shape.ItemCount);
            }

            float* results = temporary;
            for (int i = 0; i < outputs.Length; i++)
            {
                c.Operands.SetOut(i, temporary);
                temporary += Align(outputs[i].Tensor.Shape.ItemCount);
            }

            Node.Operation.Evaluate(c.Operands);
            for (int i = 0; i < outputs.Length; i++)
            {
                outputs[i].Scatter(c, item, results);
                results += Align(outputs[i].Tensor.Shape.ItemCount);
            }
        }
    }

    internal static int Align(int floats) => (floats + 15) / 16 * 16;

    private static void Load(CpuContext c, CpuValue value, int item, float* into)
    {
        if (value.Place == Place.Small)
        {
            value.Weights.Unpack(value.Numbers(c), new Span<float>(into, value.Tensor.Shape.ItemCount));
        }
        else
        {
            value.Gather(c, item, into);
        }
    }
}

/// <summary>A node without a kernel that needs the whole batch, or has no batch at all: run once, by its definition.</summary>
internal sealed unsafe class FallbackWholeStep(Node node, int maxBatch, CpuValue[] inputs, CpuValue[] outputs) : CpuStep(node)
{
    public override int OwnFloats => inputs.Concat(outputs).Sum(value => Floats(value));

    public override void Run(CpuContext c)
    {
        float* temporary = Own(c);
        c.Operands.Bind(Node, c, 0, c.N);
        for (int i = 0; i < inputs.Length; i++)
        {
            c.Operands.SetIn(i, temporary);
            for (int item = 0; item < (inputs[i].Place == Place.Small ? 1 : c.N); item++)
            {
                if (inputs[i].Place == Place.Small)
                {
                    inputs[i].Weights.Unpack(inputs[i].Numbers(c), new Span<float>(temporary, inputs[i].Tensor.Shape.ItemCount));
                }
                else
                {
                    inputs[i].Gather(c, item, temporary + ((long)item * inputs[i].Tensor.Shape.ItemCount));
                }
            }

            temporary += Floats(inputs[i]);
        }

        float* results = temporary;
        for (int i = 0; i < outputs.Length; i++)
        {
            c.Operands.SetOut(i, temporary);
            temporary += Floats(outputs[i]);
        }

        Node.Operation.Evaluate(c.Operands);
        foreach (CpuValue output in outputs)
        {
            if (output.Place == Place.Small)
            {
                output.Weights.Pack(new ReadOnlySpan<float>(results, output.Tensor.Shape.ItemCount), output.Numbers(c));
            }
            else
            {
                for (int item = 0; item < c.N; item++)
                {
                    output.ClearHalo(c, item);
                    output.Scatter(c, item, results + ((long)item * output.Tensor.Shape.ItemCount));
                }
            }

            results += Floats(output);
        }
    }

    private int Floats(CpuValue value) => FallbackItemStep.Align(value.Tensor.Shape.Count(maxBatch));
}
