using System.Buffers.Binary;

namespace StepNet.Imaging.Jpeg;

/// <summary>JPEG, baseline and progressive, 8 bits: grey, YCbCr, RGB, CMYK and YCCK, any sampling, restart markers, Exif orientation.</summary>
/// <remarks>ITU-T T.81 and JFIF 1.02. A file that ends before its end marker is refused: half a picture would train on grey.</remarks>
public sealed class JpegDecoder : IImageDecoder
{
    private const int StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA;

    // Each scan visits every block for a few bytes: without a limit a small file could ask for hours.
    private const int MaxScans = 100;

    /// <inheritdoc/>
    public string Format => "JPEG";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head) => head.StartsWith([(byte)0xFF, (byte)StartOfImage]);

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlySpan<byte> file, long maxPixels)
    {
        Session session = new(maxPixels);
        session.Read(file);
        return session.Finish();
    }

    /// <summary>One file: its tables as they come, its frame, its scans.</summary>
    private sealed class Session(long maxPixels)
    {
        private readonly ushort[]?[] _quantization = new ushort[]?[4];
        private readonly JpegHuffmanTable?[] _dc = new JpegHuffmanTable?[4];
        private readonly JpegHuffmanTable?[] _ac = new JpegHuffmanTable?[4];
        private JpegFrame? _frame;
        private int _restartInterval;
        private int _orientation = ExifOrientation.Upright;
        private bool _isJfif;
        private int? _adobeTransform;
        private int _scans;

        internal void Read(ReadOnlySpan<byte> file)
        {
            int position = 2;
            while (true)
            {
                int marker = NextMarker(file, ref position);
                if (marker == EndOfImage)
                {
                    return;
                }

                if (marker is 0x01 or (>= 0xD0 and <= StartOfImage))
                {
                    continue; // markers without a segment
                }

                ReadOnlySpan<byte> segment = Segment(file, ref position, marker);
                if (marker == StartOfScan)
                {
                    JpegBits bits = new(file, position);
                    Scan(segment).Read(ref bits, _restartInterval);
                    position = bits.Position;
                }
                else
                {
                    Note(marker, segment, file.Length);
                }
            }
        }

        internal RgbImage Finish()
        {
            if (_frame is null || _scans == 0)
            {
                throw new ImageException("JPEG: the file has no image data");
            }

            if (_frame.Components.Any(component => component.Quantization is null))
            {
                throw new ImageException("JPEG: a component of the picture has no scan");
            }

            RgbImage image = new(_frame.Width, _frame.Height);
            int count = _frame.Components.Length, stride = _frame.Width + 2;
            foreach (JpegComponent component in _frame.Components)
            {
                if (component.Coefficients.Length > 0)
                {
                    component.FinishAll();
                }
            }

            byte[] planes = new byte[count * stride];
            int[] sums = new int[stride];
            JpegColourSpace space = ColourSpace(_frame.Components);
            for (int y = 0; y < _frame.Height; y++)
            {
                for (int k = 0; k < count; k++)
                {
                    JpegUpsampler.Row(_frame, _frame.Components[k], y, sums, planes.AsSpan(k * stride, stride));
                }

                JpegColours.Row(space, planes, stride, _frame.Width, image.Row(y));
            }

            return ExifOrientation.Apply(image, _orientation);
        }

        private static int NextMarker(ReadOnlySpan<byte> file, ref int position)
        {
            while (position + 1 < file.Length && !(file[position] == 0xFF && file[position + 1] is not (0 or 0xFF)))
            {
                position++;
            }

            position += 2;
            return position <= file.Length ? file[position - 1]
                : throw new ImageException($"JPEG: the file ends after {file.Length} bytes, before its end marker");
        }

        private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> file, ref int position, int marker)
        {
            int length = position + 2 <= file.Length ? BinaryPrimitives.ReadUInt16BigEndian(file[position..]) : int.MaxValue;
            if (length < 2 || length > file.Length - position)
            {
                throw new ImageException($"JPEG: the file ends inside segment {marker:X2} at byte {position}");
            }

            position += length;
            return file[(position - length + 2)..position];
        }

        private void Note(int marker, ReadOnlySpan<byte> segment, int fileBytes)
        {
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2:
                    _frame = _frame is null ? JpegFrame.Read(segment, marker == 0xC2, fileBytes, maxPixels)
                        : throw new ImageException("JPEG: the file has two frames");
                    break;
                case 0xC4:
                    HuffmanTables(segment);
                    break;
                case >= 0xC3 and <= 0xCF and not 0xC8:
                    throw new ImageException($"JPEG: the coding process SOF{marker - 0xC0} (lossless, hierarchical or arithmetic) is not read; save it as baseline or progressive");
                case 0xDB:
                    QuantizationTables(segment);
                    break;
                case 0xDD when segment.Length == 2:
                    _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    break;
                case 0xE0 when segment.StartsWith("JFIF\0"u8):
                    _isJfif = true;
                    break;
                case 0xE1 when _orientation == ExifOrientation.Upright:
                    _orientation = ExifOrientation.Read(segment);
                    break;
                case 0xEE when segment.StartsWith("Adobe"u8) && segment.Length >= 12:
                    _adobeTransform = segment[11];
                    break;
            }
        }

        private void HuffmanTables(ReadOnlySpan<byte> segment)
        {
            while (!segment.IsEmpty)
            {
                int count = 0, kind = segment[0] >> 4, index = segment[0] & 15;
                for (int i = 1; i < Math.Min(17, segment.Length); i++)
                {
                    count += segment[i];
                }

                if (segment.Length < 17 + count || kind > 1 || index > 3 || count > 256)
                {
                    throw new ImageException("JPEG: a Huffman table is cut off or damaged");
                }

                (kind == 0 ? _dc : _ac)[index] = new JpegHuffmanTable(segment.Slice(1, 16), segment.Slice(17, count));
                segment = segment[(17 + count)..];
            }
        }

        private void QuantizationTables(ReadOnlySpan<byte> segment)
        {
            while (!segment.IsEmpty)
            {
                int bytes = segment[0] >> 4 == 0 ? 1 : 2, index = segment[0] & 15;
                if (segment.Length < 1 + (64 * bytes) || index > 3)
                {
                    throw new ImageException("JPEG: a quantisation table is cut off or damaged");
                }

                ushort[] table = new ushort[64];
                for (int k = 0; k < table.Length; k++)
                {
                    table[JpegInverseDct.NaturalOrder[k]] = bytes == 1
                        ? segment[1 + k]
                        : BinaryPrimitives.ReadUInt16BigEndian(segment[(1 + (2 * k))..]);
                }

                _quantization[index] = table;
                segment = segment[(1 + (64 * bytes))..];
            }
        }

        private JpegScan Scan(ReadOnlySpan<byte> segment)
        {
            if (_frame is null || segment.IsEmpty || segment[0] is < 1 or > 4 || segment.Length != 4 + (2 * segment[0]))
            {
                throw new ImageException("JPEG: a scan header is damaged or comes before the frame");
            }

            if (++_scans > MaxScans)
            {
                throw new ImageException($"JPEG: more than {MaxScans} scans");
            }

            JpegComponent[] components = new JpegComponent[segment[0]];
            for (int k = 0; k < components.Length; k++)
            {
                int id = segment[1 + (2 * k)], tables = segment[2 + (2 * k)];
                JpegComponent component = Array.Find(_frame.Components, component => component.Id == id)
                    ?? throw new ImageException($"JPEG: a scan names component {id}, which the frame does not have");
                (component.Dc, component.Ac) = (_dc[(tables >> 4) & 3], _ac[tables & 3]);
                component.Quantization ??= _quantization[component.TableIndex];
                components[k] = component;
            }

            return new JpegScan(_frame, components, segment[^3..]);
        }

        private JpegColourSpace ColourSpace(JpegComponent[] components) => components.Length switch
        {
            1 => JpegColourSpace.Grey,
            4 => _adobeTransform == 2 ? JpegColourSpace.Ycck : JpegColourSpace.Cmyk,
            _ => !_isJfif && (_adobeTransform == 0 || (_adobeTransform is null && components is [{ Id: 'R' }, { Id: 'G' }, { Id: 'B' }]))
                ? JpegColourSpace.Rgb
                : JpegColourSpace.YCbCr,
        };
    }
}
