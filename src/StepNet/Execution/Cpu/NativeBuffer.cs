using System.Runtime.InteropServices;

namespace StepNet.Execution.Cpu;

/// <summary>
/// Zeroed memory on cache-line borders (a misaligned 64-byte load costs two). Freed with its owner; the finaliser catches
/// those who never dispose.
/// </summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private float* _data;

    public NativeBuffer(long floats)
    {
        Floats = Math.Max(16, floats);
        _data = (float*)NativeMemory.AlignedAlloc((nuint)Floats * sizeof(float), 64);
        NativeMemory.Clear(_data, (nuint)Floats * sizeof(float));
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
        if (_data != null)
        {
            NativeMemory.AlignedFree(_data);
            _data = null;
            GC.RemoveMemoryPressure(Floats * sizeof(float));
        }
    }
}
