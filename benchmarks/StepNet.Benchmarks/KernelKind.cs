namespace StepNet.Benchmarks;

/// <summary>How a kernel's multiply-adds are counted.</summary>
internal enum KernelKind
{
    /// <summary>Every multiply-add is done.</summary>
    Direct,

    /// <summary>Counted as the direct sum; a quarter of the products are done, or half of a row of three (Winograd).</summary>
    Tiles,

    /// <summary>A pass over memory.</summary>
    Pass,
}
