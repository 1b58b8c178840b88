using System.Runtime.Intrinsics;

namespace StepNet.Kernels;

/// <summary>AVX-512: 16 lanes, 32 registers.</summary>
internal readonly unsafe struct Avx512Simd : ISimd<Vector512<float>>
{
    public static int Width => 16;

    public static int TilePixels => 8;

    public static Vector512<float> Zero => Vector512<float>.Zero;

    public static Vector512<float> Load(float* p) => Vector512.Load(p);

    public static void Store(Vector512<float> v, float* p) => v.Store(p);

    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.FusedMultiplyAdd(a, b, c);

    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;

    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => a / b;

    public static Vector512<float> Sqrt(Vector512<float> v) => Vector512.Sqrt(v);

    public static Vector512<float> Clamp(Vector512<float> v, Vector512<float> limit)
    {
        v = Vector512.ConditionalSelect(Vector512.GreaterThan(v, limit), limit, v);
        return Vector512.ConditionalSelect(Vector512.LessThan(v, -limit), -limit, v);
    }

    public static Vector512<float> Relu(Vector512<float> v) =>
        Vector512.AndNot(v, Vector512.LessThan(v, Vector512<float>.Zero));

    public static Vector512<float> Where(Vector512<float> gate, Vector512<float> v) =>
        v & Vector512.GreaterThan(gate, Vector512<float>.Zero);

    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(b, a) | Vector512.IsNaN(b), b, a);

    public static Vector512<float> WhereSame(Vector512<float> a, Vector512<float> b, Vector512<float> v) => v & Same(a, b);

    public static Vector512<float> WhereOther(Vector512<float> a, Vector512<float> b, Vector512<float> v) => Vector512.AndNot(v, Same(a, b));

    private static Vector512<float> Same(Vector512<float> a, Vector512<float> b) =>
        Vector512.Equals(a, b) | (Vector512.IsNaN(a) & Vector512.IsNaN(b));

    public static Vector512<float> OrderKey(Vector512<float> v)
    {
        // Negative numbers fall with the rest of their bits, so those are turned over; -0 + 0 is 0.
        Vector512<int> bits = (v + Vector512<float>.Zero).AsInt32();
        bits ^= Vector512.ShiftRightLogical(Vector512.ShiftRightArithmetic(bits, 31), 1);
        return Vector512.ConditionalSelect(Vector512.IsNaN(v), Vector512.Create(int.MaxValue).AsSingle(), bits.AsSingle());
    }

    public static Vector512<float> KeyMax(Vector512<float> a, Vector512<float> b) => Vector512.Max(a.AsInt32(), b.AsInt32()).AsSingle();

    public static Vector512<float> KeyMin(Vector512<float> a, Vector512<float> b) => Vector512.Min(a.AsInt32(), b.AsInt32()).AsSingle();

    public static Vector512<float> KeyAbove(Vector512<float> a, Vector512<float> b) => Vector512.GreaterThan(a.AsInt32(), b.AsInt32()).AsSingle();

    public static Vector512<float> KeySame(Vector512<float> a, Vector512<float> b) => Vector512.Equals(a.AsInt32(), b.AsInt32()).AsSingle();

    public static Vector512<float> And(Vector512<float> a, Vector512<float> b) => a & b;

    public static Vector512<float> Or(Vector512<float> a, Vector512<float> b) => a | b;

    public static Vector512<float> Select(Vector512<float> mask, Vector512<float> a, Vector512<float> b) => Vector512.ConditionalSelect(mask, a, b);

    public static float Sum(Vector512<float> v) => Vector512.Sum(v);
}
