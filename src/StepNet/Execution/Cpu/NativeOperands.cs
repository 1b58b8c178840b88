using StepNet.Graph;

namespace StepNet.Execution.Cpu;

/// <summary>Operands of a node run by its definition, on native buffers in logical order.</summary>
internal sealed unsafe class NativeOperands : Operands<float>
{
    private nint[] _in = new nint[8];
    private nint[] _out = new nint[8];
    private Node _node = null!;

    public void Bind(Node node, CpuContext c, int first, int items)
    {
        (_node, N, Items, FirstItem, Random) = (node, c.N, items, first, c.Random);
        if (node.Inputs.Length > _in.Length || node.Outputs.Length > _out.Length)
        {
            (_in, _out) = (new nint[node.Inputs.Length], new nint[Math.Max(node.Outputs.Length, _out.Length)]);
        }
    }

    public void SetIn(int i, float* values) => _in[i] = (nint)values;

    public void SetOut(int i, float* values) => _out[i] = (nint)values;

    public override ReadOnlySpan<float> In(int i) => new((float*)_in[i], InShape(i).Count(Items));

    public override Span<float> Out(int i) => new((float*)_out[i], OutShape(i).Count(Items));

    public override Shape InShape(int i) => _node.Inputs[i].Shape;

    public override Shape OutShape(int i) => _node.Outputs[i].Shape;
}
