namespace StepNet.Imaging.Jpeg;

/// <summary>A Huffman table (T.81, annex C): short codes by one look-up, long ones length by length.</summary>
internal sealed class JpegHuffmanTable
{
    private const int FastBits = 9;
    private const int MaxBits = 16;

    private readonly ushort[] _fast = new ushort[1 << FastBits]; // length << 8 | symbol; 0 where the code is longer
    private readonly int[] _end = new int[MaxBits + 1]; // first code of a length that is no longer one of it
    private readonly int[] _offset = new int[MaxBits + 1]; // index of a symbol minus its code
    private readonly byte[] _symbols;

    /// <param name="counts">Number of codes of each length, 1 to 16 bits.</param>
    /// <param name="symbols">In the order of the codes.</param>
    /// <exception cref="ImageException">More codes than a length has.</exception>
    internal JpegHuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _symbols = symbols.ToArray();
        int code = 0, index = 0;
        for (int length = 1; length <= MaxBits; length++)
        {
            _offset[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (length <= FastBits && code < 1 << length)
                {
                    int first = code << (FastBits - length), number = 1 << (FastBits - length);
                    _fast.AsSpan(first, number).Fill((ushort)((length << 8) | _symbols[index]));
                }
            }

            if (code > 1 << length)
            {
                throw new ImageException($"JPEG: a Huffman table has more codes of {length} bits than there are");
            }

            _end[length] = code;
            code <<= 1;
        }
    }

    /// <summary>Takes one symbol.</summary>
    internal int Read(ref JpegBits bits)
    {
        int entry = _fast[bits.Peek(FastBits)];
        if (entry != 0)
        {
            bits.Skip(entry >> 8);
            return (byte)entry;
        }

        int next = bits.Peek(MaxBits);
        for (int length = FastBits + 1; length <= MaxBits; length++)
        {
            int code = next >> (MaxBits - length);
            if (code < _end[length])
            {
                bits.Skip(length);
                return _symbols[code + _offset[length]];
            }
        }

        // The end of the data looks like this too, and then that is what is wrong.
        bits.Skip(MaxBits);
        throw new ImageException($"JPEG: the image data are damaged near byte {bits.Position}: no Huffman code begins with {next:b16}");
    }
}
