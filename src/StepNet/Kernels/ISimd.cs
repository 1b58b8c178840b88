namespace StepNet.Kernels;

/// <summary>
/// The few vector operations that the kernels are written in, so that one readable source serves every instruction set:
/// the JIT compiles a kernel anew for each implementation, down to the plain instructions.
/// </summary>
/// <typeparam name="TVec">The machine's vector of floats.</typeparam>
internal unsafe interface ISimd<TVec>
    where TVec : unmanaged
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>Pixels of a convolution tile over two vectors of channels: as many as the registers hold.</summary>
    static abstract int TilePixels { get; }

    static abstract TVec Zero { get; }

    static abstract TVec Load(float* p);

    static abstract void Store(TVec v, float* p);

    static abstract TVec Broadcast(float value);

    /// <summary><c>a b + c</c>, rounded once.</summary>
    static abstract TVec MultiplyAdd(TVec a, TVec b, TVec c);

    static abstract TVec Add(TVec a, TVec b);

    static abstract TVec Subtract(TVec a, TVec b);

    static abstract TVec Multiply(TVec a, TVec b);

    static abstract TVec Divide(TVec a, TVec b);

    static abstract TVec Sqrt(TVec v);

    /// <summary><paramref name="v"/> brought into [-limit, limit]: NaN stays.</summary>
    static abstract TVec Clamp(TVec v, TVec limit);

    /// <summary>0 where <c>v &lt; 0</c>, else v: NaN stays.</summary>
    static abstract TVec Relu(TVec v);

    /// <summary><paramref name="v"/> where <paramref name="gate"/> > 0, else 0.</summary>
    static abstract TVec Where(TVec gate, TVec v);

    /// <summary><paramref name="b"/> where it is larger or NaN, else <paramref name="a"/>: of equals the first, and NaN stays.</summary>
    static abstract TVec Max(TVec a, TVec b);

    /// <summary><paramref name="v"/> where a = b or both are NaN, else 0.</summary>
    static abstract TVec WhereSame(TVec a, TVec b, TVec v);

    /// <summary>0 where a = b or both are NaN, else <paramref name="v"/>.</summary>
    static abstract TVec WhereOther(TVec a, TVec b, TVec v);

    /// <summary>A key for each lane, by whose integers values are in order: -0 and 0 alike, every NaN alike and above any number.</summary>
    static abstract TVec OrderKey(TVec v);

    /// <summary>The larger key.</summary>
    static abstract TVec KeyMax(TVec a, TVec b);

    /// <summary>The smaller key.</summary>
    static abstract TVec KeyMin(TVec a, TVec b);

    /// <summary>A mask of the lanes where key <paramref name="a"/> is larger: all bits set there, none elsewhere.</summary>
    static abstract TVec KeyAbove(TVec a, TVec b);

    /// <summary>A mask of the lanes where keys are equal.</summary>
    static abstract TVec KeySame(TVec a, TVec b);

    /// <summary>Bit by bit.</summary>
    static abstract TVec And(TVec a, TVec b);

    /// <summary>Bit by bit.</summary>
    static abstract TVec Or(TVec a, TVec b);

    /// <summary><paramref name="a"/> where the mask is set, else <paramref name="b"/>.</summary>
    static abstract TVec Select(TVec mask, TVec a, TVec b);

    /// <summary>Sum of the lanes.</summary>
    static abstract float Sum(TVec v);
}
