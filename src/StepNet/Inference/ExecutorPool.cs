using System.Collections.Concurrent;
using StepNet.Execution;
using StepNet.Graph;
using StepNet.Nn;

namespace StepNet.Inference;

/// <summary>
/// Executors over one immutable program, each for one caller at a time: the first has all threads, those that are made because
/// it is taken have one. There are never more at work than <c>concurrency</c>, so that memory has a bound; further callers wait.
/// </summary>
internal sealed class ExecutorPool : IDisposable
{
    private readonly SemaphoreSlim _places;
    private readonly CompiledModel _compiled;
    private readonly (Variable Variable, float[] Values)[] _weights;

    // Planned apart: what pays for a batch, such as transformed weights, costs a single item more than it saves.
    private readonly Kept _single;
    private readonly Kept _batch;
    private volatile bool _disposed;

    public ExecutorPool(CompiledModel compiled, int maxBatch, int threads, int concurrency)
    {
        _places = new SemaphoreSlim(concurrency);
        _compiled = compiled;
        _weights = [.. compiled.Program.Variables.Select(variable => (variable, variable.Values.ToArray()))];
        _single = new Kept(Create, 1, threads);
        _batch = maxBatch == 1 ? _single : new Kept(Create, maxBatch, threads);

        // What is wrong with the machine or its environment shows when a model is loaded, not at the first request.
        _single.GiveBack(_single.Take());
    }

    // With the values of the beginning: a model in memory may have been trained further since then.
    private IExecutor Create(int maxBatch, int threads)
    {
        IExecutor executor = _compiled.CreateExecutor(maxBatch, threads);
        foreach ((Variable variable, float[] values) in _weights.Where(one => !one.Values.AsSpan().SequenceEqual(one.Variable.Values)))
        {
            executor.Write(variable, values);
        }

        return executor;
    }

    /// <summary>Waits for a place; each that was waited for is to be given back by <see cref="Leave"/>.</summary>
    public void Enter(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _places.Wait(cancellation);
    }

    /// <summary>As <see cref="Enter"/>, without holding a thread.</summary>
    public Task EnterAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _places.WaitAsync(cancellation);
    }

    /// <summary>Gives a place back.</summary>
    public void Leave() => _places.Release();

    /// <summary>Runs a batch; the caller has a place.</summary>
    /// <param name="n">Items, 1 to the largest batch.</param>
    /// <param name="items"><c>[n, ...]</c>.</param>
    /// <param name="logits">Receives <c>[n, classes]</c>.</param>
    public void Run(int n, ReadOnlySpan<float> items, Span<float> logits)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Kept kept = n == 1 ? _single : _batch;
        IExecutor executor = kept.Take();
        try
        {
            executor.Feed("input", items);
            executor.Run(n);
            executor.Fetch("output", logits);
        }
        finally
        {
            kept.GiveBack(executor);

            // Disposed meanwhile: whoever sees it, here or there, frees what it finds.
            if (_disposed)
            {
                Dispose();
            }
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _single.Free();
        _batch.Free();
    }

    /// <summary>Executors for batches of one size: idle, or lent.</summary>
    private sealed class Kept(Func<int, int, IExecutor> create, int maxBatch, int threads)
    {
        private readonly ConcurrentBag<IExecutor> _narrow = [];
        private IExecutor? _wide;
        private IExecutor? _idleWide;
        private int _wideMade;

        public IExecutor Take()
        {
            if (Interlocked.Exchange(ref _idleWide, null) is IExecutor wide)
            {
                return wide;
            }

            return Interlocked.Exchange(ref _wideMade, 1) == 0 ? MakeWide()
                : _narrow.TryTake(out IExecutor? narrow) ? narrow
                : create(maxBatch, 1);
        }

        private IExecutor MakeWide()
        {
            try
            {
                return _wide = create(maxBatch, threads);
            }
            catch
            {
                // The next caller tries again, as when memory was short.
                Volatile.Write(ref _wideMade, 0);
                throw;
            }
        }

        public void GiveBack(IExecutor executor)
        {
            if (executor == _wide)
            {
                Volatile.Write(ref _idleWide, executor);
            }
            else
            {
                _narrow.Add(executor);
            }
        }

        public void Free()
        {
            Interlocked.Exchange(ref _idleWide, null)?.Dispose();
            while (_narrow.TryTake(out IExecutor? idle))
            {
                idle.Dispose();
            }
        }
    }
}
