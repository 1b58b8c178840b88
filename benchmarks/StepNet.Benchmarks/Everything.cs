using System.CommandLine;

namespace StepNet.Benchmarks;

/// <summary>All that is published about a machine, one after another.</summary>
internal static class Everything
{
    public static Command Command()
    {
        Option<string> threads = Table.ThreadsOption("1,2");
        Option<string?> onnx = OnnxRuntime.Option();
        return RunSettings.On(
            new Command("all", "table, growth, simd and roofline, one after another.") { threads, onnx },
            (settings, parsed) => Roofline.Run(settings)
                + SimdPaths.Run(settings, threads: 1)
                + Growth.Run(settings, [1])
                + Table.Run(settings, Cases.Table, Table.Threads(parsed.GetRequiredValue(threads)), parsed.GetValue(onnx)));
    }
}
