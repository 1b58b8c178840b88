using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using StepNet.Execution;
using StepNet.Kernels;

namespace StepNet.Benchmarks;

/// <summary>StepNet alone, in this process: the twin of <c>benchmarks/pytorch/train_speed.py</c>.</summary>
internal static class Measure
{
    public static Command Command()
    {
        Option<string> model = new("--model") { Description = "resnet20, resnet110, ...", DefaultValueFactory = _ => "resnet20" };
        Option<string> mode = new("--mode") { Description = "train or infer.", DefaultValueFactory = _ => "train" };
        Option<int> batch = new("--batch") { Description = "Images a step.", DefaultValueFactory = _ => 128 };
        Option<int?> length = new("--length") { Description = "Characters of a text." };
        Option<int> threads = new("--threads") { Description = "Threads.", DefaultValueFactory = _ => 1 };
        Option<double> seconds = new("--seconds") { Description = "Timed steps start for this long.", DefaultValueFactory = _ => 5 };
        Option<int> warmup = new("--warmup") { Description = "Steps before the clock starts.", DefaultValueFactory = _ => 3 };
        Option<bool> profile = new("--profile") { Description = "Instead: milliseconds a step by operation, on one thread." };
        mode.AcceptOnlyFromAmong("train", "infer");
        Command command = new("measure", "StepNet alone on synthetic data: one line of JSON.")
        {
            model, mode, batch, length, threads, seconds, warmup, profile,
        };
        command.SetAction(parsed =>
        {
            JobOptions options = new(
                parsed.GetRequiredValue(model),
                parsed.GetRequiredValue(mode),
                parsed.GetRequiredValue(batch),
                parsed.GetRequiredValue(threads),
                parsed.GetRequiredValue(seconds),
                Math.Max(1, parsed.GetRequiredValue(warmup)),
                parsed.GetValue(length));
            if (parsed.GetValue(profile))
            {
                Profile.Print(options with { Threads = 1 });
            }
            else
            {
                Console.WriteLine(JsonSerializer.Serialize(Run(options), Row.Json));
            }
        });
        return command;
    }

    /// <summary>Seconds of each timed step.</summary>
    public static List<double> Time(Job job, double seconds)
    {
        List<double> times = [];
        long start = Stopwatch.GetTimestamp();
        do
        {
            long before = Stopwatch.GetTimestamp();
            job.Step();
            times.Add(Stopwatch.GetElapsedTime(before).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        return times;
    }

    private static Row Run(JobOptions options)
    {
        using Job job = new(options);
        job.Step();
        double firstStepSeconds = Machine.SecondsSinceStart;
        for (int i = 1; i < options.Warmup; i++)
        {
            job.Step();
        }

        List<double> times = Time(job, options.Seconds);
        Spread spread = Spread.Of(times);
        return new Row
        {
            Model = options.Model,
            Mode = options.Mode,
            Batch = options.Batch,
            Threads = options.Threads,
            Variant = Row.Ours,
            ImagesPerSecond = Math.Round(options.Batch / spread.Median, 1),
            Min = Math.Round(options.Batch / spread.Max, 1),
            Max = Math.Round(options.Batch / spread.Min, 1),
            Steps = times.Count,
            PeakRssMib = Machine.PeakRssMib,
            FirstStepSeconds = Math.Round(firstStepSeconds, 2),
            Loss = job.Loss?.ToString("g6"),
            Simd = VectorKernels.Select(Environment.GetEnvironmentVariable(Executors.SimdVariable)).Name,
            Dotnet = RuntimeInformation.FrameworkDescription,
        };
    }
}
