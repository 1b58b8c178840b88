namespace StepNet.Imaging.Jpeg;

/// <summary>Reads the bits of one scan. Stops in front of a marker; whoever reads on gets an error, not zeros.</summary>
internal ref struct JpegBits
{
    private readonly ReadOnlySpan<byte> _file;
    private ulong _bits;
    private int _count;
    private int _padding; // zeros behind the last real bit, so that a look ahead need not ask

    /// <param name="file">The whole file.</param>
    /// <param name="position">First byte of the scan's data.</param>
    internal JpegBits(ReadOnlySpan<byte> file, int position)
    {
        _file = file;
        Position = position;
    }

    /// <summary>Next byte to take; at the end of a scan that of its marker.</summary>
    internal int Position { get; private set; }

    /// <summary>The next bits without taking them; zeros behind the end.</summary>
    /// <param name="count">1 to 16.</param>
    internal int Peek(int count)
    {
        if (_count < count)
        {
            Fill();
        }

        return (int)(_bits >> (_count - count)) & ((1 << count) - 1);
    }

    /// <summary>Takes bits that were looked at.</summary>
    internal void Skip(int count)
    {
        _count -= count;
        if (_count < _padding)
        {
            throw new ImageException($"JPEG: the image data end too early, at byte {Position}");
        }
    }

    /// <summary>Takes an unsigned number of 0 to 16 bits.</summary>
    internal int Take(int count)
    {
        if (count == 0)
        {
            return 0;
        }

        int value = Peek(count);
        Skip(count);
        return value;
    }

    /// <summary>Takes a signed number of 0 to 16 bits: the lower half of its range means negative ones (T.81, figure F.12).</summary>
    internal int TakeSigned(int count)
    {
        int value = Take(count);
        return count > 0 && value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
    }

    /// <summary>Goes over a restart marker to the next byte.</summary>
    /// <param name="expected">0 to 7.</param>
    internal void Restart(int expected)
    {
        (_bits, _count, _padding) = (0, 0, 0);
        while (Position + 1 < _file.Length && !(_file[Position] == 0xFF && _file[Position + 1] is not (0 or 0xFF)))
        {
            Position++;
        }

        if (Position + 1 >= _file.Length || _file[Position + 1] != 0xD0 + expected)
        {
            throw new ImageException($"JPEG: restart marker {expected} is missing at byte {Position}");
        }

        Position += 2;
    }

    private void Fill()
    {
        while (_count <= 48)
        {
            int next = Position < _file.Length ? _file[Position] : 0xFF;
            if (next == 0xFF)
            {
                // FF 00 is a plain FF; FF and anything else is a marker.
                bool plain = Position + 1 < _file.Length && _file[Position + 1] == 0;
                if (!plain)
                {
                    _bits <<= 8;
                    _count += 8;
                    _padding += 8;
                    continue;
                }

                Position++;
            }

            Position++;
            _bits = (_bits << 8) | (uint)next;
            _count += 8;
        }
    }
}
