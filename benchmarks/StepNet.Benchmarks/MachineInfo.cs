namespace StepNet.Benchmarks;

/// <summary>What a published number must name.</summary>
/// <param name="Cpu">Model of the processor.</param>
/// <param name="Processors">How many this process may use.</param>
/// <param name="Date">Day of the measurement.</param>
/// <param name="Commit">Of the checkout, with a plus where files differ from it.</param>
/// <param name="Dotnet">Version of the runtime.</param>
/// <param name="Torch">Version of PyTorch; null where it was not measured.</param>
/// <param name="OnnxRuntime">Version of onnxruntime-node; null where it was not measured.</param>
internal sealed record MachineInfo(
    string Cpu, int Processors, string Date, string Commit, string Dotnet, string? Torch = null, string? OnnxRuntime = null)
{
    /// <summary>In one line.</summary>
    public override string ToString() =>
        $"{Cpu}, {Processors} processors; {Dotnet}{(Torch is null ? "" : $"; PyTorch {Torch}")}"
        + $"{(OnnxRuntime is null ? "" : $"; onnxruntime-node {OnnxRuntime}")}; {Date}; commit {Commit}";
}
