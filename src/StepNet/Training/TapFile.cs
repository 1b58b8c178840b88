using System.Globalization;
using System.Text;

namespace StepNet.Training;

/// <summary>
/// Where a run writes what it watches: a CSV file with a column for each series and a row for every so many steps, appended to as
/// the run goes.
/// </summary>
/// <remarks>
/// Rows reach the disk before the checkpoint that counts their steps, and a run that goes on from a checkpoint first cuts off the rows
/// behind it: so none is lost and none is there twice, whenever the process was killed.
/// </remarks>
public sealed class TapFile : IDisposable
{
    private const byte NewLine = (byte)'\n';

    private readonly string _path;
    private FileStream? _stream;
    private byte[] _line = [];

    /// <param name="path">The file, such as <c>run/taps.csv</c>, in a folder that exists; what it holds is replaced unless a run goes on.</param>
    /// <param name="every">Steps from a row to the next, at least 1; the first step has a row.</param>
    /// <param name="kinds">What is watched.</param>
    public TapFile(string path, long every = 1, TapKinds kinds = TapKinds.All)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        (_path, Every, Kinds) = (path, every, kinds);
    }

    /// <summary>Steps from a row to the next.</summary>
    public long Every { get; }

    /// <summary>What is watched.</summary>
    public TapKinds Kinds { get; }

    /// <summary>Opens the file for a run that has done <paramref name="step"/> steps.</summary>
    /// <exception cref="ArgumentException">It holds rows of a run that watched something else.</exception>
    internal void Open(IReadOnlyList<TapSeries> series, long step)
    {
        byte[] header = Encoding.UTF8.GetBytes($"{string.Join(',', series.Select(one => $"{one}").Prepend(TapRows.StepColumn))}\n");
        _line = new byte[32 * (series.Count + 1)];
        _stream = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
        if (step == 0 || _stream.Length < header.Length)
        {
            _stream.SetLength(0);
            _stream.Write(header);
            return;
        }

        byte[] found = new byte[header.Length];
        _stream.ReadExactly(found);
        if (!found.AsSpan().SequenceEqual(header))
        {
            throw new ArgumentException($"'{_path}' has other columns than this run: it watched something else. Start a new run.");
        }

        KeepBefore(step);
    }

    /// <summary>Cuts off the rows of steps from <paramref name="step"/> on, and what a kill left of a row.</summary>
    internal void KeepBefore(long step)
    {
        FileStream stream = _stream!;
        stream.Flush();
        stream.Position = 0;
        using StreamReader reader = new(stream, Encoding.UTF8, false, 1 << 16, leaveOpen: true);
        long kept = 0;
        while (reader.ReadLine() is string line)
        {
            // Every character is ASCII or counted as what it takes in the file.
            long end = kept + Encoding.UTF8.GetByteCount(line) + 1;
            bool isHeader = kept == 0;
            bool isRow = end <= stream.Length && long.TryParse(line.AsSpan(0, Math.Max(line.IndexOf(',', StringComparison.Ordinal), 0)),
                NumberStyles.None, CultureInfo.InvariantCulture, out long at) && at < step;
            if (!isHeader && !isRow)
            {
                break;
            }

            kept = end;
        }

        stream.SetLength(kept);
        stream.Position = kept;
    }

    /// <summary>Appends a row; takes no memory.</summary>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="values">A value for each series.</param>
    internal void Write(long step, ReadOnlySpan<float> values)
    {
        _ = step.TryFormat(_line, out int length, default, CultureInfo.InvariantCulture);
        foreach (float value in values)
        {
            _line[length++] = (byte)',';
            _ = value.TryFormat(_line.AsSpan(length), out int written, default, CultureInfo.InvariantCulture);
            length += written;
        }

        _line[length++] = NewLine;
        _stream!.Write(_line.AsSpan(0, length));
    }

    /// <summary>Has the rows on the disk.</summary>
    internal void Flush() => _stream?.Flush(flushToDisk: true);

    /// <summary>Ends the writing, as each run does at its own end.</summary>
    public void Dispose()
    {
        _stream?.Dispose();
        _stream = null;
    }
}
