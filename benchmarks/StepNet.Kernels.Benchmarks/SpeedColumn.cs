using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace StepNet.Kernels.Benchmarks;

/// <summary>Work of a call over its mean time.</summary>
/// <param name="unit">Such as <c>GFLOP/s</c>; the column's name.</param>
/// <param name="work">Which of a kernel's counts, flops or bytes.</param>
internal sealed class SpeedColumn(string unit, Func<(double Flops, double Bytes), double> work) : IColumn
{
    public string Id => nameof(SpeedColumn) + unit;

    public string ColumnName => unit;

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "counted from the shapes; tiles as the direct sum";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, SummaryStyle.Default);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        string kernel = (string)benchmarkCase.Parameters[nameof(KernelBenchmarks.Kernel)];
        return summary[benchmarkCase]?.ResultStatistics?.Mean is double nanoseconds
            ? (work(KernelBenchmarks.WorkOf(kernel)) / nanoseconds).ToString("f1", CultureInfo.InvariantCulture)
            : "-";
    }

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
