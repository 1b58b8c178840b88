using BenchmarkDotNet.Attributes;
using StepNet.Benchmarks;
using StepNet.Execution;

namespace StepNet.Kernels.Benchmarks;

/// <summary>Each main kernel alone, on one thread and one instruction set.</summary>
public class KernelBenchmarks
{
    private static readonly Lazy<IReadOnlyDictionary<string, (double Flops, double Bytes)>> s_known = new(() =>
    {
        using KernelCases cases = Cases();
        return cases.All.ToDictionary(one => one.Name, one => (one.Flops, one.Bytes));
    });

    private KernelCases? _cases;
    private Action _run = () => { };

    /// <summary>Kernel and shape.</summary>
    [ParamsSource(nameof(Kernels))]
    public string Kernel { get; set; } = "";

    /// <summary>The one of <c>STEPNET_SIMD</c>, or the best.</summary>
    [ParamsSource(nameof(Sets))]
    public string Simd { get; set; } = "";

    public static IEnumerable<string> Kernels => s_known.Value.Keys;

    public static IEnumerable<string> Sets => [Selected.Name];

    private static VectorKernels Selected => VectorKernels.Select(Environment.GetEnvironmentVariable(Executors.SimdVariable));

    /// <summary>What a call of a kernel does.</summary>
    internal static (double Flops, double Bytes) WorkOf(string kernel) => s_known.Value[kernel];

    [GlobalSetup]
    public void SetUp()
    {
        _cases = Cases();
        _run = _cases.All.First(one => one.Name == Kernel).Run;
    }

    [GlobalCleanup]
    public void CleanUp() => _cases?.Dispose();

    [Benchmark]
    public void Call() => _run();

    private static KernelCases Cases() => new(Selected);
}
