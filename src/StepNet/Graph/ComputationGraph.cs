namespace StepNet.Graph;

/// <summary>
/// A traced computation: nodes in the order of their making, which is an order of execution. Forward pass, gradients,
/// running statistics and the optimiser's update are nodes of one graph.
/// </summary>
public sealed class ComputationGraph
{
    private readonly List<Node> _nodes = [];
    private readonly List<VariableUpdate> _updates = [];
    private readonly Dictionary<Variable, Tensor> _variables = [];
    private readonly Dictionary<Slot, Tensor> _slots = [];
    private readonly List<ModuleCall> _calls = [];
    private readonly Stack<(ModuleScope Scope, bool Fixed)> _scopes = new([(new ModuleScope("", "", 0), false)]);

    /// <summary>An empty graph.</summary>
    /// <param name="training">Whether modules trace their training behaviour (batch statistics, random masks).</param>
    public ComputationGraph(bool training = false) => Training = training;

    /// <summary>Whether modules trace their training behaviour.</summary>
    public bool Training { get; }

    /// <summary>All nodes; inputs come before what reads them.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Writes to variables, each carried out once at the end of a step.</summary>
    public IReadOnlyList<VariableUpdate> Updates => _updates;

    /// <summary>What modules were applied to what, in the order of their returning: inner ones first.</summary>
    public IReadOnlyList<ModuleCall> Calls => _calls;

    /// <summary>Variables read or written.</summary>
    public IEnumerable<Variable> Variables => _variables.Keys;

    /// <summary>Run-time numbers read.</summary>
    public IEnumerable<Slot> Slots => _slots.Keys;

    /// <summary>A value fed before each run, such as images or labels.</summary>
    /// <param name="name">By which it is fed; no other input of the graph has it.</param>
    /// <param name="shape">With a batch; numbers that all items share are a <see cref="Variable"/> or a <see cref="Slot"/>.</param>
    /// <exception cref="ArgumentException">The name is taken, or the shape has no batch.</exception>
    public Tensor Input(string name, Shape shape)
    {
        if (!shape.Batched)
        {
            throw new ArgumentException($"Input '{name}' {shape} has no batch. Give [N, ...], or read a Variable or a Slot.", nameof(shape));
        }

        return _nodes.Any(node => node.Operation is InputOp input && input.InputName == name)
            ? throw new ArgumentException($"There is an input '{name}' already. Give each a name of its own.", nameof(name))
            : Add(new InputOp(name, shape), []);
    }

    /// <summary>The value of a variable at the start of the step.</summary>
    public Tensor Read(Variable variable)
    {
        if (!_variables.TryGetValue(variable, out Tensor? tensor))
        {
            tensor = Add(new VariableOp(variable), []);
            _variables.Add(variable, tensor);
        }

        return tensor;
    }

    /// <summary>The present value of a slot, a scalar.</summary>
    public Tensor Read(Slot slot)
    {
        if (!_slots.TryGetValue(slot, out Tensor? tensor))
        {
            tensor = Add(new SlotOp(slot), []);
            _slots.Add(slot, tensor);
        }

        return tensor;
    }

    /// <summary>Writes <paramref name="value"/> to <paramref name="variable"/> once, at the end of each step.</summary>
    /// <exception cref="ShapeMismatchException">The shapes differ.</exception>
    /// <exception cref="InvalidOperationException">The variable is written twice: a module applied twice in one trace.</exception>
    public void Update(Variable variable, Tensor value)
    {
        if (value.Shape != variable.Shape)
        {
            throw new ShapeMismatchException($"Update of '{variable.Name}': value {value.Shape} for shape {variable.Shape}.");
        }

        if (_updates.Any(update => update.Variable == variable))
        {
            throw new InvalidOperationException(
                $"'{variable.Name}' is updated twice in one step. A module with running state can be applied once a trace; "
                + "make a second module for the second use.");
        }

        Read(variable);
        _updates.Add(new VariableUpdate(variable, value));
    }

    /// <summary>Adds a node for <paramref name="operation"/> over <paramref name="inputs"/>, in the present module scope.</summary>
    /// <returns>Its first output.</returns>
    public Tensor Add(Operation operation, ReadOnlySpan<Tensor> inputs, string file = "", int line = 0) =>
        AddNode(operation, inputs, file, line).Outputs[0];

    /// <summary>As <see cref="Add"/>, for operations of several outputs.</summary>
    public Node AddNode(Operation operation, ReadOnlySpan<Tensor> inputs, string file = "", int line = 0)
    {
        foreach (Tensor input in inputs)
        {
            if (input.Graph != this)
            {
                // An operation is added to the graph of its first input: the graph being traced is the one inside a module.
                ModuleScope tracing = _scopes.Count > 1 ? Scope : input.Graph.Scope;
                throw new InvalidOperationException(
                    $"{tracing}: {operation} reads {input} of another graph. A module must not keep tensors between traces.");
            }
        }

        (ModuleScope scope, bool isFixed) = _scopes.Peek();
        scope = line > 0 && !isFixed ? scope with { File = file, Line = line } : scope;
        Node node = new(this, _nodes.Count, operation, [.. inputs], scope);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Nodes added until the returned value is disposed belong to <paramref name="scope"/>.</summary>
    public IDisposable Enter(ModuleScope scope)
    {
        _scopes.Push((scope, false));
        return new Leave(_scopes);
    }

    /// <summary>Remembers that a module was applied.</summary>
    internal void Note(ModuleCall call) => _calls.Add(call);

    /// <summary>
    /// As <see cref="Enter"/>, for the gradient of <paramref name="node"/>: its nodes carry the source line of the forward
    /// node, not that of the gradient rule.
    /// </summary>
    internal IDisposable EnterGradient(Node node)
    {
        _scopes.Push((node.Scope, true));
        return new Leave(_scopes);
    }

    /// <summary>
    /// Which evaluation of a module in this trace is being traced, from 0: a block that evaluates its branch several times says so,
    /// and batch norm keeps statistics for each.
    /// </summary>
    internal int Evaluation { get; private set; }

    /// <summary>Until the returned value is disposed, evaluation <paramref name="index"/> of <paramref name="count"/> is traced; inside another, of each of its own.</summary>
    internal IDisposable EnterEvaluation(int index, int count)
    {
        int outer = Evaluation;
        Evaluation = (outer * count) + index;
        return new Evaluated(this, outer);
    }

    /// <summary>The module scope that new nodes get.</summary>
    public ModuleScope Scope => _scopes.Peek().Scope;

    /// <summary>All nodes, a line each.</summary>
    public override string ToString() => string.Join('\n', Nodes);

    private sealed class Evaluated(ComputationGraph graph, int outer) : IDisposable
    {
        public void Dispose() => graph.Evaluation = outer;
    }

    private sealed class Leave(Stack<(ModuleScope Scope, bool Fixed)> scopes) : IDisposable
    {
        public void Dispose() => scopes.Pop();
    }
}
