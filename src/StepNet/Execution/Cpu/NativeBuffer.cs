using System.Runtime.InteropServices;

namespace StepNet.Execution.Cpu;

/// <summary>
/// Zeroed memory on cache-line borders (a misaligned 64-byte load costs two). Freed with its owner; the finaliser catches
/// those who never dispose.
/// </summary>
/// <remarks>
/// The system hands out large blocks as zero pages at first touch: nothing is cleared twice, the threads that compute touch
/// them, and what a small batch never reaches costs nothing. On Linux such blocks ask for pages of 2 MB: of ordinary ones a step of
/// ResNet-20 has 50,000, and each costs a fault at first and translations ever after.
/// <para>
/// A page costs more where the system itself is a guest: its host gives memory at first touch too. The 155 MB of ResNet-20's step
/// then take up to 0.3 s, which <see cref="TouchAhead"/> moves to a processor that has nothing to do yet.
/// </para>
/// </remarks>
internal sealed unsafe partial class NativeBuffer : IDisposable
{
    private const int CacheLine = 64;
    private const int HugePage = 2 * 1024 * 1024;
    private const int AdviseHugePages = 14;

    // Where memory belongs to processors, pages belong to those of the thread that touched them first: no more than the start.
    private const long MostAhead = 256L * 1024 * 1024 / sizeof(float);

    private void* _block;
    private float* _data;
    private Thread? _ahead;
    private volatile bool _freed;

    public NativeBuffer(long floats)
    {
        Floats = Math.Max(16, floats);
        nuint bytes = (nuint)Floats * sizeof(float);
        bool huge = OperatingSystem.IsLinux() && bytes >= 2 * HugePage;
        nuint alignment = (nuint)(huge ? HugePage : CacheLine);
        _block = NativeMemory.AllocZeroed(bytes + alignment);
        _data = (float*)(((nuint)_block + alignment - 1) / alignment * alignment);
        if (huge)
        {
            // Whole pages inside the block alone. A system that has none to give, or does not know the call, goes on without.
            _ = Advise(_data, bytes / HugePage * HugePage, AdviseHugePages);
        }

        GC.AddMemoryPressure(Floats * sizeof(float));
    }

    ~NativeBuffer() => Free();

    public long Floats { get; }

    public float* Data => _data;

    /// <summary>Has a thread of its own touch the pages, while others may already compute in them: for what is used in full.</summary>
    public void TouchAhead()
    {
        if (Environment.ProcessorCount > 1 && Floats * sizeof(float) >= 2 * HugePage)
        {
            _ahead = new Thread(Touch) { IsBackground = true, Name = "stepnet pages" };
            _ahead.Start();
        }
    }

    public void Dispose()
    {
        _freed = true;
        _ahead?.Join();
        Free();
        GC.SuppressFinalize(this);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);

    // A write that changes nothing and that no other thread's write gets lost in; a read would be given the page of zeros.
    private void Touch()
    {
        int page = Environment.SystemPageSize / sizeof(float);
        for (long i = 0; i < Math.Min(Floats, MostAhead) && !_freed; i += page)
        {
            Interlocked.Or(ref *(int*)(_data + i), 0);
        }
    }

    private void Free()
    {
        if (_block != null)
        {
            NativeMemory.Free(_block);
            _block = _data = null;
            GC.RemoveMemoryPressure(Floats * sizeof(float));
        }
    }
}
