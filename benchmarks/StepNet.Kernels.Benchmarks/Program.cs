using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using StepNet.Kernels.Benchmarks;
using StepNet.Tests;

// In this process: a call takes milliseconds and kernels are compiled at full optimisation the first time, so that a process
// for each would change nothing but the minutes. One call an iteration, whose data lie beyond the caches.
Job job = Job.Default
    .WithToolchain(InProcessEmitToolchain.Instance)
    .WithWarmupCount(2)
    .WithIterationCount(10)
    .WithInvocationCount(1)
    .WithUnrollFactor(1);
IConfig config = ManualConfig.CreateEmpty()
    .AddJob(job)
    .AddLogger(ConsoleLogger.Default)
    .AddColumnProvider(DefaultColumnProviders.Params, DefaultColumnProviders.Statistics)
    .AddColumn(new SpeedColumn("GFLOP/s", one => one.Flops), new SpeedColumn("GB/s", one => one.Bytes))
    .AddExporter(MarkdownExporter.GitHub, JsonExporter.Full)
    .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(60))
    .WithArtifactsPath(Path.Combine(Checkout.Root, "artifacts", "kernels"));
BenchmarkRunner.Run<KernelBenchmarks>(config, args);
