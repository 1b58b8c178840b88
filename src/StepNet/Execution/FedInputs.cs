using System.Globalization;
using System.Numerics;
using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Execution;

/// <summary>Keeps account of what was fed, so that no step runs on numbers that nobody gave.</summary>
internal sealed class FedInputs
{
    private readonly Dictionary<string, Shape> _shapes = [];
    private readonly Dictionary<string, int> _items = [];
    private readonly Dictionary<string, int> _vocabularies = [], _classes = [];
    private readonly int _maxBatch;

    /// <param name="source">The program as it was written, whose inputs there are.</param>
    /// <param name="run">What is left of it to run, whose inputs are needed.</param>
    /// <param name="maxBatch">Most items.</param>
    public FedInputs(GraphProgram source, GraphProgram run, int maxBatch)
    {
        _maxBatch = maxBatch;
        foreach (Node node in source.Graph.Nodes)
        {
            if (node.Operation is InputOp input)
            {
                _shapes[input.InputName] = node.Outputs[0].Shape;
            }
            else if (node.Operation is EmbeddingOp && node.Inputs[0].Producer.Operation is InputOp ids)
            {
                int rows = node.Inputs[1].Shape.Dims[0];
                _vocabularies[ids.InputName] = Math.Min(rows, _vocabularies.GetValueOrDefault(ids.InputName, rows));
            }
            else if (node.Operation is SoftmaxCrossEntropyOp or SoftmaxCrossEntropyBackwardOp or CountCorrectOp
                && node.Inputs[1].Producer.Operation is InputOp labels && node.Inputs[1].Shape.ItemCount == 1)
            {
                _classes[labels.InputName] = node.Inputs[0].Shape.Channels;
            }
        }

        foreach ((string name, _) in run.Inputs)
        {
            _items[name] = 0;
        }
    }

    /// <summary>Whether the program reads the input; notes how many items came.</summary>
    /// <exception cref="ArgumentException">No such input, or not whole items, or too many, or a token id or a class that there is not.</exception>
    public bool Accept<T>(string name, ReadOnlySpan<T> values)
        where T : INumberBase<T>
    {
        if (!_shapes.TryGetValue(name, out Shape shape))
        {
            throw new ArgumentException($"There is no input '{name}'. Inputs: {string.Join(", ", _shapes.Keys)}.");
        }

        if (values.Length % shape.ItemCount != 0 || values.Length / shape.ItemCount > _maxBatch)
        {
            throw new ArgumentException(
                $"Input '{name}' {shape}: {values.Length} values. Give {shape.ItemCount} for each item, at most {_maxBatch} items.");
        }

        if (_vocabularies.TryGetValue(name, out int vocabulary))
        {
            CheckIds(name, values, shape.ItemCount, vocabulary);
        }

        if (_classes.TryGetValue(name, out int classes))
        {
            CheckLabels(name, values, classes);
        }

        bool read = _items.ContainsKey(name);
        if (read)
        {
            _items[name] = values.Length / shape.ItemCount;
        }

        return read;
    }

    // Here and not where the table is read: before anything runs, on the caller's own thread, once for every executor.
    private static void CheckIds<T>(string name, ReadOnlySpan<T> values, int length, int vocabulary)
        where T : INumberBase<T>
    {
        for (int i = 0; i < values.Length; i++)
        {
            double id = double.CreateTruncating(values[i]);
            if (!(id >= 0 && id < vocabulary))
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Input '{name}': token id {id} at place {i % length} of item {i / length}. The embedding's table has rows 0 to "
                    + $"{vocabulary - 1}; map unknown tokens to a row of their own."));
            }
        }
    }

    private static void CheckLabels<T>(string name, ReadOnlySpan<T> labels, int classes)
        where T : INumberBase<T>
    {
        for (int i = 0; i < labels.Length; i++)
        {
            double label = double.CreateTruncating(labels[i]);
            if (!(label >= 0 && label < classes))
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture, $"Input '{name}': label {label} of item {i}. Labels are the indices of {classes} classes, 0 to {classes - 1}."));
            }
        }
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
