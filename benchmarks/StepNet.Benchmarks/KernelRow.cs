namespace StepNet.Benchmarks;

/// <summary>A kernel in one round.</summary>
/// <param name="Round">From 1.</param>
/// <param name="Kernel">What it computes.</param>
/// <param name="Shape">On what.</param>
/// <param name="Kind">How its operations are counted.</param>
/// <param name="Flops">Floating-point operations of a call.</param>
/// <param name="Bytes">Bytes of its inputs and outputs.</param>
/// <param name="Milliseconds">Median of the calls.</param>
internal sealed record KernelRow(
    int Round, string Kernel, string Shape, KernelKind Kind, double Flops, double Bytes, double Milliseconds)
{
    /// <summary>10^9 operations a second.</summary>
    public double Gflops => Math.Round(Flops / Milliseconds / 1e6, 2);

    /// <summary>10^9 bytes a second.</summary>
    public double Gbs => Math.Round(Bytes / Milliseconds / 1e6, 2);
}
