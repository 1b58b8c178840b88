using Microsoft.Extensions.Logging;
using StepNet.Execution;
using StepNet.Imaging;

namespace StepNet.Inference;

/// <summary>How a <see cref="Classifier"/> runs, and what it refuses.</summary>
public sealed record ClassifierOptions
{
    /// <summary>
    /// Threads that share one prediction, 1 to <see cref="ThreadCount.Max"/>, or 0: see <see cref="ThreadCount"/>. Of several at the same
    /// time one single item and one batch have them; the others take one thread each. The numbers do not depend on it.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>
    /// Predictions at once, or 0 for one a processor; further callers wait. Each takes buffers and a copy of the weights in the
    /// layout of the kernels, which stay for the next.
    /// </summary>
    public int Concurrency { get; init; }

    /// <summary>Items that go through the network together, at least 1; larger batches are cut. Batches have executors of their own.</summary>
    public int MaxBatch { get; init; } = 32;

    /// <summary>What logits are divided by before the softmax, above 0: how sure probabilities look, not which class comes first.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Most bytes of an image file, 1 to 1 GiB; more are not read.</summary>
    public int MaxImageBytes { get; init; } = 32 << 20;

    /// <summary>Most pixels of an image, by its header, at least 1.</summary>
    public long MaxPixels { get; init; } = ImageDecoders.DefaultMaxPixels;

    /// <summary>Told what is loaded (information), what each prediction takes (debug) and what is refused (warning); null for nobody.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Checks all numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Threads, ThreadCount.Max);
        ArgumentOutOfRangeException.ThrowIfNegative(Concurrency);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxBatch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Temperature);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxImageBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxImageBytes, 1 << 30);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPixels);
        if (!double.IsFinite(Temperature))
        {
            throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "The temperature is a finite number above 0.");
        }
    }
}
