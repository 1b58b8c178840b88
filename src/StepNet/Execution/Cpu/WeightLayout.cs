using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Execution.Cpu;

/// <summary>
/// How an unbatched value lies in memory. Weights <c>[out, in, kH, kW]</c>, <c>[out, in, k]</c> and <c>[out, in]</c> lie as
/// <c>[out / B][kH kW][in][B]</c>, B = 32 or 16 output channels: the order in which the convolution reads them.
/// Everything else is a row of numbers, padded with zeros.
/// </summary>
internal readonly record struct WeightLayout(Shape Shape)
{
    private bool IsMatrix => Shape.Dims.Length is >= 2 and <= 4;

    public int OutChannels => Layout.Pad(Shape.Dims[0]);

    public int InChannels => Shape.Dims[1];

    public int Taps => Shape.Dims.Length > 2 ? Shape.ItemCount / (Shape.Dims[0] * Shape.Dims[1]) : 1;

    public int BlockChannels => OutChannels % 32 == 0 ? 32 : 16;

    public int BlockStride => Taps * InChannels * BlockChannels;

    /// <summary>Offset of row <paramref name="output"/> of <c>[out, in]</c>; its numbers lie <see cref="BlockChannels"/> apart.</summary>
    public int RowOffset(int output) => (output / BlockChannels * BlockStride) + (output % BlockChannels);

    /// <summary>Floats in memory.</summary>
    public int Floats => IsMatrix ? OutChannels * Taps * InChannels : (Shape.ItemCount + 15) / 16 * 16;

    /// <summary>Logical order to memory.</summary>
    public unsafe void Pack(ReadOnlySpan<float> values, float* packed)
    {
        new Span<float>(packed, Floats).Clear();
        if (!IsMatrix)
        {
            values.CopyTo(new Span<float>(packed, Floats));
            return;
        }

        // In the order of memory: the lanes of a block read as many rows side by side.
        int row = InChannels * Taps;
        for (int first = 0; first < Shape.Dims[0]; first += BlockChannels)
        {
            float* to = packed + RowOffset(first);
            int lanes = Math.Min(BlockChannels, Shape.Dims[0] - first);
            for (int tap = 0; tap < Taps; tap++)
            {
                for (int at = (first * row) + tap; at < (first * row) + row; at += Taps, to += BlockChannels)
                {
                    for (int lane = 0, from = at; lane < lanes; lane++, from += row)
                    {
                        to[lane] = values[from];
                    }
                }
            }
        }
    }

    /// <summary>Memory to logical order.</summary>
    public unsafe void Unpack(float* packed, Span<float> values)
    {
        if (!IsMatrix)
        {
            new ReadOnlySpan<float>(packed, values.Length).CopyTo(values);
            return;
        }

        int row = InChannels * Taps;
        for (int first = 0; first < Shape.Dims[0]; first += BlockChannels)
        {
            float* from = packed + RowOffset(first);
            int lanes = Math.Min(BlockChannels, Shape.Dims[0] - first);
            for (int tap = 0; tap < Taps; tap++)
            {
                for (int at = (first * row) + tap; at < (first * row) + row; at += Taps, from += BlockChannels)
                {
                    for (int lane = 0, to = at; lane < lanes; lane++, to += row)
                    {
                        values[to] = from[lane];
                    }
                }
            }
        }
    }

    /// <summary>Layout of the weights turned for the way back: inputs and outputs change places, and taps run backwards.</summary>
    public WeightLayout Turned => new(Shape.Of([Shape.Dims[1], Shape.Dims[0], .. Shape.Dims.AsSpan()[2..]]));

    /// <summary>Weights in this layout to <see cref="Turned"/>.</summary>
    public unsafe void Turn(float* w, WeightLayout to, float* turned, bool[]? taps = null)
    {
        for (int block = 0; block < to.OutChannels / to.BlockChannels; block++)
        {
            TurnBlock(w, to, turned + ((nint)block * to.BlockStride), block, taps);
        }
    }

    /// <summary>
    /// One block of the turned weights. A block of these outputs by a block of those is at most 4 KB here and there: both stay in the
    /// first cache.
    /// </summary>
    /// <param name="w">Weights.</param>
    /// <param name="to">Layout of the turned weights.</param>
    /// <param name="turned">The block.</param>
    /// <param name="block">Which block of the turned weights.</param>
    /// <param name="taps">Which of their taps are read at all; null for all.</param>
    public unsafe void TurnBlock(float* w, WeightLayout to, float* turned, int block, bool[]? taps = null)
    {
        int outputs = Shape.Dims[0], lanes = BlockChannels, toLanes = to.BlockChannels;
        int firstChannel = block * toLanes, channels = Math.Min(toLanes, InChannels - firstChannel);
        if (channels < toLanes)
        {
            new Span<float>(turned, to.BlockStride).Clear();
        }

        for (int tap = 0; tap < Taps; tap++)
        {
            int toTap = Taps - 1 - tap;
            for (int o = 0; o < outputs && taps?[toTap] != false; o += lanes)
            {
                float* from = w + RowOffset(o) + ((((nint)tap * InChannels) + firstChannel) * lanes);
                // From memory, the next square takes longer to come than this one to turn: 0.7 ms of 12 for 2048 x 4096.
                Transpose.Prefetch(from + BlockStride, channels * lanes);
                Transpose.Copy(from, lanes, turned + ((((nint)toTap * outputs) + o) * toLanes), toLanes, channels, Math.Min(lanes, outputs - o));
            }
        }
    }
}
