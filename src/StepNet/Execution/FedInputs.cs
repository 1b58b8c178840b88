using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Execution;

/// <summary>Keeps account of what was fed, so that no step runs on numbers that nobody gave.</summary>
internal sealed class FedInputs
{
    private readonly Dictionary<string, Shape> _shapes = [];
    private readonly Dictionary<string, int> _items = [];
    private readonly int _maxBatch;

    public FedInputs(GraphProgram program, int maxBatch)
    {
        _maxBatch = maxBatch;
        foreach (Node node in program.Graph.Nodes)
        {
            if (node.Operation is InputOp input)
            {
                _shapes[input.InputName] = node.Outputs[0].Shape;
            }
        }

        foreach ((string name, _) in program.Inputs)
        {
            _items[name] = 0;
        }
    }

    /// <summary>Whether the program reads the input; notes how many items came.</summary>
    /// <exception cref="ArgumentException">No such input, or not whole items, or too many.</exception>
    public bool Accept(string name, int values)
    {
        if (!_shapes.TryGetValue(name, out Shape shape))
        {
            throw new ArgumentException($"There is no input '{name}'. Inputs: {string.Join(", ", _shapes.Keys)}.");
        }

        if (values % shape.ItemCount != 0 || values / shape.ItemCount > _maxBatch)
        {
            throw new ArgumentException(
                $"Input '{name}' {shape}: {values} values. Give {shape.ItemCount} for each item, at most {_maxBatch} items.");
        }

        bool read = _items.ContainsKey(name);
        if (read)
        {
            _items[name] = values / shape.ItemCount;
        }

        return read;
    }

    /// <summary>Checks a batch size against the buffers and what was fed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The buffers hold no such batch.</exception>
    /// <exception cref="InvalidOperationException">An input was fed fewer items.</exception>
    public void Check(int n)
    {
        if (n < 1 || n > _maxBatch)
        {
            throw new ArgumentOutOfRangeException(nameof(n), n, $"The buffers hold 1 to {_maxBatch} items.");
        }

        foreach ((string name, int items) in _items)
        {
            if (items < n)
            {
                throw new InvalidOperationException($"Input '{name}' was fed {items} items, the step runs over {n}. Feed it first.");
            }
        }
    }
}
