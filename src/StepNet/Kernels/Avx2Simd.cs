using System.Runtime.Intrinsics;

namespace StepNet.Kernels;

/// <summary>AVX2 with FMA: 8 lanes, 16 registers.</summary>
internal readonly unsafe struct Avx2Simd : ISimd<Vector256<float>>
{
    public static int Width => 8;

    public static int TilePixels => 4;

    public static Vector256<float> Zero => Vector256<float>.Zero;

    public static Vector256<float> Load(float* p) => Vector256.Load(p);

    public static void Store(Vector256<float> v, float* p) => v.Store(p);

    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);

    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;

    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => a / b;

    public static Vector256<float> Sqrt(Vector256<float> v) => Vector256.Sqrt(v);

    public static Vector256<float> Clamp(Vector256<float> v, Vector256<float> limit)
    {
        v = Vector256.ConditionalSelect(Vector256.GreaterThan(v, limit), limit, v);
        return Vector256.ConditionalSelect(Vector256.LessThan(v, -limit), -limit, v);
    }

    public static Vector256<float> Relu(Vector256<float> v) =>
        Vector256.AndNot(v, Vector256.LessThan(v, Vector256<float>.Zero));

    public static Vector256<float> Where(Vector256<float> gate, Vector256<float> v) =>
        v & Vector256.GreaterThan(gate, Vector256<float>.Zero);

    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(b, a) | Vector256.IsNaN(b), b, a);

    public static Vector256<float> WhereSame(Vector256<float> a, Vector256<float> b, Vector256<float> v) => v & Same(a, b);

    public static Vector256<float> WhereOther(Vector256<float> a, Vector256<float> b, Vector256<float> v) => Vector256.AndNot(v, Same(a, b));

    private static Vector256<float> Same(Vector256<float> a, Vector256<float> b) =>
        Vector256.Equals(a, b) | (Vector256.IsNaN(a) & Vector256.IsNaN(b));

    public static Vector256<float> OrderKey(Vector256<float> v)
    {
        // Negative numbers fall with the rest of their bits, so those are turned over; -0 + 0 is 0.
        Vector256<int> bits = (v + Vector256<float>.Zero).AsInt32();
        bits ^= Vector256.ShiftRightLogical(Vector256.ShiftRightArithmetic(bits, 31), 1);
        return Vector256.ConditionalSelect(Vector256.IsNaN(v), Vector256.Create(int.MaxValue).AsSingle(), bits.AsSingle());
    }

    public static Vector256<float> KeyMax(Vector256<float> a, Vector256<float> b) => Vector256.Max(a.AsInt32(), b.AsInt32()).AsSingle();

    public static Vector256<float> KeyMin(Vector256<float> a, Vector256<float> b) => Vector256.Min(a.AsInt32(), b.AsInt32()).AsSingle();

    public static Vector256<float> KeyAbove(Vector256<float> a, Vector256<float> b) => Vector256.GreaterThan(a.AsInt32(), b.AsInt32()).AsSingle();

    public static Vector256<float> KeySame(Vector256<float> a, Vector256<float> b) => Vector256.Equals(a.AsInt32(), b.AsInt32()).AsSingle();

    public static Vector256<float> And(Vector256<float> a, Vector256<float> b) => a & b;

    public static Vector256<float> Or(Vector256<float> a, Vector256<float> b) => a | b;

    public static Vector256<float> Select(Vector256<float> mask, Vector256<float> a, Vector256<float> b) => Vector256.ConditionalSelect(mask, a, b);

    public static float Sum(Vector256<float> v) => Vector256.Sum(v);
}
