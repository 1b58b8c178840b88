using System.CommandLine;
using System.Globalization;
using StepNet.Tests.Parity;

namespace StepNet.Benchmarks;

/// <summary>The table: every case beside PyTorch in its three settings, beside onnxruntime-node and beside the machine's limits.</summary>
internal static class Table
{
    public static Command Command()
    {
        Option<string?> cases = new("--cases")
        {
            Description = $"Some of {string.Join(", ", Cases.Table.Select(one => one.Name))}, commas between.",
        };
        Option<string> threads = ThreadsOption("1,2");
        Command command = new("table", "StepNet and PyTorch in turns: speed, memory, ratios, targets.") { cases, threads };
        return RunSettings.On(command, (settings, parsed) =>
            Run(settings, Cases.Named(parsed.GetValue(cases)), Threads(parsed.GetRequiredValue(threads))));
    }

    public static Option<string> ThreadsOption(string usual) =>
        new("--threads") { Description = "Separated by commas.", DefaultValueFactory = _ => usual };

    public static int[] Threads(string text) => [.. text.Split(',').Select(Number)];

    /// <returns>Failed measurements.</returns>
    public static int Run(RunSettings settings, IReadOnlyList<Case> cases, int[] threads)
    {
        Contender[] torch = Contender.PyTorch();
        if (torch.Length == 0)
        {
            Console.WriteLine($"{PythonWithTorch.Why} StepNet is measured alone.");
        }

        using OnnxRuntime onnx = new();
        if (onnx.Why is not null && cases.Any(OnnxRuntime.Wanted))
        {
            Console.WriteLine($"{onnx.Why} Its column stays empty.");
        }

        int failures = 0;
        foreach (int count in threads)
        {
            List<ResultFile<Row>> results = [];
            foreach (Case of in cases)
            {
                Runner runner = new([Contender.Ours, .. torch, .. onnx.Contenders], settings.Rounds, settings.Seconds);
                runner.Run(of, count);
                failures += runner.Failures;
                if (runner.Rows.Count > 0)
                {
                    ResultFile<Row> result = Result(settings, of, count, runner);
                    results.Add(result);
                    if (settings.FileAt(Report.TableFolder, $"{of.Name}-{count}.json") is string path)
                    {
                        result.Write(path);
                    }
                }
            }

            Console.WriteLine(TableReport.Text(results, count));
        }

        return failures;
    }

    private static ResultFile<Row> Result(RunSettings settings, Case of, int threads, Runner runner) => new(
        settings.Machine with
        {
            Torch = runner.Rows.FirstOrDefault(row => row.Torch is not null)?.Torch,
            OnnxRuntime = runner.Rows.FirstOrDefault(row => row.Onnx is not null)?.Onnx,
        },
        settings.Command, settings.Rounds, runner.Rows, runner.Limits, Figures.Of(of, threads, runner.Rows, runner.Limits));

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads > 0
            ? threads
            : throw new ArgumentException($"--threads: '{text}' is no number of threads. Give numbers with commas between, such as 1,2.");
}
