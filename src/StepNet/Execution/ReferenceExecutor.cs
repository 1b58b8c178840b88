using System.Numerics;
using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Execution;

/// <summary>
/// Runs every node by its readable definition, one after another, unfused, on plain arrays: slow, and right by inspection.
/// In double it is the oracle for kernels, fusions and gradients.
/// </summary>
/// <typeparam name="T">Float type of all values.</typeparam>
public sealed class ReferenceExecutor<T> : IExecutor
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly GraphProgram _program;
    private readonly Dictionary<Tensor, T[]> _values = [];
    private readonly Dictionary<Variable, T[]> _variables = [];
    private readonly Dictionary<string, Tensor> _inputs = [];
    private readonly NodeOperands _operands;
    private readonly FedInputs _fed;
    private string? _guard;
    private int _n;

    /// <summary>Allocates all values for batches of up to <paramref name="maxBatch"/> items.</summary>
    public ReferenceExecutor(GraphProgram program, int maxBatch)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBatch);
        _program = program;
        MaxBatch = maxBatch;
        _operands = new NodeOperands(this);
        _fed = new FedInputs(program, program, maxBatch);
        foreach (Node node in program.Nodes)
        {
            foreach (Tensor output in node.Outputs)
            {
                _values.Add(output, new T[output.Shape.Count(maxBatch)]);
            }

            if (node.Operation is VariableOp variable)
            {
                _variables.Add(variable.Variable, new T[node.Outputs[0].Shape.ItemCount]);
                Write(variable.Variable, variable.Variable.Values);
            }
            else if (node.Operation is SlotOp slot)
            {
                Set(slot.Slot, slot.Slot.Initial);
            }
            else if (node.Operation is InputOp input)
            {
                _inputs.Add(input.InputName, node.Outputs[0]);
            }
        }
    }

    /// <inheritdoc/>
    public int MaxBatch { get; }

    /// <inheritdoc/>
    public RandomKey Random { get; set; }

    /// <inheritdoc/>
    public bool Observe { get; set; }

    /// <inheritdoc/>
    public string? Guard
    {
        get => _guard;
        set => _guard = _program.ScalarOutput(value);
    }

    /// <inheritdoc/>
    public void Feed(string input, ReadOnlySpan<float> values)
    {
        if (_fed.Accept(input, values))
        {
            Convert(values, _values[_inputs[input]]);
        }
    }

    /// <summary>As <see cref="Feed(string, ReadOnlySpan{float})"/>, in the executor's own precision.</summary>
    public void FeedExact(string input, ReadOnlySpan<T> values)
    {
        if (_fed.Accept(input, values))
        {
            values.CopyTo(_values[_inputs[input]]);
        }
    }

    /// <inheritdoc/>
    public void Set(Slot slot, double value)
    {
        foreach (Node node in _program.Nodes)
        {
            if (node.Operation is SlotOp op && op.Slot == slot)
            {
                _values[node.Outputs[0]][0] = T.CreateTruncating(value);
            }
        }
    }

    /// <inheritdoc/>
    public double Get(Slot slot)
    {
        foreach (Node node in _program.Nodes)
        {
            if (node.Operation is SlotOp op && op.Slot == slot)
            {
                return double.CreateTruncating(_values[node.Outputs[0]][0]);
            }
        }

        return slot.Initial;
    }

    /// <inheritdoc/>
    public void Run(int n)
    {
        _fed.Check(n);
        _n = n;
        foreach (Node node in _program.Nodes)
        {
            if (!Observe && _program.Observers.Contains(node))
            {
                continue;
            }

            if (node.Operation is VariableOp variable)
            {
                // A copy: what a step reads, and what it hands out, is the value at its start, whatever it writes at its end.
                _variables[variable.Variable].CopyTo(_values[node.Outputs[0]], 0);
                continue;
            }

            _operands.Bind(node, n, Random);
            node.Operation.Evaluate(_operands);
        }

        if (_guard is not null && !T.IsFinite(FetchExact(_guard)[0]))
        {
            return;
        }

        foreach (VariableUpdate update in _program.Updates)
        {
            _values[update.Value].CopyTo(_variables[update.Variable], 0);
        }
    }

    /// <inheritdoc/>
    public void Fetch(string output, Span<float> values) => Convert(FetchExact(output), values);

    /// <summary>A named output of the last run, in the executor's own precision; valid until the next run.</summary>
    public ReadOnlySpan<T> FetchExact(string output)
    {
        Tensor tensor = _program.Result(output);
        return _values[tensor].AsSpan(0, tensor.Shape.Count(_n));
    }

    /// <inheritdoc/>
    public void Read(Variable variable, Span<float> values)
    {
        if (_variables.TryGetValue(variable, out T[]? numbers))
        {
            Convert<T, float>(numbers, values);
        }
    }

    /// <inheritdoc/>
    public void Write(Variable variable, ReadOnlySpan<float> values)
    {
        ExecutorChecks.Length(variable, values.Length);
        if (_variables.TryGetValue(variable, out T[]? numbers))
        {
            Convert(values, numbers);
        }
    }

    /// <summary>A variable's numbers, in the executor's own precision; writing to them changes the variable.</summary>
    public Span<T> Exact(Variable variable) => _variables[variable];

    /// <summary>Nothing to free.</summary>
    public void Dispose()
    {
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to)
        where TFrom : INumberBase<TFrom>
        where TTo : INumberBase<TTo>
    {
        to = to[..from.Length];
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = TTo.CreateTruncating(from[i]);
        }
    }

    private static void Convert<TFrom>(ReadOnlySpan<TFrom> from, T[] to)
        where TFrom : INumberBase<TFrom> => Convert(from, to.AsSpan());

    private sealed class NodeOperands(ReferenceExecutor<T> executor) : Operands<T>
    {
        private Node _node = null!;

        public void Bind(Node node, int n, RandomKey random)
        {
            (_node, N, Items, FirstItem, Random) = (node, n, n, 0, random);
        }

        public override ReadOnlySpan<T> In(int i) => executor._values[_node.Inputs[i]].AsSpan(0, InShape(i).Count(N));

        public override Span<T> Out(int i) => executor._values[_node.Outputs[i]].AsSpan(0, OutShape(i).Count(N));

        public override Shape InShape(int i) => _node.Inputs[i].Shape;

        public override Shape OutShape(int i) => _node.Outputs[i].Shape;
    }
}
