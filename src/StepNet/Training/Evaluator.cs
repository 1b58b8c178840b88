using StepNet.Data;
using StepNet.Execution;
using StepNet.Graph;
using StepNet.Metrics;
using StepNet.Nn;

namespace StepNet.Training;

/// <summary>Tests a model on a set of items, in eval mode: running statistics, no random masks. For one thread at a time.</summary>
public sealed class Evaluator : IDisposable
{
    private readonly CompiledModel _compiled;
    private readonly Variable[] _variables;
    private readonly BatchLoader _loader;
    private readonly IExecutor _executor;
    private readonly float[] _logits;
    private readonly int _classes;

    /// <summary>Compiles the model and plans its buffers.</summary>
    /// <param name="model">Items to logits <c>[N, classes]</c>.</param>
    /// <param name="dataset">Not empty.</param>
    /// <param name="transforms">Applied to each item, as normalisation.</param>
    /// <param name="batchSize">Items per batch, at least 1; the result does not depend on it.</param>
    /// <param name="threads">Threads, or 0: see <see cref="ThreadCount"/>.</param>
    /// <exception cref="ShapeMismatchException">The model does not take the items, or has not one logit for each class of the set.</exception>
    public Evaluator(
        Module model, IDataset dataset, IReadOnlyList<ITransform> transforms, int batchSize = 256, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(dataset);
        _loader = new BatchLoader(dataset, batchSize, transforms, shuffle: false, seed: 0);
        _compiled = model.Compile(dataset.ItemShape);
        Logits.Check(_compiled.OutputShape, dataset);
        batchSize = Math.Min(batchSize, dataset.Count);
        _variables = [.. _compiled.Program.Variables];
        _classes = _compiled.OutputShape.Channels;
        _logits = new float[batchSize * _classes];
        _executor = _compiled.CreateExecutor(batchSize, threads);
    }

    /// <summary>Runs over the whole set with the model's present values.</summary>
    /// <exception cref="OperationCanceledException">The caller stopped it.</exception>
    public EvaluationResult Evaluate(CancellationToken cancellation = default)
    {
        int items = 0, correct = 0;
        double loss = 0;
        foreach (Batch batch in Batches(cancellation))
        {
            for (int i = 0; i < batch.Count; i++)
            {
                ReadOnlySpan<float> item = _logits.AsSpan(i * _classes, _classes);
                int label = (int)batch.Labels[i];
                correct += SoftmaxCrossEntropyOp.Largest(item) == label ? 1 : 0;
                loss += SoftmaxCrossEntropyOp.ItemLoss(item, label);
            }

            items += batch.Count;
        }

        return new EvaluationResult(items, correct, loss / items);
    }

    /// <summary>The logits of all items with the model's present values, in the order of the set, and their labels.</summary>
    /// <exception cref="OperationCanceledException">The caller stopped it.</exception>
    public LabelledLogits Predict(CancellationToken cancellation = default)
    {
        List<float> logits = [];
        List<int> labels = [];
        foreach (Batch batch in Batches(cancellation))
        {
            logits.AddRange(_logits.AsSpan(0, batch.Count * _classes));
            for (int i = 0; i < batch.Count; i++)
            {
                labels.Add((int)batch.Labels[i]);
            }
        }

        return new LabelledLogits([.. logits], [.. labels], _classes);
    }

    /// <inheritdoc/>
    public void Dispose() => _executor.Dispose();

    // Each batch with its logits in _logits.
    private IEnumerable<Batch> Batches(CancellationToken cancellation)
    {
        foreach (Variable variable in _variables)
        {
            _executor.Write(variable, variable.Values);
        }

        int itemCount = _compiled.InputShape.ItemCount;
        foreach (Batch batch in _loader.Epoch(0))
        {
            cancellation.ThrowIfCancellationRequested();
            _executor.Feed("input", batch.Items.AsSpan(0, batch.Count * itemCount));
            _executor.Run(batch.Count);
            _executor.Fetch("output", _logits.AsSpan(0, batch.Count * _classes));
            yield return batch;
        }
    }
}
