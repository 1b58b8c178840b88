using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>The optimiser's update of one parameter, in place: what is written lies where it was read.</summary>
internal abstract unsafe class UpdateStep(Node node, CpuValue[] inputs) : CpuStep(node)
{
    private readonly UpdateOp _op = (UpdateOp)node.Operation;

    /// <summary>Elements, which may be split over threads.</summary>
    public int Elements => inputs[0].Weights.Floats;

    public sealed override void Run(CpuContext c) => RunPart(c, 0, Elements);

    /// <summary>Elements [from, to).</summary>
    public abstract void RunPart(CpuContext c, int from, int to);

    protected float* In(CpuContext c, int input) => inputs[input].Numbers(c);

    protected float Rate(CpuContext c) => *In(c, _op.RateInput);

    protected GradientTerms Terms(CpuContext c) => new(
        _op.Clip is { ByNorm: true } clip ? (float)clip.Factor(*In(c, _op.NormInput)) : 1,
        (float)(_op.Clip?.MaxValue ?? double.PositiveInfinity),
        (float)_op.Decay);
}

/// <summary>Stochastic gradient descent.</summary>
internal sealed unsafe class SgdStep(Node node, SgdUpdateOp op, CpuValue[] inputs) : UpdateStep(node, inputs)
{
    public override void RunPart(CpuContext c, int from, int to) => c.Kernels.SgdUpdate(
        In(c, 0) + from, In(c, 1) + from, In(c, 2) + from, to - from, Terms(c), Rate(c), (float)op.Momentum, op.Nesterov);
}

/// <summary>ADAM and AdamW.</summary>
internal sealed unsafe class AdamStep(Node node, AdamUpdateOp op, CpuValue[] inputs) : UpdateStep(node, inputs)
{
    public override void RunPart(CpuContext c, int from, int to)
    {
        double rate = Rate(c);
        (double first, double secondRoot) = op.Corrections(*In(c, op.RateInput + 1) + 1.0);
        AdamTerms step = new(
            (float)op.Beta1, (float)(1 - op.Beta1), (float)op.Beta2, (float)(1 - op.Beta2),
            (float)(rate * first), (float)secondRoot, (float)op.Epsilon, (float)(rate * op.Shrink));
        c.Kernels.AdamUpdate(In(c, 0) + from, In(c, 1) + from, In(c, 2) + from, In(c, 3) + from, to - from, Terms(c), step);
    }
}

/// <summary>RMSprop.</summary>
internal sealed unsafe class RmsPropStep(Node node, RmsPropUpdateOp op, CpuValue[] inputs) : UpdateStep(node, inputs)
{
    public override void RunPart(CpuContext c, int from, int to)
    {
        RmsPropTerms step = new((float)op.Beta2, (float)(1 - op.Beta2), Rate(c), (float)op.Epsilon, (float)op.Momentum);
        float* velocities = op.States == 2 ? In(c, 3) + from : null;
        c.Kernels.RmsPropUpdate(In(c, 0) + from, In(c, 1) + from, In(c, 2) + from, velocities, to - from, Terms(c), step);
    }
}

/// <summary>Norm of all gradients: a sum for each part of fixed size, joined in order, so that threads do not change a bit.</summary>
internal sealed unsafe class GradientNormStep : CpuStep
{
    private const int PartFloats = 16384;

    private readonly (CpuValue Gradient, int From, int Count)[] _parts;
    private readonly CpuValue _norm;

    public GradientNormStep(Node node, CpuValue[] gradients, CpuValue norm)
        : base(node)
    {
        // Padding is 0 and may be counted.
        _parts = [.. from gradient in gradients
            from part in Enumerable.Range(0, (gradient.Weights.Floats + PartFloats - 1) / PartFloats)
            let start = part * PartFloats
            select (gradient, start, Math.Min(PartFloats, gradient.Weights.Floats - start))];
        _norm = norm;
    }

    public override int OwnFloats => 2 * _parts.Length;

    public override int Blocks => _parts.Length;

    public override void RunBlock(CpuContext c, int block)
    {
        (CpuValue gradient, int from, int count) = _parts[block];
        ((double*)Own(c))[block] = VectorKernels.SumOfSquares(gradient.Numbers(c) + from, count);
    }

    public override void Run(CpuContext c)
    {
        for (int block = 0; block < Blocks; block++)
        {
            RunBlock(c, block);
        }

        Join(c);
    }

    public override void Join(CpuContext c)
    {
        double sum = 0;
        for (int i = 0; i < _parts.Length; i++)
        {
            sum += ((double*)Own(c))[i];
        }

        *_norm.Numbers(c) = (float)Math.Sqrt(sum);
    }
}
