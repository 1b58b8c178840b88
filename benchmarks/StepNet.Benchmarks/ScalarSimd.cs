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

    public static float Sum(float v) => v;
}
