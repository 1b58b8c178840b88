using StepNet.Kernels;

namespace StepNet.Benchmarks;

/// <summary>
/// One lane: the kernels' own source without vectors, so that a path's gain is what its vectors bring and nothing else. Not an
/// instruction set that the library offers.
/// </summary>
internal readonly unsafe struct ScalarSimd : ISimd<float>
{
    public static int Width => 1;

    // As many accumulators as the other paths with 16 registers.
    public static int TilePixels => 4;

    public static float Zero => 0;

    public static float Load(float* p) => *p;

    public static void Store(float v, float* p) => *p = v;

    public static float Broadcast(float value) => value;

    public static float MultiplyAdd(float a, float b, float c) => float.MultiplyAddEstimate(a, b, c);

    public static float Add(float a, float b) => a + b;

    public static float Subtract(float a, float b) => a - b;

    public static float Multiply(float a, float b) => a * b;

    public static float Divide(float a, float b) => a / b;

    public static float Sqrt(float v) => MathF.Sqrt(v);

    public static float Clamp(float v, float limit) => v > limit ? limit : v < -limit ? -limit : v;

    public static float Relu(float v) => v < 0 ? 0 : v;

    public static float Where(float gate, float v) => gate > 0 ? v : 0;

    public static float Max(float a, float b) => b > a || float.IsNaN(b) ? b : a;

    public static float WhereSame(float a, float b, float v) => a == b || (float.IsNaN(a) && float.IsNaN(b)) ? v : 0;

    public static float WhereOther(float a, float b, float v) => a == b || (float.IsNaN(a) && float.IsNaN(b)) ? 0 : v;

    public static float OrderKey(float v)
    {
        int bits = Bits(v + 0f);
        return float.IsNaN(v) ? Float(int.MaxValue) : Float(bits ^ (int)((uint)(bits >> 31) >> 1));
    }

    public static float KeyMax(float a, float b) => Bits(a) > Bits(b) ? a : b;

    public static float KeyMin(float a, float b) => Bits(a) > Bits(b) ? b : a;

    public static float KeyAbove(float a, float b) => Float(Bits(a) > Bits(b) ? -1 : 0);

    public static float KeySame(float a, float b) => Float(Bits(a) == Bits(b) ? -1 : 0);

    public static float And(float a, float b) => Float(Bits(a) & Bits(b));

    public static float Or(float a, float b) => Float(Bits(a) | Bits(b));

    public static float Select(float mask, float a, float b) => Bits(mask) != 0 ? a : b;

    private static int Bits(float v) => BitConverter.SingleToInt32Bits(v);

    private static float Float(int bits) => BitConverter.Int32BitsToSingle(bits);

    public static float Sum(float v) => v;
}
