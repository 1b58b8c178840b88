using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>The branch <c>F(x) = W2 relu(W1 x + b1) + b2</c> of points and recurrent states, with a norm behind each map or none.</summary>
internal sealed class AffineBranch : Module, IEndsInNorm
{
    private readonly Linear _linear1;
    private readonly Linear _linear2;
    private readonly Module _bn1;
    private readonly Module _bn2;

    public AffineBranch(int inFeatures, int outFeatures, Normalization norm)
    {
        _linear1 = Child("linear1", new Linear(inFeatures, outFeatures));
        _bn1 = Child("bn1", Norms.Create(norm, outFeatures));
        _linear2 = Child("linear2", new Linear(outFeatures, outFeatures));
        _bn2 = Child("bn2", Norms.Create(norm, outFeatures));
    }

    protected override Tensor Forward(Tensor x) =>
        _bn2.Apply(_linear2.Apply(Ops.Relu(_bn1.Apply(_linear1.Apply(x)))));
}
