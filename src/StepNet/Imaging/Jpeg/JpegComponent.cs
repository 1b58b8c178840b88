namespace StepNet.Imaging.Jpeg;

/// <summary>One colour plane of a frame: brightness or a colour difference, perhaps at a lower resolution.</summary>
/// <param name="id">As scans name it.</param>
/// <param name="h">Horizontal sampling factor, 1 to 4.</param>
/// <param name="v">Vertical sampling factor, 1 to 4.</param>
/// <param name="tableIndex">Of its quantisation table, 0 to 3.</param>
internal sealed class JpegComponent(int id, int h, int v, int tableIndex)
{
    internal const int BlockSize = 64;

    internal int Id { get; } = id;

    internal int H { get; } = h;

    internal int V { get; } = v;

    internal int TableIndex { get; } = tableIndex;

    /// <summary>Samples in a row that belong to the picture.</summary>
    internal int Width { get; private set; }

    /// <summary>Rows that belong to the picture.</summary>
    internal int Height { get; private set; }

    /// <summary>Blocks in a row, filled up to whole minimum coded units.</summary>
    internal int BlocksAcross { get; private set; }

    internal int BlocksDown { get; private set; }

    /// <summary>Samples in a row of <see cref="Samples"/>.</summary>
    internal int Stride => 8 * BlocksAcross;

    /// <summary>The plane, <c>[8 BlocksDown, Stride]</c>.</summary>
    internal byte[] Samples { get; private set; } = [];

    /// <summary>All coefficients, 64 a block in natural order, until a progressive picture is complete; empty for others.</summary>
    internal short[] Coefficients { get; private set; } = [];

    /// <summary>Quantisation table, as it was at the first scan; null before.</summary>
    internal ushort[]? Quantization { get; set; }

    /// <summary>Table of the scan at work.</summary>
    internal JpegHuffmanTable? Dc { get; set; }

    /// <summary>Table of the scan at work.</summary>
    internal JpegHuffmanTable? Ac { get; set; }

    /// <summary>Last DC value of the scan at work.</summary>
    internal int Predicted { get; set; }

    internal void Allocate(JpegFrame frame)
    {
        Width = Ratio(frame.Width * H, frame.MaxH);
        Height = Ratio(frame.Height * V, frame.MaxV);
        BlocksAcross = frame.UnitsAcross * H;
        BlocksDown = frame.UnitsDown * V;
        Samples = new byte[BlockSize * BlocksAcross * BlocksDown];
        Coefficients = frame.Progressive ? new short[BlockSize * BlocksAcross * BlocksDown] : [];
    }

    internal Span<short> Block(int row, int column) => Coefficients.AsSpan(BlockSize * ((row * BlocksAcross) + column), BlockSize);

    /// <summary>Turns the coefficients of a block into samples of the plane.</summary>
    internal void Finish(ReadOnlySpan<short> block, int row, int column) =>
        JpegInverseDct.Run(block, Quantization, Samples.AsSpan((8 * row * Stride) + (8 * column)), Stride);

    /// <summary>Turns all coefficients into samples and lets them go.</summary>
    internal void FinishAll()
    {
        for (int row = 0; row < BlocksDown && Quantization is not null; row++)
        {
            for (int column = 0; column < BlocksAcross; column++)
            {
                Finish(Block(row, column), row, column);
            }
        }

        Coefficients = [];
    }

    private static int Ratio(int size, int parts) => (size + parts - 1) / parts;
}
