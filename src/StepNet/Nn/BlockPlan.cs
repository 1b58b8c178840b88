using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>
/// Makes the residual blocks of a network one after another and gives each its coefficients by its place: L, stage, kind of
/// shortcut. The network holds it as a part without a name, made before the blocks; shared coefficients are parts of it.
/// </summary>
/// <param name="skip">Skip weight s.</param>
/// <param name="step">Step factor h.</param>
/// <param name="blocks">Residual blocks in the network, L.</param>
/// <param name="dropPath">
/// Stochastic depth: block l of L is dropped with probability <c>dropPath l / L</c> (Huang et al. 2016, the linear rule); in [0, 1).
/// </param>
/// <param name="integrator">One-step method of the blocks whose shortcut is the identity; all others take Euler's step.</param>
public sealed class BlockPlan(
    CoefficientSpec skip, CoefficientSpec step, int blocks, double dropPath = 0, Integrator integrator = Integrator.Euler) : Module
{
    private readonly Dictionary<string, Coefficient> _shared = [];
    private int _made;

    /// <summary>Residual blocks that the input goes through, L; a cell that is applied again counts every time.</summary>
    public int Blocks => blocks;

    /// <summary>The next block of the network, from the input on.</summary>
    /// <param name="stage">Name of the stage, such as <c>layer1</c>.</param>
    /// <param name="channels">Channels that the block writes.</param>
    /// <param name="branch"><c>F</c>.</param>
    /// <param name="activation"><c>act</c>.</param>
    /// <param name="shortcut">Null where the shortcut is the identity; every other counts as a projection.</param>
    /// <param name="shortcutName">What the projection is called.</param>
    /// <exception cref="InvalidOperationException">More blocks than the plan was made for.</exception>
    /// <exception cref="ArgumentException">Blocks of different widths share one value a channel.</exception>
    public ResidualBlock Block(
        string stage, int channels, Module branch, Activation activation = Activation.Relu, Module? shortcut = null,
        string shortcutName = "shortcut")
    {
        _made++;
        if (_made > blocks)
        {
            throw new InvalidOperationException($"Block {_made} of a network planned with {blocks}. Give the plan the number of all blocks.");
        }

        bool projection = shortcut is not null;
        return new ResidualBlock(
            branch,
            Coefficient("skip", skip),
            Coefficient("step", step),
            activation,
            shortcut,
            dropPath * _made / blocks,
            projection ? Integrator.Euler : integrator,
            shortcutName);

        Coefficient Coefficient(string name, CoefficientSpec spec)
        {
            CoefficientSpec mine = (projection ? spec.Projection ?? spec : spec) with { Projection = null };
            string place = mine.Scope switch
            {
                CoefficientScope.Stage => $"{stage}.{name}",
                CoefficientScope.Kind => $"{(projection ? "projection" : "identity")}.{name}",
                CoefficientScope.Network => name,
                _ => "",
            };
            if (place.Length == 0)
            {
                return mine.Create(blocks, channels);
            }

            if (!_shared.TryGetValue(place, out Coefficient? shared))
            {
                shared = Child(place, mine.Create(blocks, channels));
                _shared.Add(place, shared);
            }

            return mine.Kind == CoefficientKind.Channel && shared.Trained!.Shape != Shape.Of(channels)
                ? throw new ArgumentException(
                    $"'{place}': a block of {channels} channels cannot share {shared.Trained.Shape}. Give {name} the scope @block.")
                : shared;
        }
    }

    /// <summary>Nothing: the plan has no operations of its own.</summary>
    protected override Tensor Forward(Tensor x) => x;
}
