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
internal sealed class ThreadTeam
{
    private const int Spins = 2000;

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<int, ThreadTeam> s_teams = [];

    private readonly Lock _busy = new();
    private readonly object _bed = new();
    private IParallelWork? _work;
    private Exception? _failure;
    private int _units;
    private int _next;
    private int _working;
    private int _asleep;
    private volatile int _generation;

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
            (_work, _units, _failure) = (work, units, null);
            _working = Size - 1;
            Volatile.Write(ref _next, 0);
            Interlocked.Increment(ref _generation);
            if (Volatile.Read(ref _asleep) > 0)
            {
                lock (_bed)
                {
                    Monitor.PulseAll(_bed);
                }
            }

            Work(0);
            SpinWait spin = default;
            while (Volatile.Read(ref _working) > 0)
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

    private void Work(int thread)
    {
        int unit;
        while ((unit = Interlocked.Increment(ref _next) - 1) < _units)
        {
            try
            {
                _work!.Do(unit, thread);
            }
            catch (Exception e)
            {
                _failure = e;
            }
        }
    }

    private void Serve(int thread)
    {
        int seen = 0;
        while (true)
        {
            for (int i = 0; _generation == seen && i < Spins; i++)
            {
                // Yielding now and then leaves a shared core to whoever needs it.
                if (i % 50 == 49)
                {
                    Thread.Yield();
                }
                else
                {
                    Thread.SpinWait(20);
                }
            }

            if (_generation == seen)
            {
                // Counted before the last look at the generation: whoever raises it either sees this sleeper or is seen.
                Interlocked.Increment(ref _asleep);
                lock (_bed)
                {
                    while (_generation == seen)
                    {
                        Monitor.Wait(_bed);
                    }
                }

                Interlocked.Decrement(ref _asleep);
            }

            seen = _generation;
            Work(thread);
            Interlocked.Decrement(ref _working);
        }
    }
}
