using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using StepNet.Execution;

namespace StepNet.Benchmarks;

/// <summary>StepNet alone, in this process: the twin of <c>benchmarks/pytorch/train_speed.py</c>.</summary>
internal static class Measure
{
    public static Command Command()
    {
        Option<string> model = new("--model") { Description = "resnet20, resnet110, ...", DefaultValueFactory = _ => "resnet20" };
        Option<string> mode = new("--mode") { Description = "train or infer.", DefaultValueFactory = _ => "train" };
        Option<int> batch = new("--batch") { Description = "Images a step.", DefaultValueFactory = _ => 128 };
        Option<string> norm = new("--norm") { Description = "batch, group or none.", DefaultValueFactory = _ => "batch" };
        Option<string> optimizer = new("--optimizer") { Description = "sgd with momentum 0.9, or adam.", DefaultValueFactory = _ => "sgd" };
        Option<double> rate = new("--lr") { Description = "Learning rate.", DefaultValueFactory = _ => 0.1 };
        Option<int?> length = new("--length") { Description = "Characters of a text." };
        Option<int> threads = new("--threads") { Description = "Threads.", DefaultValueFactory = _ => 1 };
        Option<double> seconds = new("--seconds") { Description = "Timed steps start for this long.", DefaultValueFactory = _ => 5 };
        Option<int> warmup = new("--warmup") { Description = "Steps before the clock starts.", DefaultValueFactory = _ => 3 };
        Option<string?> simd = new("--simd") { Description = "avx512, avx2, portable, or scalar: the same kernels one lane at a time." };
        Option<bool> recompute = new("--recompute") { Description = "Compute most activations again in place of keeping them." };
        Option<bool> profile = new("--profile") { Description = "Instead: milliseconds a step by operation, on one thread." };
        mode.AcceptOnlyFromAmong("train", "infer");
        optimizer.AcceptOnlyFromAmong("sgd", "adam");
        Command command = new("measure", "StepNet alone on synthetic data: one line of JSON.")
        {
            model, mode, batch, norm, optimizer, rate, length, threads, seconds, warmup, simd, recompute, profile,
        };
        command.SetAction(parsed =>
        {
            JobOptions options = new(
                parsed.GetRequiredValue(model),
                parsed.GetRequiredValue(mode),
                parsed.GetRequiredValue(batch),
                parsed.GetRequiredValue(threads),
                parsed.GetRequiredValue(seconds),
                Math.Max(1, parsed.GetRequiredValue(warmup)))
            {
                Length = parsed.GetValue(length),
                Norm = parsed.GetRequiredValue(norm),
                Optimizer = parsed.GetRequiredValue(optimizer),
                LearningRate = parsed.GetRequiredValue(rate),
                Simd = parsed.GetValue(simd),
                Recompute = parsed.GetValue(recompute),
            };
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
        double? peakRssMib = Machine.PeakRssMib; // before anything is inspected
        return new Row
        {
            Model = options.Model,
            Mode = options.Mode,
            Batch = options.Batch,
            Threads = options.Threads,
            Variant = Row.Ours,
            Norm = options.Norm,
            Optimizer = options.Trains ? options.Optimizer : null,
            Length = options.Length,
            Parameters = job.Parameters,
            StepMultiplyAdds = ProgramInspection.Of(job.Program, options.Batch).StepMultiplyAdds,
            ItemsPerSecond = Math.Round(options.Batch / spread.Median, 2),
            Min = Math.Round(options.Batch / spread.Max, 2),
            Max = Math.Round(options.Batch / spread.Min, 2),
            Steps = times.Count,
            PeakRssMib = peakRssMib,
            FirstStepSeconds = Math.Round(firstStepSeconds, 2),
            Loss = job.Loss?.ToString("g6"),
            Simd = options.Simd ?? Simd.Chosen,
        };
    }
}
