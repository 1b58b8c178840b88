namespace StepNet.Benchmarks;

/// <summary>A kernel alone, with data for it. One call works through all of its items, more than the caches hold.</summary>
/// <param name="Kernel">What it computes.</param>
/// <param name="Shape">On what: channels x map, or values.</param>
/// <param name="Kind">How its operations are counted.</param>
/// <param name="Flops">Floating-point operations of a call; of tiles, those of the direct sum.</param>
/// <param name="Bytes">Bytes that a call must read and write, counted from the shapes: every input and output once.</param>
/// <param name="Run">The call.</param>
internal sealed record KernelCase(string Kernel, string Shape, KernelKind Kind, double Flops, double Bytes, Action Run)
{
    public string Name => $"{Kernel} {Shape}";

    /// <summary>Flops over bytes.</summary>
    public double Intensity => Flops / Bytes;
}
