using System.Buffers.Binary;
using System.Collections.Immutable;

namespace StepNet.Export;

/// <summary>A named array of numbers in a <c>.safetensors</c> file, kept bit for bit as the file has it.</summary>
/// <remarks>Values are row-major: the last size runs fastest. A scalar has shape <c>[]</c> and one value.</remarks>
public sealed class SafeTensor
{
    internal SafeTensor(string name, SafeTensorType type, ImmutableArray<int> shape, byte[] data)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Data = data;
    }

    /// <summary>Name in the file, such as <c>layer1.0.conv1.weight</c>.</summary>
    public string Name { get; }

    /// <summary>How the numbers are stored.</summary>
    public SafeTensorType Type { get; }

    /// <summary>Sizes, each at least 0; empty for a scalar.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>Number of values.</summary>
    public int Count => Data.Length / SizeOf(Type);

    /// <summary>The values, little-endian, as they stand in the file.</summary>
    internal byte[] Data { get; }

    /// <summary>A tensor stored as <see cref="SafeTensorType.F32"/>; copies <paramref name="values"/>.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="shape">Sizes, each at least 0; empty for a scalar.</param>
    /// <param name="values">Row-major, as many as the product of the sizes.</param>
    /// <exception cref="ArgumentException">Shape and number of values do not fit.</exception>
    public static SafeTensor Of(string name, ReadOnlySpan<int> shape, ReadOnlySpan<float> values)
    {
        byte[] data = Allocate(name, shape, values.Length, sizeof(float));
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(i * sizeof(float)), values[i]);
        }

        return new(name, SafeTensorType.F32, [.. shape], data);
    }

    /// <summary>A tensor stored as <see cref="SafeTensorType.F64"/>; otherwise as the overload for floats.</summary>
    /// <inheritdoc cref="Of(string, ReadOnlySpan{int}, ReadOnlySpan{float})"/>
    public static SafeTensor Of(string name, ReadOnlySpan<int> shape, ReadOnlySpan<double> values)
    {
        byte[] data = Allocate(name, shape, values.Length, sizeof(double));
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(data.AsSpan(i * sizeof(double)), values[i]);
        }

        return new(name, SafeTensorType.F64, [.. shape], data);
    }

    /// <summary>A tensor stored as <see cref="SafeTensorType.I64"/>; otherwise as the overload for floats.</summary>
    /// <inheritdoc cref="Of(string, ReadOnlySpan{int}, ReadOnlySpan{float})"/>
    public static SafeTensor Of(string name, ReadOnlySpan<int> shape, ReadOnlySpan<long> values)
    {
        byte[] data = Allocate(name, shape, values.Length, sizeof(long));
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(i * sizeof(long)), values[i]);
        }

        return new(name, SafeTensorType.I64, [.. shape], data);
    }

    /// <summary>The values of a float tensor; exact from F32, F16 and BF16, rounded to nearest from F64.</summary>
    /// <exception cref="SafeTensorsException">The tensor holds integers.</exception>
    public float[] ToSingles()
    {
        float[] values = new float[Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Type == SafeTensorType.F64 ? (float)BinaryPrimitives.ReadDoubleLittleEndian(At(i)) : Single(i);
        }

        return values;
    }

    /// <summary>The values of a float tensor, exact from every type.</summary>
    /// <exception cref="SafeTensorsException">The tensor holds integers.</exception>
    public double[] ToDoubles()
    {
        double[] values = new double[Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Type == SafeTensorType.F64 ? BinaryPrimitives.ReadDoubleLittleEndian(At(i)) : Single(i);
        }

        return values;
    }

    /// <summary>The values of an integer tensor.</summary>
    /// <exception cref="SafeTensorsException">The tensor holds floats.</exception>
    public long[] ToInt64s()
    {
        if (Type != SafeTensorType.I64)
        {
            throw WrongType("I64", "ToSingles or ToDoubles");
        }

        long[] values = new long[Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadInt64LittleEndian(At(i));
        }

        return values;
    }

    /// <summary>For example <c>linear.bias F32 [10]</c>.</summary>
    public override string ToString() => $"{Name} {Type} [{string.Join(", ", Shape)}]";

    /// <summary>Bytes of one value.</summary>
    internal static int SizeOf(SafeTensorType type) => type switch
    {
        SafeTensorType.F32 => 4,
        SafeTensorType.F64 or SafeTensorType.I64 => 8,
        _ => 2,
    };

    private float Single(int i) => Type switch
    {
        SafeTensorType.F32 => BinaryPrimitives.ReadSingleLittleEndian(At(i)),
        SafeTensorType.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(At(i)),
        SafeTensorType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(At(i)) << 16),
        _ => throw WrongType("F32, F64, F16 or BF16", "ToInt64s"),
    };

    private ReadOnlySpan<byte> At(int i) => Data.AsSpan(i * SizeOf(Type));

    private SafeTensorsException WrongType(string expected, string instead) => new(
        $"Tensor {SafeTensors.Quote(Name)} holds {Type} where {expected} was expected; "
        + $"read it with {instead}, or write it as another type.");

    private static byte[] Allocate(string name, ReadOnlySpan<int> shape, int count, int size)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        long product = 1;
        foreach (int dim in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dim, nameof(shape));
            product = checked(product * dim);
        }

        if (product != count)
        {
            throw new ArgumentException(
                $"Tensor {SafeTensors.Quote(name)}: shape [{string.Join(", ", shape.ToArray())}] needs {product} values, "
                + $"{count} came; pass them row-major.",
                nameof(shape));
        }

        return (long)count * size <= Array.MaxLength ? new byte[count * size] : throw new ArgumentException(
            $"Tensor {SafeTensors.Quote(name)} takes {(long)count * size} bytes, above the limit of {Array.MaxLength}; split it.",
            nameof(shape));
    }
}
