using System.CommandLine;
using StepNet.Benchmarks;

RootCommand root = new("StepNet's speed, alone and beside PyTorch. See benchmarks/README.md.")
{
    Everything.Command(),
    Table.Command(),
    Growth.Command(),
    Recomputation.Command(),
    SimdPaths.Command(),
    Roofline.Command(),
    Report.Command(),
    MachineLimits.Command(),
    Measure.Command(),
    TapCost.Command(),
    Convolutions.Command(),
};
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
