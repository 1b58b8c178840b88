using System.Collections.Immutable;

namespace StepNet.Graph;

/// <summary>
/// Shape of a symbolic tensor. A leading <c>N</c> stands for the batch: it has no number until a step runs, so one trace
/// serves every batch size up to the planned one.
/// </summary>
/// <remarks>Activations are <c>[N, C, H, W]</c> or <c>[N, C]</c>; parameters carry no batch; a scalar is <c>[]</c>.</remarks>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly ImmutableArray<int> _dims;

    private Shape(bool batched, ImmutableArray<int> dims)
    {
        foreach (int dim in dims)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dim, nameof(dims));
        }

        Batched = batched;
        _dims = dims;
    }

    /// <summary>Shape without a batch, such as a parameter's <c>[out, in, kH, kW]</c>; each size at least 1.</summary>
    public static Shape Of(params ReadOnlySpan<int> dims) => new(false, [.. dims]);

    /// <summary>Shape of a batch: <c>[N, dims...]</c>.</summary>
    public static Shape Batch(params ReadOnlySpan<int> dims) => new(true, [.. dims]);

    /// <summary>Shape of one number.</summary>
    public static Shape Scalar => default;

    /// <summary>Whether the shape starts with the batch <c>N</c>.</summary>
    public bool Batched { get; }

    /// <summary>The sizes behind the batch: <c>[C, H, W]</c> of <c>[N, C, H, W]</c>.</summary>
    public ImmutableArray<int> Dims => _dims.IsDefault ? [] : _dims;

    /// <summary>Number of axes, the batch included.</summary>
    public int Rank => Dims.Length + (Batched ? 1 : 0);

    /// <summary>Channels of an activation: the first size behind the batch; 1 for <c>[N]</c>.</summary>
    public int Channels => Dims.Length > 0 ? Dims[0] : 1;

    /// <summary>Height of <c>[N, C, H, W]</c>; 1 where there is none.</summary>
    public int Height => Dims.Length > 2 ? Dims[^2] : 1;

    /// <summary>Width of <c>[N, C, H, W]</c>; 1 where there is none.</summary>
    public int Width => Dims.Length > 1 ? Dims[^1] : 1;

    /// <summary>Elements of one item of the batch, or of the whole where there is no batch.</summary>
    public int ItemCount
    {
        get
        {
            int count = 1;
            foreach (int dim in Dims)
            {
                count = checked(count * dim);
            }

            return count;
        }
    }

    /// <summary>Elements at a batch of <paramref name="n"/> items.</summary>
    public int Count(int n) => Batched ? checked(n * ItemCount) : ItemCount;

    /// <inheritdoc/>
    public bool Equals(Shape other) => Batched == other.Batched && Dims.AsSpan().SequenceEqual(other.Dims.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Batched);
        foreach (int dim in Dims)
        {
            hash.Add(dim);
        }

        return hash.ToHashCode();
    }

    /// <summary>Equal batch and sizes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Different batch or sizes.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>For example <c>[N, 16, 32, 32]</c>.</summary>
    public override string ToString() => Batched
        ? Dims.Length == 0 ? "[N]" : $"[N, {string.Join(", ", Dims)}]"
        : $"[{string.Join(", ", Dims)}]";
}
