using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    // F(4, 3) interpolates at 0, P, -P, Q, -Q and infinity. At 1 and 2, the usual choice, powers up to 8 meet differences of
    // large numbers; 3/4 and 3/2 halve the mean rounding error and quarter the largest. Their powers are exact.
    private const float P = 0.75f, P2 = P * P, P3 = P * P2;
    private const float Q = 1.5f, Q2 = Q * Q, Q3 = Q * Q2;
    private const float AtZero = 1 / (P2 * Q2), AtP = 1 / (2 * P2 * (P2 - Q2)), AtQ = 1 / (2 * Q2 * (Q2 - P2));

    /// <summary>One direction of a transform. Vectors lie across channels, so it is plain arithmetic on whole vectors.</summary>
    private interface ITransform
    {
        static abstract int From { get; }

        static abstract int To { get; }

        static abstract void Apply(float* x, nint step, float* y, nint next);
    }

    /// <summary>The transforms of a kind of tile, one vector of channels at a time.</summary>
    private interface ITile
    {
        /// <summary><c>U = G w G'</c>: weights to points, over as many vectors of scratch as there are points.</summary>
        static abstract void Weights(float* w, nint tap, float* u, nint next, float* half);

        /// <summary><c>dw = G' dU G</c>: sums at points to gradients of weights, vector behind vector.</summary>
        static abstract void WeightGradient(float* du, nint next, float* dw, float* half);

        /// <summary><c>V = B' X B</c>: inputs to points.</summary>
        static abstract void Input(float* x, nint row, nint column, float* v, nint next);

        /// <summary><c>Y = A' M A</c>: points to outputs, finished as they are stored.</summary>
        static abstract void Output<TFinish>(
            float* m, nint next, float* y, nint row, nint column, TFinish finish, float* shortcut, nint shortcutRow)
            where TFinish : struct, IFinish;

        /// <summary><c>M = A Y A'</c>: gradients of outputs to points.</summary>
        static abstract void OutputGradient(float* y, nint row, nint column, float* m, nint next);
    }

    /// <summary>Both directions of a transform, one vector of channels: <c>Y = T X T'</c>.</summary>
    /// <param name="x">First value of <c>X</c>.</param>
    /// <param name="xRow">Floats to the next row of <c>X</c>.</param>
    /// <param name="xColumn">Floats to the next column of <c>X</c>.</param>
    /// <param name="y">First value of <c>Y</c>.</param>
    /// <param name="yRow">Floats to the next row of <c>Y</c>.</param>
    /// <param name="yColumn">Floats to the next column of <c>Y</c>.</param>
    /// <param name="half">36 vectors of scratch.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transform<TTransform>(float* x, nint xRow, nint xColumn, float* y, nint yRow, nint yColumn, float* half)
        where TTransform : struct, ITransform
    {
        for (int j = 0; j < TTransform.From; j++)
        {
            TTransform.Apply(x + (j * xColumn), xRow, half + (j * TSimd.Width), TTransform.From * TSimd.Width);
        }

        for (int i = 0; i < TTransform.To; i++)
        {
            TTransform.Apply(half + (i * TTransform.From * TSimd.Width), TSimd.Width, y + (i * yRow), yColumn);
        }
    }

    private static TVec Multiply(float a, TVec b) => TSimd.Multiply(TSimd.Broadcast(a), b);

    private static TVec MultiplyAdd(float a, TVec b, TVec c) => TSimd.MultiplyAdd(TSimd.Broadcast(a), b, c);

    /// <summary>B', its first three rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FirstPoints(float* x, nint step, out TVec p0, out TVec p1, out TVec p2) =>
        FirstPoints(
            TSimd.Load(x), TSimd.Load(x + step), TSimd.Load(x + (2 * step)), TSimd.Load(x + (3 * step)), TSimd.Load(x + (4 * step)),
            out p0, out p1, out p2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FirstPoints(TVec x0, TVec x1, TVec x2, TVec x3, TVec x4, out TVec p0, out TVec p1, out TVec p2)
    {
        TVec even = MultiplyAdd(-Q2, x2, x4), odd = MultiplyAdd(-Q2, x1, x3);
        p0 = MultiplyAdd(P2 * Q2, x0, MultiplyAdd(-(P2 + Q2), x2, x4));
        p1 = MultiplyAdd(P, odd, even);
        p2 = MultiplyAdd(-P, odd, even);
    }

    /// <summary>B', its last three rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LastPoints(float* x, nint step, out TVec p3, out TVec p4, out TVec p5) =>
        LastPoints(
            TSimd.Load(x + step), TSimd.Load(x + (2 * step)), TSimd.Load(x + (3 * step)), TSimd.Load(x + (4 * step)),
            TSimd.Load(x + (5 * step)), out p3, out p4, out p5);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LastPoints(TVec x1, TVec x2, TVec x3, TVec x4, TVec x5, out TVec p3, out TVec p4, out TVec p5)
    {
        TVec even = MultiplyAdd(-P2, x2, x4), odd = MultiplyAdd(-P2, x1, x3);
        p3 = MultiplyAdd(Q, odd, even);
        p4 = MultiplyAdd(-Q, odd, even);
        p5 = MultiplyAdd(P2 * Q2, x1, MultiplyAdd(-(P2 + Q2), x3, x5));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePoints(TVec x0, TVec x1, TVec x2, TVec x3, TVec x4, TVec x5, float* v, nint step)
    {
        FirstPoints(x0, x1, x2, x3, x4, out TVec p0, out TVec p1, out TVec p2);
        TSimd.Store(p0, v);
        TSimd.Store(p1, v + step);
        TSimd.Store(p2, v + (2 * step));
        LastPoints(x1, x2, x3, x4, x5, out TVec p3, out TVec p4, out TVec p5);
        TSimd.Store(p3, v + (3 * step));
        TSimd.Store(p4, v + (4 * step));
        TSimd.Store(p5, v + (5 * step));
    }

    /// <summary>A'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outputs(float* m, nint step, out TVec y0, out TVec y1, out TVec y2, out TVec y3) =>
        Outputs(
            TSimd.Load(m), TSimd.Load(m + step), TSimd.Load(m + (2 * step)), TSimd.Load(m + (3 * step)), TSimd.Load(m + (4 * step)),
            TSimd.Load(m + (5 * step)), out y0, out y1, out y2, out y3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outputs(
        TVec m0, TVec m1, TVec m2, TVec m3, TVec m4, TVec m5, out TVec y0, out TVec y1, out TVec y2, out TVec y3)
    {
        TVec sum = TSimd.Add(m1, m2), difference = TSimd.Subtract(m1, m2);
        TVec sum2 = TSimd.Add(m3, m4), difference2 = TSimd.Subtract(m3, m4);
        y0 = TSimd.Add(TSimd.Add(m0, sum), sum2);
        y1 = MultiplyAdd(Q, difference2, Multiply(P, difference));
        y2 = MultiplyAdd(Q2, sum2, Multiply(P2, sum));
        y3 = MultiplyAdd(Q3, difference2, MultiplyAdd(P3, difference, m5));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreOutputs<TFinish>(
        TVec m0, TVec m1, TVec m2, TVec m3, TVec m4, TVec m5, float* y, nint step, TFinish finish, float* shortcut)
        where TFinish : struct, IFinish
    {
        Outputs(m0, m1, m2, m3, m4, m5, out TVec y0, out TVec y1, out TVec y2, out TVec y3);
        TSimd.Store(finish.Apply(y0, shortcut), y);
        TSimd.Store(finish.Apply(y1, shortcut + step), y + step);
        TSimd.Store(finish.Apply(y2, shortcut + (2 * step)), y + (2 * step));
        TSimd.Store(finish.Apply(y3, shortcut + (3 * step)), y + (3 * step));
    }

    /// <summary>A.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientPoints(
        float* y, nint step, out TVec p0, out TVec p1, out TVec p2, out TVec p3, out TVec p4, out TVec p5) =>
        GradientPoints(
            TSimd.Load(y), TSimd.Load(y + step), TSimd.Load(y + (2 * step)), TSimd.Load(y + (3 * step)),
            out p0, out p1, out p2, out p3, out p4, out p5);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientPoints(
        TVec y0, TVec y1, TVec y2, TVec y3, out TVec p0, out TVec p1, out TVec p2, out TVec p3, out TVec p4, out TVec p5)
    {
        TVec even = MultiplyAdd(P2, y2, y0), odd = MultiplyAdd(P2, y3, y1);
        TVec even2 = MultiplyAdd(Q2, y2, y0), odd2 = MultiplyAdd(Q2, y3, y1);
        p0 = y0;
        p1 = MultiplyAdd(P, odd, even);
        p2 = MultiplyAdd(-P, odd, even);
        p3 = MultiplyAdd(Q, odd2, even2);
        p4 = MultiplyAdd(-Q, odd2, even2);
        p5 = y3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreGradientPoints(TVec y0, TVec y1, TVec y2, TVec y3, float* m, nint step)
    {
        GradientPoints(y0, y1, y2, y3, out TVec p0, out TVec p1, out TVec p2, out TVec p3, out TVec p4, out TVec p5);
        TSimd.Store(p0, m);
        TSimd.Store(p1, m + step);
        TSimd.Store(p2, m + (2 * step));
        TSimd.Store(p3, m + (3 * step));
        TSimd.Store(p4, m + (4 * step));
        TSimd.Store(p5, m + (5 * step));
    }

    /// <summary>G: three weights to six points.</summary>
    private readonly struct WeightTransform : ITransform
    {
        public static int From => 3;

        public static int To => 6;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply(float* x, nint step, float* y, nint next)
        {
            TVec x0 = TSimd.Load(x), x1 = TSimd.Load(x + step), x2 = TSimd.Load(x + (2 * step));
            TVec even = MultiplyAdd(AtP, x0, Multiply(AtP * P2, x2)), odd = Multiply(AtP * P, x1);
            TVec even2 = MultiplyAdd(AtQ, x0, Multiply(AtQ * Q2, x2)), odd2 = Multiply(AtQ * Q, x1);
            TSimd.Store(Multiply(AtZero, x0), y);
            TSimd.Store(TSimd.Add(even, odd), y + next);
            TSimd.Store(TSimd.Subtract(even, odd), y + (2 * next));
            TSimd.Store(TSimd.Add(even2, odd2), y + (3 * next));
            TSimd.Store(TSimd.Subtract(even2, odd2), y + (4 * next));
            TSimd.Store(x2, y + (5 * next));
        }
    }

    /// <summary>G': six points to three gradients of weights.</summary>
    private readonly struct WeightGradientTransform : ITransform
    {
        public static int From => 6;

        public static int To => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply(float* x, nint step, float* y, nint next)
        {
            TVec x1 = TSimd.Load(x + step), x2 = TSimd.Load(x + (2 * step));
            TVec x3 = TSimd.Load(x + (3 * step)), x4 = TSimd.Load(x + (4 * step));
            TVec sum = TSimd.Add(x1, x2), sum2 = TSimd.Add(x3, x4);
            TVec difference = TSimd.Subtract(x1, x2), difference2 = TSimd.Subtract(x3, x4);
            TSimd.Store(MultiplyAdd(AtZero, TSimd.Load(x), MultiplyAdd(AtQ, sum2, Multiply(AtP, sum))), y);
            TSimd.Store(MultiplyAdd(AtP * P, difference, Multiply(AtQ * Q, difference2)), y + next);
            TSimd.Store(MultiplyAdd(AtP * P2, sum, MultiplyAdd(AtQ * Q2, sum2, TSimd.Load(x + (5 * step)))), y + (2 * next));
        }
    }

    /// <summary>F(4x4, 3x3). What lies between the two directions of the pixels' transforms is written out, so that it stays in registers: 18 or 24 vectors, where AVX-512 has 32.</summary>
    private readonly struct SquareTile : ITile
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Weights(float* w, nint tap, float* u, nint next, float* half) =>
            Transform<WeightTransform>(w, 3 * tap, tap, u, WinogradPlan.TileInputs * next, next, half);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void WeightGradient(float* du, nint next, float* dw, float* half) =>
            Transform<WeightGradientTransform>(du, WinogradPlan.TileInputs * next, next, dw, 3 * TSimd.Width, TSimd.Width, half);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Input(float* x, nint row, nint column, float* v, nint next)
        {
            FirstPoints(x, column, out TVec a0, out TVec b0, out TVec c0);
            FirstPoints(x + row, column, out TVec a1, out TVec b1, out TVec c1);
            FirstPoints(x + (2 * row), column, out TVec a2, out TVec b2, out TVec c2);
            FirstPoints(x + (3 * row), column, out TVec a3, out TVec b3, out TVec c3);
            FirstPoints(x + (4 * row), column, out TVec a4, out TVec b4, out TVec c4);
            FirstPoints(x + (5 * row), column, out TVec a5, out TVec b5, out TVec c5);
            StorePoints(a0, a1, a2, a3, a4, a5, v, 6 * next);
            StorePoints(b0, b1, b2, b3, b4, b5, v + next, 6 * next);
            StorePoints(c0, c1, c2, c3, c4, c5, v + (2 * next), 6 * next);
            LastPoints(x, column, out a0, out b0, out c0);
            LastPoints(x + row, column, out a1, out b1, out c1);
            LastPoints(x + (2 * row), column, out a2, out b2, out c2);
            LastPoints(x + (3 * row), column, out a3, out b3, out c3);
            LastPoints(x + (4 * row), column, out a4, out b4, out c4);
            LastPoints(x + (5 * row), column, out a5, out b5, out c5);
            StorePoints(a0, a1, a2, a3, a4, a5, v + (3 * next), 6 * next);
            StorePoints(b0, b1, b2, b3, b4, b5, v + (4 * next), 6 * next);
            StorePoints(c0, c1, c2, c3, c4, c5, v + (5 * next), 6 * next);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Output<TFinish>(
            float* m, nint next, float* y, nint row, nint column, TFinish finish, float* shortcut, nint shortcutRow)
            where TFinish : struct, IFinish
        {
            Outputs(m, 6 * next, out TVec a0, out TVec b0, out TVec c0, out TVec d0);
            Outputs(m + next, 6 * next, out TVec a1, out TVec b1, out TVec c1, out TVec d1);
            Outputs(m + (2 * next), 6 * next, out TVec a2, out TVec b2, out TVec c2, out TVec d2);
            Outputs(m + (3 * next), 6 * next, out TVec a3, out TVec b3, out TVec c3, out TVec d3);
            Outputs(m + (4 * next), 6 * next, out TVec a4, out TVec b4, out TVec c4, out TVec d4);
            Outputs(m + (5 * next), 6 * next, out TVec a5, out TVec b5, out TVec c5, out TVec d5);
            StoreOutputs(a0, a1, a2, a3, a4, a5, y, column, finish, shortcut);
            StoreOutputs(b0, b1, b2, b3, b4, b5, y + row, column, finish, shortcut + shortcutRow);
            StoreOutputs(c0, c1, c2, c3, c4, c5, y + (2 * row), column, finish, shortcut + (2 * shortcutRow));
            StoreOutputs(d0, d1, d2, d3, d4, d5, y + (3 * row), column, finish, shortcut + (3 * shortcutRow));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void OutputGradient(float* y, nint row, nint column, float* m, nint next)
        {
            GradientPoints(y, column, out TVec a0, out TVec b0, out TVec c0, out TVec d0, out TVec e0, out TVec f0);
            GradientPoints(y + row, column, out TVec a1, out TVec b1, out TVec c1, out TVec d1, out TVec e1, out TVec f1);
            GradientPoints(y + (2 * row), column, out TVec a2, out TVec b2, out TVec c2, out TVec d2, out TVec e2, out TVec f2);
            GradientPoints(y + (3 * row), column, out TVec a3, out TVec b3, out TVec c3, out TVec d3, out TVec e3, out TVec f3);
            StoreGradientPoints(a0, a1, a2, a3, m, 6 * next);
            StoreGradientPoints(b0, b1, b2, b3, m + next, 6 * next);
            StoreGradientPoints(c0, c1, c2, c3, m + (2 * next), 6 * next);
            StoreGradientPoints(d0, d1, d2, d3, m + (3 * next), 6 * next);
            StoreGradientPoints(e0, e1, e2, e3, m + (4 * next), 6 * next);
            StoreGradientPoints(f0, f1, f2, f3, m + (5 * next), 6 * next);
        }
    }

    /// <summary>F(4, 3).</summary>
    private readonly struct RowTile : ITile
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Weights(float* w, nint tap, float* u, nint next, float* half) => WeightTransform.Apply(w, tap, u, next);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void WeightGradient(float* du, nint next, float* dw, float* half) =>
            WeightGradientTransform.Apply(du, next, dw, TSimd.Width);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Input(float* x, nint row, nint column, float* v, nint next) => StorePoints(
            TSimd.Load(x), TSimd.Load(x + column), TSimd.Load(x + (2 * column)), TSimd.Load(x + (3 * column)),
            TSimd.Load(x + (4 * column)), TSimd.Load(x + (5 * column)), v, next);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Output<TFinish>(
            float* m, nint next, float* y, nint row, nint column, TFinish finish, float* shortcut, nint shortcutRow)
            where TFinish : struct, IFinish => StoreOutputs(
            TSimd.Load(m), TSimd.Load(m + next), TSimd.Load(m + (2 * next)), TSimd.Load(m + (3 * next)),
            TSimd.Load(m + (4 * next)), TSimd.Load(m + (5 * next)), y, column, finish, shortcut);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void OutputGradient(float* y, nint row, nint column, float* m, nint next) => StoreGradientPoints(
            TSimd.Load(y), TSimd.Load(y + column), TSimd.Load(y + (2 * column)), TSimd.Load(y + (3 * column)), m, next);
    }
}
