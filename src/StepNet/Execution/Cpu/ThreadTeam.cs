namespace StepNet.Execution.Cpu;

/// <summary>Work in numbered units that any thread may do in any order.</summary>
internal interface IParallelWork
{
    /// <summary>Does one unit, as thread number <paramref name="thread"/> of the team.</summary>
    void Do(int unit, int thread);
}

/// <summary>
/// The caller and some workers that share units of work by a counter. Workers spin for a while before they sleep: phases
/// follow each other within microseconds.
/// </summary>
/// <remarks>
/// The caller waits for units that were begun, not for workers: one that the system has put aside holds up nobody. So whoever
/// takes a unit must know at once whether it is one of the present work. Number of the work, its units and the next of them stand
/// in one word, and taking a unit is one addition to it: while an unfinished unit is out, the work cannot change.
/// </remarks>
internal sealed class ThreadTeam
{
    // The word: 16 bits of the work's number, 24 of its units, 24 of the next unit. Workers that find nothing left have added
    // to the last part, once each a work, so it does not flow over.
    private const int UnitBits = 24;
    private const long UnitMask = (1L << UnitBits) - 1;

    // About a millisecond.
    private const int Spins = 8000;

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<int, ThreadTeam> s_teams = [];

    private readonly Lock _busy = new();
    private readonly object _bed = new();
    private IParallelWork? _work;
    private Exception? _failure;
    private long _number;
    private long _next;
    private int _done;
    private int _asleep;

    private ThreadTeam(int size)
    {
        Size = size;
        for (int i = 1; i < size; i++)
        {
            int thread = i;
            new Thread(() => Serve(thread)) { IsBackground = true, Name = $"stepnet {thread}" }.Start();
        }
    }

    /// <summary>Threads, the caller included.</summary>
    public int Size { get; }

    /// <summary>The process's team of that size; its threads live as long as the process.</summary>
    public static ThreadTeam OfSize(int size)
    {
        lock (s_gate)
        {
            if (!s_teams.TryGetValue(size, out ThreadTeam? team))
            {
                s_teams.Add(size, team = new ThreadTeam(size));
            }

            return team;
        }
    }

    /// <summary>Does all units; returns when they are done. A caller that finds the team busy, or is at work in it, does them alone.</summary>
    public void Run(IParallelWork work, int units)
    {
        if (Size == 1 || units < 2 || _busy.IsHeldByCurrentThread || !_busy.TryEnter())
        {
            for (int unit = 0; unit < units; unit++)
            {
                work.Do(unit, 0);
            }

            return;
        }

        try
        {
            (_work, _failure, _done) = (work, null, 0);
            _number = (_number + 1) & 0xffff;
            Interlocked.Exchange(ref _next, (_number << (2 * UnitBits)) | ((long)units << UnitBits));
            if (Volatile.Read(ref _asleep) > 0)
            {
                lock (_bed)
                {
                    Monitor.PulseAll(_bed);
                }
            }

            Work(0);
            SpinWait spin = default;
            while (Volatile.Read(ref _done) < units)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            _work = null;
            if (_failure is not null)
            {
                throw new InvalidOperationException($"A worker thread failed: {_failure.Message}", _failure);
            }
        }
        finally
        {
            _busy.Exit();
        }
    }

    private static long NumberOf(long word) => word >>> (2 * UnitBits);

    /// <summary>Takes units until none is left; the word that said so.</summary>
    private long Work(int thread)
    {
        while (true)
        {
            long word = Interlocked.Increment(ref _next) - 1;
            int unit = (int)(word & UnitMask);
            if (unit >= ((word >> UnitBits) & UnitMask))
            {
                return word;
            }

            try
            {
                _work!.Do(unit, thread);
            }
            catch (Exception e)
            {
                _failure = e;
            }

            Interlocked.Increment(ref _done);
        }
    }

    private void Serve(int thread)
    {
        long seen = 0;
        while (true)
        {
            for (int i = 0; NumberOf(Volatile.Read(ref _next)) == seen && i < Spins; i++)
            {
                // Yielding now and then leaves a shared core to whoever needs it.
                if (i % 200 == 199)
                {
                    Thread.Yield();
                }
                else
                {
                    Thread.SpinWait(5);
                }
            }

            if (NumberOf(Volatile.Read(ref _next)) == seen)
            {
                // Counted before the last look at the number: whoever raises it either sees this sleeper or is seen.
                Interlocked.Increment(ref _asleep);
                lock (_bed)
                {
                    while (NumberOf(Volatile.Read(ref _next)) == seen)
                    {
                        Monitor.Wait(_bed);
                    }
                }

                Interlocked.Decrement(ref _asleep);
            }

            seen = NumberOf(Work(thread));
        }
    }
}
