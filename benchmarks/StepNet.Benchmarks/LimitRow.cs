namespace StepNet.Benchmarks;

/// <summary>The machine's two limits, as <c>limits</c> prints them: medians over short bursts, least and greatest.</summary>
/// <param name="Round">Round of the comparison, from 1; 0 for a measurement alone.</param>
/// <param name="Threads">Threads that worked at once.</param>
/// <param name="Simd">Instruction set.</param>
/// <param name="PeakGflops">Multiply-adds in registers, 10^9 floating-point operations a second.</param>
/// <param name="PeakMin">Slowest burst.</param>
/// <param name="PeakMax">Fastest burst.</param>
/// <param name="CopyGbs">Copying memory, 10^9 bytes read and written a second.</param>
/// <param name="CopyMin">Slowest burst.</param>
/// <param name="CopyMax">Fastest burst.</param>
internal sealed record LimitRow(
    int Round, int Threads, string Simd,
    double PeakGflops, double PeakMin, double PeakMax, double CopyGbs, double CopyMin, double CopyMax);
