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
/// </remarks>
internal sealed unsafe partial class NativeBuffer : IDisposable
{
    private const int CacheLine = 64;
    private const int HugePage = 2 * 1024 * 1024;
    private const int AdviseHugePages = 14;

    private void* _block;
    private float* _data;

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

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);

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
