using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Models;

/// <summary>
/// A recurrent network over characters whose cell is a residual block: <c>x_(t+1) = s x_t + h F(x_t, u_t)</c> from <c>x_0 = 0</c>,
/// with <c>u_t = U e_t</c> of the character's embedding e_t, <c>F(x, u) = W2 relu(W1 (x + u) + b1) + b2</c>, and a linear layer on
/// the last state. Small h in recurrent networks is what Towards Robust ResNet names as its future work.
/// </summary>
/// <remarks>
/// The cell is one <see cref="ResidualBlock"/>, applied at every step: its parameters are there once, and their gradients are the
/// sums over the steps. L, where h or s is given by depth, is the number of steps. Batch norm in the cell has running statistics
/// of its own for every step (Cooijmans et al. 2017), gamma and beta shared.
/// </remarks>
public sealed class TextRnn : Module
{
    private const int EmbeddingSize = 16;

    private readonly BlockPlan _plan;
    private readonly Embedding _embedding;
    private readonly Conv1d _input;
    private readonly DrivenBranch _branch;
    private readonly ResidualBlock _cell;
    private readonly Linear _linear;

    /// <summary>A network of the given options; its parameters wait for <see cref="Module.Initialize"/>.</summary>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public TextRnn(TextRnnOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Vocabulary, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Steps, TextRnnOptions.MaxSteps);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Length, options.Steps);
        if (options.DropPath != 0)
        {
            throw new ArgumentException($"{options.Name} has no stochastic depth: its cell is one block, used at every step. Leave DropPath 0.");
        }

        Options = options;
        int width = options.Width;
        _plan = Child("", options.Plan(options.Steps));
        _embedding = Child("embedding", new Embedding(options.Vocabulary, EmbeddingSize));
        _input = Child("input", new Conv1d(EmbeddingSize, width, 1));
        _branch = new DrivenBranch(options.Branch is null ? new AffineBranch(width, width, options.Norm) : options.Branch(width, width, 1));
        _cell = Child("cell", _plan.Block("cell", width, _branch, Activation.Identity));
        BatchNorm2d.PrepareEvaluations(_cell, options.Steps);
        _linear = Child("linear", new Linear(width, options.Classes));
        Initializer classifier = _linear.Weight.Initializer;
        options.Init.ApplyTo(this);

        // Fixup's 0 would be one too many: the state starts at 0, and stays there for as long as F is 0, so that nothing would ever move.
        _linear.Weight.Initializer = options.Init.ClosesClassifier ? classifier : _linear.Weight.Initializer;
    }

    /// <summary>What the network was made from.</summary>
    public TextRnnOptions Options { get; }

    /// <summary>Token ids <c>[N, L]</c> to logits <c>[N, classes]</c>.</summary>
    protected override Tensor Forward(Tensor x)
    {
        Tensor[] inputs = Ops.Unbind(_input.Apply(_embedding.Apply(x)), Options.Steps);
        Tensor state = Ops.Scale(inputs[0], x.Graph.Add(new ConstantOp(0), []));
        for (int t = 0; t < inputs.Length; t++)
        {
            using (x.Graph.EnterEvaluation(t, inputs.Length))
            {
                _branch.Drive(inputs[t]);
                state = _cell.Apply(state);
            }
        }

        return _linear.Apply(state);
    }
}
