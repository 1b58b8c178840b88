namespace StepNet.Imaging.Jpeg;

/// <summary>Decodes the blocks of one scan, sequential or progressive (T.81, annexes F and G).</summary>
internal readonly struct JpegScan
{
    private readonly JpegFrame _frame;
    private readonly JpegComponent[] _components;
    private readonly int _first;
    private readonly int _last;
    private readonly int _high;
    private readonly int _low;

    /// <param name="frame">The picture.</param>
    /// <param name="components">Those of the scan.</param>
    /// <param name="spectrum">First and last coefficient, then the upper and the lower bit position in one byte.</param>
    internal JpegScan(JpegFrame frame, JpegComponent[] components, scoped ReadOnlySpan<byte> spectrum)
    {
        (_frame, _components) = (frame, components);
        (_first, _last, _high, _low) = frame.Progressive
            ? (spectrum[0], spectrum[1], spectrum[2] >> 4, spectrum[2] & 15)
            : (0, 63, 0, 0);
        bool fits = _first == 0 ? _last == 0 || !frame.Progressive : _last >= _first && components.Length == 1;
        if (_last > 63 || _low > 13 || !fits)
        {
            throw new ImageException($"JPEG: a scan of coefficients {_first} to {_last} of {components.Length} components is none of the standard's");
        }

        foreach (JpegComponent component in components)
        {
            bool dc = _first == 0 && _high == 0, ac = _last > 0;
            if ((dc && component.Dc is null) || (ac && component.Ac is null) || component.Quantization is null)
            {
                throw new ImageException("JPEG: a scan comes before the tables that it needs");
            }

            component.Predicted = 0;
        }
    }

    /// <summary>Reads the scan.</summary>
    /// <param name="bits">At its first byte; afterwards in front of the next marker.</param>
    /// <param name="restartInterval">Units between restart markers; 0 for none.</param>
    internal void Read(ref JpegBits bits, int restartInterval)
    {
        // One component alone comes block by block and leaves out the padding to whole units.
        bool alone = _components.Length == 1;
        int across = alone ? (_components[0].Width + 7) / 8 : _frame.UnitsAcross;
        int down = alone ? (_components[0].Height + 7) / 8 : _frame.UnitsDown;
        int endOfBand = 0, unit = 0;
        Span<short> scratch = stackalloc short[JpegComponent.BlockSize];
        for (int row = 0; row < down; row++)
        {
            for (int column = 0; column < across; column++, unit++)
            {
                if (restartInterval > 0 && unit > 0 && unit % restartInterval == 0)
                {
                    bits.Restart(((unit / restartInterval) - 1) % 8);
                    endOfBand = 0;
                    foreach (JpegComponent component in _components)
                    {
                        component.Predicted = 0;
                    }
                }

                foreach (JpegComponent component in _components)
                {
                    int h = alone ? 1 : component.H, v = alone ? 1 : component.V;
                    for (int block = 0; block < h * v; block++)
                    {
                        Block(ref bits, component, (row * v) + (block / h), (column * h) + (block % h), scratch, ref endOfBand);
                    }
                }
            }
        }
    }

    private void Block(ref JpegBits bits, JpegComponent component, int row, int column, scoped Span<short> scratch, ref int endOfBand)
    {
        if (!_frame.Progressive)
        {
            scratch.Clear();
            Sequential(ref bits, component, scratch);
            component.Finish(scratch, row, column);
            return;
        }

        Span<short> block = component.Block(row, column);
        if (_first > 0)
        {
            if (_high == 0)
            {
                FirstAc(ref bits, component.Ac!, block, ref endOfBand);
            }
            else
            {
                RefineAc(ref bits, component.Ac!, block, ref endOfBand);
            }
        }
        else if (_high == 0)
        {
            block[0] = (short)(Dc(ref bits, component) << _low);
        }
        else if (bits.Take(1) != 0)
        {
            block[0] |= (short)(1 << _low);
        }
    }

    private static int Dc(ref JpegBits bits, JpegComponent component)
    {
        int size = component.Dc!.Read(ref bits);
        if (size > 11)
        {
            throw new ImageException($"JPEG: the image data are damaged near byte {bits.Position}: a mean of {size} bits");
        }

        return component.Predicted += bits.TakeSigned(size);
    }

    private static void Sequential(ref JpegBits bits, JpegComponent component, scoped Span<short> block)
    {
        block[0] = (short)Dc(ref bits, component);
        JpegHuffmanTable table = component.Ac!;
        for (int k = 1; k < JpegComponent.BlockSize; k++)
        {
            int symbol = table.Read(ref bits), zeros = symbol >> 4, size = symbol & 15;
            if (size == 0 && zeros < 15)
            {
                return;
            }

            k = Advance(k, zeros, in bits);
            if (size > 0)
            {
                block[JpegInverseDct.NaturalOrder[k]] = (short)bits.TakeSigned(size);
            }
        }
    }

    // Values of the band for the first time, up to a bit position; runs of blocks without any.
    private void FirstAc(ref JpegBits bits, JpegHuffmanTable table, Span<short> block, ref int endOfBand)
    {
        if (endOfBand > 0)
        {
            endOfBand--;
            return;
        }

        for (int k = _first; k <= _last; k++)
        {
            int symbol = table.Read(ref bits), zeros = symbol >> 4, size = symbol & 15;
            if (size == 0 && zeros < 15)
            {
                endOfBand = (1 << zeros) + bits.Take(zeros) - 1;
                return;
            }

            k = Advance(k, zeros, in bits);
            if (size > 0)
            {
                block[JpegInverseDct.NaturalOrder[k]] = (short)(bits.TakeSigned(size) << _low);
            }
        }
    }

    // One more bit of every value that is not zero yet, and new values of plus or minus one among the zeros.
    private void RefineAc(ref JpegBits bits, JpegHuffmanTable table, Span<short> block, ref int endOfBand)
    {
        int k = _first;
        while (endOfBand == 0 && k <= _last)
        {
            int symbol = table.Read(ref bits), zeros = symbol >> 4, size = symbol & 15;
            if (size == 0 && zeros < 15)
            {
                endOfBand = (1 << zeros) + bits.Take(zeros);
                break;
            }

            int added = size == 0 ? 0 : (bits.Take(1) != 0 ? 1 : -1) << _low;
            for (; k <= _last; k++)
            {
                ref short value = ref block[JpegInverseDct.NaturalOrder[k]];
                if (value != 0)
                {
                    Refine(ref bits, ref value);
                }
                else if (zeros-- == 0)
                {
                    value = (short)added;
                    k++;
                    break;
                }
            }
        }

        if (endOfBand > 0)
        {
            for (; k <= _last; k++)
            {
                ref short value = ref block[JpegInverseDct.NaturalOrder[k]];
                if (value != 0)
                {
                    Refine(ref bits, ref value);
                }
            }

            endOfBand--;
        }
    }

    private void Refine(ref JpegBits bits, ref short value)
    {
        int bit = 1 << _low;
        if (bits.Take(1) != 0 && (value & bit) == 0)
        {
            value += (short)(value > 0 ? bit : -bit);
        }
    }

    private static int Advance(int k, int zeros, in JpegBits bits) => k + zeros < JpegComponent.BlockSize ? k + zeros
        : throw new ImageException($"JPEG: the image data are damaged near byte {bits.Position}: a run leaves its block");
}
