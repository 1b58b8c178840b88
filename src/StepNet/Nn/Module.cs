using System.Runtime.CompilerServices;
using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>
/// A part of a network: parameters, parts of its own, and a <see cref="Forward"/> in plain C# over symbolic tensors, traced
/// once per input shape.
/// </summary>
public abstract class Module
{
    private readonly List<(string Name, Module Module)> _children = [];
    private readonly List<Variable> _variables = [];
    private readonly Lazy<InferencePool> _inference;
    private Module? _parent;
    private string _name = "";

    /// <summary>A module without a place yet; a parent gives it one by <see cref="Child{T}"/>.</summary>
    protected Module() => _inference = new Lazy<InferencePool>(() => new InferencePool(this));

    /// <summary>Dotted place in the model, <c>layer1.0.conv1</c>; empty for the model itself.</summary>
    public string Path => _parent is null ? _name : Join(_parent.Path, _name);

    /// <summary>Direct parts, in the order of their making.</summary>
    public IEnumerable<Module> Children => _children.Select(child => child.Module);

    /// <summary>This module and all parts below it, parents first.</summary>
    public IEnumerable<Module> Modules => Children.SelectMany(child => child.Modules).Prepend(this);

    /// <summary>Trained variables of this module and its parts, in the order of their making; shared ones once.</summary>
    public IEnumerable<Parameter> Parameters => State.OfType<Parameter>();

    /// <summary>All that a model file holds: parameters and running state, shared ones once.</summary>
    public IEnumerable<Variable> State => Modules.SelectMany(module => module._variables).Distinct();

    /// <summary>Number of trained values.</summary>
    public int ParameterCount => Parameters.Sum(parameter => parameter.Shape.ItemCount);

    /// <summary>Whether the module is taken out of training; see <see cref="Freeze"/>.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>The layer that gives the logits: the last linear one; null where there is none.</summary>
    public Linear? Head => Modules.OfType<Linear>().LastOrDefault();

    /// <summary>
    /// Takes this module and its parts out of training: parameters get no gradient, no update and no weight decay, batch norm takes its
    /// running statistics and leaves them as they are, random masks are off. Holds for training graphs built from now on.
    /// </summary>
    public void Freeze() => SetFrozen(true);

    /// <summary>Takes this module and its parts into training again.</summary>
    public void Unfreeze() => SetFrozen(false);

    /// <summary>Adds the module's operations on <paramref name="x"/> to its graph.</summary>
    /// <remarks>
    /// A node carries the line of the operation's call; the layers of this library give line 0 there, so that theirs carry the
    /// line that applies the layer.
    /// </remarks>
    /// <param name="x">A symbolic input.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>The symbolic output.</returns>
    /// <exception cref="ShapeMismatchException">The input does not fit; the message names the module.</exception>
    public Tensor Apply(Tensor x, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        using (x.Graph.Enter(new ModuleScope(Path, file, line)))
        {
            Tensor y = Forward(x);
            x.Graph.Note(new ModuleCall(this, x, y));
            return y.Graph == x.Graph ? y : throw new InvalidOperationException(
                $"{x.Graph.Scope}: Forward returned {y} of another graph. A module must not keep tensors between traces.");
        }
    }

    /// <summary>What the module computes; called through <see cref="Apply"/>, which keeps path and source line.</summary>
    protected abstract Tensor Forward(Tensor x);

    /// <summary>Draws all parameters anew and resets running state.</summary>
    /// <param name="seed">Equal seeds give equal values; a parameter's values depend on the seed and its name alone.</param>
    /// <exception cref="ArgumentException">Two variables have one name: their values would be one draw, and one file entry.</exception>
    public void Initialize(ulong seed)
    {
        CheckNames();
        foreach (Variable variable in State)
        {
            if (variable is Parameter parameter)
            {
                parameter.Draw(seed);
            }
            else if (variable is RunningState state)
            {
                state.Values.AsSpan().Fill(state.Initial);
            }
        }
    }

    /// <summary>Traces the module as it is used for prediction: running statistics, no random masks.</summary>
    /// <param name="itemShape">Shape of one input, without the batch: <c>[3, 32, 32]</c>.</param>
    /// <returns>An immutable program of this module's operations, with input <c>input</c> and output <c>output</c>.</returns>
    /// <exception cref="TraceMismatchException">Two traces differ; the message names the module.</exception>
    public CompiledModel Compile(Shape itemShape) => new(this, itemShape);

    /// <summary>Runs the module on numbers, with its present parameters. Safe from many threads at once.</summary>
    /// <remarks>On the calling thread, a new trace where the shape is new; <see cref="Compile"/> and executors are for speed.</remarks>
    /// <param name="input">A batch, <c>[N, ...]</c>.</param>
    /// <returns>The output, <c>[N, ...]</c>.</returns>
    /// <exception cref="ShapeMismatchException">The input does not fit; the message names the module.</exception>
    public NdArray Run(NdArray input) => _inference.Value.Run(input);

    /// <summary>Gives <paramref name="module"/> a place below this one.</summary>
    /// <param name="name">Its name; empty where its parts are to be named as this module's own.</param>
    /// <param name="module">A part; one used in two places keeps the name of the first.</param>
    protected T Child<T>(string name, T module)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        if (name.Length > 0 && _children.Any(child => child.Name == name))
        {
            throw new ArgumentException($"'{Join(Path, name)}': two parts of one name. Give each part of a module its own.");
        }

        if (module._parent is null)
        {
            (module._parent, module._name) = (this, name);
        }

        _children.Add((name, module));
        return module;
    }

    /// <summary>A trained variable of this module.</summary>
    /// <param name="name">Local name, such as <c>weight</c>.</param>
    /// <param name="shape">Unbatched shape.</param>
    /// <param name="initializer">How it starts.</param>
    /// <param name="kind">What it is: optimisers decide by it what decays.</param>
    protected Parameter Parameter(string name, Shape shape, Initializer initializer, ParameterKind kind = ParameterKind.Weight)
    {
        Parameter parameter = new(this, name, shape, initializer, kind);
        _variables.Add(parameter);
        return parameter;
    }

    /// <summary>A variable of this module that is carried along, not trained.</summary>
    protected RunningState RunningState(string name, Shape shape, float initial)
    {
        RunningState state = new(this, name, shape, initial);
        _variables.Add(state);
        return state;
    }

    /// <summary>Variables of this module itself, without those of its parts.</summary>
    internal IReadOnlyList<Variable> Own => _variables;

    /// <summary>Whether a trace is one of a training step in which this module takes part, rather than of prediction.</summary>
    protected bool IsTraining(ComputationGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Training && !IsFrozen;
    }

    internal static string Join(string path, string name) =>
        path.Length == 0 ? name : name.Length == 0 ? path : $"{path}.{name}";

    private void SetFrozen(bool frozen)
    {
        foreach (Module module in Modules)
        {
            module.IsFrozen = frozen;
        }
    }

    internal void CheckNames()
    {
        HashSet<string> names = [];
        if (State.FirstOrDefault(variable => !names.Add(variable.Name)) is Variable second)
        {
            throw new ArgumentException(
                $"'{second.Name}': two variables of one name. Give each part of a module a name of its own; a part without "
                + "a name lends its parts to the module above it.");
        }
    }
}
