using StepNet.Data;
using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Tests.Training;

/// <summary>Batch norm, a residual block with a learned step, dropout, pooling: every kind of state in a few hundred numbers.</summary>
internal sealed class TinyNet : Module
{
    private readonly Sequential _body;
    private readonly Linear _linear;

    internal TinyNet(int classes = 2)
    {
        _body = Child("body", new Sequential(
            new Conv2d(1, 4, 3),
            new BatchNorm2d(4),
            new ResidualBlock(new Conv2d(4, 4, 3), skip: 1, step: Coefficient.Learned(0.5)),
            new Dropout(0.1)));
        _linear = Child("linear", new Linear(4, classes));
        Initialize(3);
    }

    protected override Tensor Forward(Tensor x) => _linear.Apply(Ops.GlobalAveragePool(_body.Apply(x)));
}

/// <summary>Images <c>[1, 4, 4]</c>, brighter in class 1: learnt in a few steps.</summary>
internal sealed class BrightOrDark(int count) : IDataset
{
    public int Count => count;

    public Shape ItemShape => Shape.Of(1, 4, 4);

    public IReadOnlyList<string> Classes => ["dark", "bright"];

    public int Read(int index, Span<float> item)
    {
        int label = index % 2;
        for (int i = 0; i < item.Length; i++)
        {
            item[i] = label + (0.3f * MathF.Sin((index * 7.1f) + i));
        }

        return label;
    }
}
