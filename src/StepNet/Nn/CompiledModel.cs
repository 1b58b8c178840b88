using StepNet.Execution;
using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Nn;

/// <summary>
/// A model traced for prediction. Immutable: each caller makes an executor with buffers of its own, so many threads can run
/// it at once.
/// </summary>
public sealed class CompiledModel
{
    internal CompiledModel(Module module, Shape itemShape)
    {
        Module = module;
        Tensor output = Tracer.Trace(module, itemShape, training: false);
        InputShape = Shape.Batch(itemShape.Dims.AsSpan());
        OutputShape = output.Shape;
        Program = new GraphProgram(output.Graph, new Dictionary<string, Tensor> { ["output"] = output });
    }

    /// <summary>The model.</summary>
    public Module Module { get; }

    /// <summary>Shape of the input, <c>[N, ...]</c>.</summary>
    public Shape InputShape { get; }

    /// <summary>Shape of the output, <c>[N, ...]</c>.</summary>
    public Shape OutputShape { get; }

    /// <summary>The traced operations.</summary>
    public GraphProgram Program { get; }

    /// <summary>An executor that holds a copy of the model's present parameters.</summary>
    /// <param name="maxBatch">Largest batch, at least 1.</param>
    /// <param name="threads">Threads, or 0: see <see cref="ThreadCount"/>.</param>
    public IExecutor CreateExecutor(int maxBatch, int threads = 0) => Executors.Create(Program, maxBatch, threads);
}
