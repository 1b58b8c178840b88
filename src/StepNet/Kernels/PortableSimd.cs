using System.Runtime.Intrinsics;

namespace StepNet.Kernels;

/// <summary>Any machine with 128-bit vectors: 4 lanes; fused multiply-add where the machine has one (arm64).</summary>
internal readonly unsafe struct PortableSimd : ISimd<Vector128<float>>
{
    public static int Width => 4;

    public static int TilePixels => 4;

    public static Vector128<float> Zero => Vector128<float>.Zero;

    public static Vector128<float> Load(float* p) => Vector128.Load(p);

    public static void Store(Vector128<float> v, float* p) => v.Store(p);

    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(a, b, c);

    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    public static Vector128<float> Divide(Vector128<float> a, Vector128<float> b) => a / b;

    public static Vector128<float> Sqrt(Vector128<float> v) => Vector128.Sqrt(v);

    public static Vector128<float> Clamp(Vector128<float> v, Vector128<float> limit)
    {
        v = Vector128.ConditionalSelect(Vector128.GreaterThan(v, limit), limit, v);
        return Vector128.ConditionalSelect(Vector128.LessThan(v, -limit), -limit, v);
    }

    public static Vector128<float> Relu(Vector128<float> v) =>
        Vector128.AndNot(v, Vector128.LessThan(v, Vector128<float>.Zero));

    public static Vector128<float> Where(Vector128<float> gate, Vector128<float> v) =>
        v & Vector128.GreaterThan(gate, Vector128<float>.Zero);

    public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(b, a) | Vector128.IsNaN(b), b, a);

    public static Vector128<float> WhereSame(Vector128<float> a, Vector128<float> b, Vector128<float> v) => v & Same(a, b);

    public static Vector128<float> WhereOther(Vector128<float> a, Vector128<float> b, Vector128<float> v) => Vector128.AndNot(v, Same(a, b));

    private static Vector128<float> Same(Vector128<float> a, Vector128<float> b) =>
        Vector128.Equals(a, b) | (Vector128.IsNaN(a) & Vector128.IsNaN(b));

    public static Vector128<float> OrderKey(Vector128<float> v)
    {
        // Negative numbers fall with the rest of their bits, so those are turned over; -0 + 0 is 0.
        Vector128<int> bits = (v + Vector128<float>.Zero).AsInt32();
        bits ^= Vector128.ShiftRightLogical(Vector128.ShiftRightArithmetic(bits, 31), 1);
        return Vector128.ConditionalSelect(Vector128.IsNaN(v), Vector128.Create(int.MaxValue).AsSingle(), bits.AsSingle());
    }

    public static Vector128<float> KeyMax(Vector128<float> a, Vector128<float> b) => Vector128.Max(a.AsInt32(), b.AsInt32()).AsSingle();

    public static Vector128<float> KeyMin(Vector128<float> a, Vector128<float> b) => Vector128.Min(a.AsInt32(), b.AsInt32()).AsSingle();

    public static Vector128<float> KeyAbove(Vector128<float> a, Vector128<float> b) => Vector128.GreaterThan(a.AsInt32(), b.AsInt32()).AsSingle();

    public static Vector128<float> KeySame(Vector128<float> a, Vector128<float> b) => Vector128.Equals(a.AsInt32(), b.AsInt32()).AsSingle();

    public static Vector128<float> And(Vector128<float> a, Vector128<float> b) => a & b;

    public static Vector128<float> Or(Vector128<float> a, Vector128<float> b) => a | b;

    public static Vector128<float> Select(Vector128<float> mask, Vector128<float> a, Vector128<float> b) => Vector128.ConditionalSelect(mask, a, b);

    public static float Sum(Vector128<float> v) => Vector128.Sum(v);
}
