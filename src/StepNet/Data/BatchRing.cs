using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace StepNet.Data;

/// <summary>
/// Three recycled batches between one thread that fills them and one reader: the reader holds one, up to two wait for it.
/// </summary>
/// <remarks>Used for one run at a time: <see cref="Start"/>, <see cref="Next"/> until null or enough, <see cref="Stop"/>.</remarks>
internal sealed class BatchRing(int batchSize, int itemCount, int mixedClasses, int datasetCount)
{
    private readonly Batch[] _slots =
        [.. Enumerable.Range(0, 3).Select(_ => new Batch(batchSize, itemCount, mixedClasses))];

    // The monitor guards the fields below; a batch itself is touched outside of it, by whoever owns its slot: the thread
    // owns slot _filled, the reader slot _taken - 1. Always _released <= _taken <= _filled <= _released + 3.
    private readonly object _gate = new();
    private int _filled;
    private int _taken;
    private int _released;
    private bool _stop;
    private bool _ended;
    private ExceptionDispatchInfo? _error;
    private Thread? _thread;

    /// <summary>Room for the order of the items in the running epoch.</summary>
    internal int[] Order { get; } = new int[datasetCount];

    /// <summary>Starts the thread: <paramref name="prepare"/> once, then <paramref name="fill"/> for 0 to count - 1.</summary>
    internal void Start(int count, Action prepare, Action<int, Batch> fill)
    {
        Debug.Assert(_thread is null, "A ring serves one run at a time.");
        (_filled, _taken, _released, _stop, _ended, _error) = (0, 0, 0, false, false, null);
        _thread = new Thread(() => Produce(count, prepare, fill)) { IsBackground = true, Name = "StepNet loader" };
        _thread.Start();
    }

    /// <summary>Takes back the batch handed out before, waits for the next and hands it out; null behind the last.</summary>
    internal Batch? Next()
    {
        lock (_gate)
        {
            _released = _taken;
            Monitor.PulseAll(_gate);
            while (_filled == _taken && !_ended)
            {
                Monitor.Wait(_gate);
            }

            if (_filled > _taken)
            {
                return _slots[_taken++ % _slots.Length];
            }
        }

        _error?.Throw();
        return null;
    }

    /// <summary>Ends the thread, at the latest when the batch at work is filled, and waits for that.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
        _thread = null;
    }

    private void Produce(int count, Action prepare, Action<int, Batch> fill)
    {
        try
        {
            prepare();
            for (int k = 0; k < count && SlotIsFree(k); k++)
            {
                fill(k, _slots[k % _slots.Length]);
                lock (_gate)
                {
                    _filled = k + 1;
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception e)
        {
            // Whatever it is belongs to the reader: on this thread it would end the process.
            _error = ExceptionDispatchInfo.Capture(e);
        }

        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    private bool SlotIsFree(int k)
    {
        lock (_gate)
        {
            while (k - _released >= _slots.Length && !_stop)
            {
                Monitor.Wait(_gate);
            }

            return !_stop;
        }
    }
}
