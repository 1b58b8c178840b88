using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>
/// Residual block <c>y = act(s * shortcut(x) + h * F(x))</c>: one explicit Euler step where s = 1 (Towards Robust ResNet,
/// eq. 4); with a learned s the block of AdaResNet.
/// </summary>
public sealed class ResidualBlock : Module
{
    private readonly Module _branch;
    private readonly Module? _shortcut;
    private readonly StochasticDepth? _dropPath;

    /// <summary>A block around any branch.</summary>
    /// <param name="branch"><c>F</c>; its parts are named as the block's own.</param>
    /// <param name="skip">Skip weight <c>s</c>; usually 1.</param>
    /// <param name="step">Step factor <c>h</c>; in (0, 1] for deep networks, 0.1 in the first paper.</param>
    /// <param name="activation"><c>act</c>.</param>
    /// <param name="shortcut">Projection of x where the branch changes the shape; identity where null.</param>
    /// <param name="dropPath">Probability, in [0, 1), that an item's branch is dropped in a training step: see <see cref="StochasticDepth"/>.</param>
    /// <param name="shortcutName">What the projection is called, for networks whose published weights have another word for it.</param>
    public ResidualBlock(
        Module branch,
        Coefficient skip,
        Coefficient step,
        Activation activation = Activation.Relu,
        Module? shortcut = null,
        double dropPath = 0,
        string shortcutName = "shortcut")
    {
        _branch = Child("", branch);
        _shortcut = shortcut is null ? null : Child(shortcutName, shortcut);
        Skip = Child("skip", skip);
        Step = Child("step", step);
        Activation = activation;
        _dropPath = dropPath == 0 ? null : Child("drop_path", new StochasticDepth(dropPath));
    }

    /// <summary>The branch F.</summary>
    public Module Branch => _branch;

    /// <summary>The shortcut; null where it is the identity.</summary>
    public Module? Shortcut => _shortcut;

    /// <summary>The function behind the sum.</summary>
    public Activation Activation { get; }

    /// <summary>Skip weight s.</summary>
    public Coefficient Skip { get; }

    /// <summary>Step factor h.</summary>
    public Coefficient Step { get; }

    /// <summary>The block's equation.</summary>
    /// <param name="x">Activations, such as <c>[N, C, H, W]</c>.</param>
    /// <exception cref="ShapeMismatchException">Branch and shortcut differ in shape.</exception>
    protected override Tensor Forward(Tensor x)
    {
        Tensor f = _branch.Apply(x);
        Tensor shortcut = _shortcut?.Apply(x) ?? x;
        if (f.Shape != shortcut.Shape)
        {
            throw new ShapeMismatchException(
                $"ResidualBlock '{Path}': the branch returned {f.Shape}, the shortcut {shortcut.Shape}, for input {x.Shape}. "
                + "y = act(s * shortcut(x) + h * F(x)) needs equal shapes; where width or stride changes, give a shortcut.");
        }

        f = _dropPath?.Apply(f) ?? f;
        Tensor y = Ops.ResidualStep(shortcut, f, Skip.In(x.Graph), Step.In(x.Graph));
        return Activation == Activation.Relu ? Ops.Relu(y) : y;
    }
}
