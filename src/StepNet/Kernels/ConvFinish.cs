using System.Runtime.CompilerServices;

namespace StepNet.Kernels;

/// <summary>What is done to a convolution's outputs as they are written: <c>act(v + bias[c] + scale[c] shortcut)</c>. The default: nothing.</summary>
internal readonly unsafe struct ConvFinish
{
    /// <summary>A number for each output channel; null where nothing is to be done.</summary>
    public float* Bias { get; init; }

    /// <summary>First pixel of the first item of what is added, of as many channels as the output; null for nothing.</summary>
    public float* Shortcut { get; init; }

    /// <summary>Floats from a row of the shortcut to the next.</summary>
    public int ShortcutRowStep { get; init; }

    /// <summary>Floats from an item of the shortcut to the next.</summary>
    public int ShortcutItemStep { get; init; }

    /// <summary>Factors of the shortcut, for each channel.</summary>
    public float* Scale { get; init; }

    /// <summary>Whether act is ReLU.</summary>
    public bool Relu { get; init; }
}

internal sealed unsafe partial class VectorKernels<TSimd, TVec>
{
    /// <summary>The last thing done to a vector of outputs.</summary>
    private interface IFinish
    {
        /// <param name="v">Outputs of a pixel.</param>
        /// <param name="shortcut">The shortcut's values there.</param>
        TVec Apply(TVec v, float* shortcut);
    }

    private readonly struct NoFinish : IFinish
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec Apply(TVec v, float* shortcut) => v;
    }

    /// <summary>A <see cref="ConvFinish"/> for one vector of channels.</summary>
    private readonly struct Finish : IFinish
    {
        private readonly TVec _bias;
        private readonly TVec _scale;
        private readonly bool _shortcut;
        private readonly bool _relu;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Finish(in ConvFinish finish, int channel)
        {
            _bias = TSimd.Load(finish.Bias + channel);
            _scale = TSimd.Load(finish.Scale + channel);
            _shortcut = finish.Shortcut != null;
            _relu = finish.Relu;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec Apply(TVec v, float* shortcut)
        {
            v = TSimd.Add(v, _bias);
            if (_shortcut)
            {
                v = TSimd.MultiplyAdd(_scale, TSimd.Load(shortcut), v);
            }

            return _relu ? TSimd.Relu(v) : v;
        }
    }
}
