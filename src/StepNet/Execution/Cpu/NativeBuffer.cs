using System.Runtime.InteropServices;

namespace StepNet.Execution.Cpu;

/// <summary>
/// Zeroed memory on cache-line borders (a misaligned 64-byte load costs two). Freed with its owner; the finaliser catches
/// those who never dispose.
/// </summary>
/// <remarks>
/// The system hands out large blocks as zero pages at first touch: nothing is cleared twice, the threads that compute touch
/// them, and what a small batch never reaches costs nothing.
/// </remarks>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;

    private void* _block;
    private float* _data;

    public NativeBuffer(long floats)
    {
        Floats = Math.Max(16, floats);
        _block = NativeMemory.AllocZeroed(((nuint)Floats * sizeof(float)) + Alignment);
        _data = (float*)(((nuint)_block + Alignment - 1) / Alignment * Alignment);
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
