using System.Diagnostics;
using System.Globalization;
using StepNet.Execution;
using StepNet.Execution.Cpu;
using StepNet.Graph;

namespace StepNet.Benchmarks;

/// <summary>Where the time of a step goes, by operation and shape.</summary>
internal static class Profile
{
    public static void Print(JobOptions options)
    {
        using Job job = new(options);
        CpuExecutor executor = job.Executor as CpuExecutor ?? throw new InvalidOperationException(
            $"--profile looks into the CPU executor; unset {Executors.Variable}.");
        for (int i = 0; i < options.Warmup; i++)
        {
            job.Step();
        }

        // The least of all steps, operation by operation: what a busy neighbour takes away is not the operation's.
        Dictionary<CpuStep, long> ticks = [], now = [];
        executor.Profile = now;
        int steps = 0;
        double rest = double.MaxValue, millisecondsPerTick = 1e3 / Stopwatch.Frequency;
        long start = Stopwatch.GetTimestamp();
        for (; steps == 0 || Stopwatch.GetElapsedTime(start).TotalSeconds < options.Seconds; steps++)
        {
            now.Clear();
            long before = Stopwatch.GetTimestamp();
            job.Step();
            rest = Math.Min(rest, Stopwatch.GetElapsedTime(before).TotalMilliseconds - (now.Values.Sum() * millisecondsPerTick));
            foreach ((CpuStep step, long taken) in now)
            {
                ticks[step] = Math.Min(ticks.GetValueOrDefault(step, long.MaxValue), taken);
            }
        }

        double total = rest + (ticks.Values.Sum() * millisecondsPerTick);
        Console.WriteLine($"{"operation",-72}{"nodes",6}{"ms/step",9}{"share",9}");
        var groups =
            from pair in ticks
            group pair.Value * millisecondsPerTick by Label(pair.Key.Node) into operation
            orderby operation.Sum() descending
            select operation;
        foreach (var group in groups)
        {
            Line(group.Key, group.Count(), group.Sum());
        }

        // What the executor books to no operation: feeding, weights turned and transformed, clearing and joining partial sums, updates.
        Line("(the rest of the step)", null, rest);
        Line(string.Create(CultureInfo.InvariantCulture, $"sum of the leasts of {steps} steps of {job.Batch} images"), null, total);

        void Line(string name, int? nodes, double milliseconds) => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-72}{nodes,6}{milliseconds,9:f2}{milliseconds / total,9:p1}"));
    }

    private static string Label(Node node)
    {
        string from = node.Inputs.Length > 0 ? $" {node.Inputs[0].Shape}" : "";
        return $"{node.Operation.Name}{from} -> {node.Outputs[0].Shape}";
    }
}
