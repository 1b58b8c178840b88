using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>
/// The ResNet for points in the plane of Towards Robust ResNet (section 4.2, figure 7): blocks <c>s * x + h * F(x)</c> with
/// <c>F(x) = W2 relu(W1 x + b1) + b2</c>, two affine maps and no norm, then a linear layer.
/// </summary>
/// <remarks>
/// At width 2 the blocks move the points themselves, so that each block's output can be drawn; wider, an affine map lifts them
/// first. No ReLU follows the sum: it would fold the plane into one quadrant.
/// </remarks>
public sealed class PointResNet : Module
{
    private readonly Module _lift;
    private readonly Module _blocks;
    private readonly Linear _linear;

    /// <summary>A network of the given options; its parameters wait for <see cref="Module.Initialize"/>.</summary>
    public PointResNet(PointResNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Blocks, 1);
        options.Check();
        Options = options;
        int width = options.Width;
        BlockPlan plan = Child("", options.Plan(options.Blocks));
        _lift = Child<Module>("lift", options.InFeatures == width ? new Identity() : new Linear(options.InFeatures, width));
        Module[] blocks = new Module[options.Blocks];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = options.Block(plan, "layer1", width, width, 1, (from, to, _) => new AffineBranch(from, to, options.Norm), Activation.Identity);
        }

        _blocks = Child("layer1", new Sequential(blocks));
        _linear = Child("linear", new Linear(width, options.Classes));
        options.Init.ApplyTo(this);
    }

    /// <summary>What the network was made from.</summary>
    public PointResNetOptions Options { get; }

    /// <summary>Points <c>[N, features]</c> to logits <c>[N, classes]</c>.</summary>
    protected override Tensor Forward(Tensor x) => _linear.Apply(_blocks.Apply(_lift.Apply(x)));
}
