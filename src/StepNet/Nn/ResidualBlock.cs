using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>
/// Residual block <c>y = act(s * shortcut(x) + h * F(x))</c>: one explicit Euler step where s = 1 (Towards Robust ResNet,
/// eq. 4); with a learned s the block of AdaResNet.
/// </summary>
/// <remarks>
/// With another <see cref="Integrator"/>, <c>y = act(s * x + h * (b_1 k_1 + ... + b_m k_m))</c> with <c>k_1 = F(x)</c> and
/// <c>k_i = F(x + a_i h k_(i-1))</c>: the skip weight s stands at the block's own sum alone, and so does act. At s = 1 and
/// act = identity the block is a step of that method on <c>x' = F(x)</c>.
/// </remarks>
public sealed class ResidualBlock : Module
{
    private readonly Module _branch;
    private readonly Module? _shortcut;
    private readonly StochasticDepth? _dropPath;
    private readonly ButcherTableau _tableau;

    /// <summary>A block around any branch. Give s and h by their names: both take a bare number.</summary>
    /// <param name="branch"><c>F</c>; its parts are named as the block's own.</param>
    /// <param name="skip">Skip weight <c>s</c>; usually 1.</param>
    /// <param name="step">Step factor <c>h</c>; in (0, 1] for deep networks, 0.1 in the first paper.</param>
    /// <param name="activation"><c>act</c>.</param>
    /// <param name="shortcut">Projection of x where the branch changes the shape; identity where null.</param>
    /// <param name="dropPath">Probability, in [0, 1), that an item's branch is dropped in a training step: see <see cref="StochasticDepth"/>.</param>
    /// <param name="integrator">One-step method; every one but Euler's needs the identity as the shortcut.</param>
    /// <param name="shortcutName">What the projection is called, for networks whose published weights have another word for it.</param>
    /// <exception cref="ArgumentException">A method of several evaluations beside a shortcut: F could not read what it returns.</exception>
    public ResidualBlock(
        Module branch,
        Coefficient skip,
        Coefficient step,
        Activation activation = Activation.Relu,
        Module? shortcut = null,
        double dropPath = 0,
        Integrator integrator = Integrator.Euler,
        string shortcutName = "shortcut")
    {
        ArgumentNullException.ThrowIfNull(branch);
        if (integrator != Integrator.Euler && shortcut is not null)
        {
            throw new ArgumentException(
                $"{integrator} evaluates F at x + h F(x), so F must keep the shape of x; a block with a shortcut of its own takes Euler's step.");
        }

        (Integrator, _tableau) = (integrator, ButcherTableau.Of(integrator));
        BatchNorm2d.PrepareEvaluations(branch, _tableau.Evaluations);
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

    /// <summary>What drops the branch at random; null where it always counts.</summary>
    internal StochasticDepth? DropPath => _dropPath;

    /// <summary>The one-step method.</summary>
    public Integrator Integrator { get; }

    /// <summary>Skip weight s.</summary>
    public Coefficient Skip { get; }

    /// <summary>Step factor h.</summary>
    public Coefficient Step { get; }

    /// <summary>The block's equation.</summary>
    /// <param name="x">Activations, such as <c>[N, C, H, W]</c>.</param>
    /// <exception cref="ShapeMismatchException">Branch and shortcut differ in shape.</exception>
    protected override Tensor Forward(Tensor x)
    {
        Tensor f;
        using (x.Graph.EnterEvaluation(0, _tableau.Evaluations))
        {
            f = _branch.Apply(x);
        }

        Tensor shortcut = _shortcut?.Apply(x) ?? x;
        if (f.Shape != shortcut.Shape)
        {
            throw new ShapeMismatchException(
                $"ResidualBlock '{Path}': the branch returned {f.Shape}, the shortcut {shortcut.Shape}, for input {x.Shape}. "
                + "y = act(s * shortcut(x) + h * F(x)) needs equal shapes; where width or stride changes, give a shortcut.");
        }

        f = Integrator == Integrator.Euler ? f : Increment(x, f);
        f = _dropPath?.Apply(f) ?? f;
        Tensor y = Ops.ResidualStep(shortcut, f, Skip.In(x.Graph), Step.In(x.Graph));
        return Activation == Activation.Relu ? Ops.Relu(y) : y;
    }

    // b_1 k_1 + ... + b_m k_m, from k_1 on.
    private Tensor Increment(Tensor x, Tensor k)
    {
        Tensor one = Number(1), h = Step.In(x.Graph);
        Tensor? sum = null;
        for (int i = 0; i < _tableau.Evaluations; i++)
        {
            (double point, double weight) = (_tableau.Points[i], _tableau.Weights[i]);
            if (i > 0)
            {
                Tensor at = Ops.ResidualStep(x, k, one, point == 1 ? h : Ops.Scale(h, Number(point)));
                using (x.Graph.EnterEvaluation(i, _tableau.Evaluations))
                {
                    k = _branch.Apply(at);
                }
            }

            sum = weight == 0 ? sum
                : sum is not null ? Ops.ResidualStep(sum, k, one, Number(weight))
                : weight == 1 ? k : Ops.Scale(k, Number(weight));
        }

        return sum!;

        Tensor Number(double value) => x.Graph.Add(new ConstantOp(value), []);
    }
}
