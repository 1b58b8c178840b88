using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using StepNet.Models;
using StepNet.Tests;
using StepNet.Tests.Parity;

namespace StepNet.Benchmarks;

/// <summary>
/// StepNet beside PyTorch. Every round measures all, one after another, in rotating order, and ratios are taken within a
/// round: a machine whose clock changes over minutes changes both sides of a ratio.
/// </summary>
internal static class VersusPyTorch
{
    public static Command Command()
    {
        Option<string> models = new("--models") { Description = "Separated by commas: resnet20, resnet56, resnet110.", DefaultValueFactory = _ => "resnet20,resnet110" };
        Option<string> threads = new("--threads") { Description = "Separated by commas.", DefaultValueFactory = _ => "1,2" };
        Option<int> rounds = new("--rounds") { Description = "Rounds, at least 1.", DefaultValueFactory = _ => 5 };
        Option<double> seconds = new("--seconds") { Description = "Timed seconds of a process.", DefaultValueFactory = _ => 5 };
        Option<string> mode = new("--mode") { Description = "train or infer.", DefaultValueFactory = _ => "train" };
        Option<FileInfo?> json = new("--json") { Description = "File for the raw rows, a line of JSON each." };
        mode.AcceptOnlyFromAmong("train", "infer");
        Command command = new("versus-pytorch", "StepNet and PyTorch in turns: images a second, memory, ratios.")
        {
            models, threads, rounds, seconds, mode, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(models).Split(','),
            [.. parsed.GetRequiredValue(threads).Split(',').Select(Threads)],
            Math.Max(1, parsed.GetRequiredValue(rounds)),
            parsed.GetRequiredValue(seconds),
            parsed.GetRequiredValue(mode),
            parsed.GetValue(json)));
        return command;
    }

    private static int Threads(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads > 0
            ? threads
            : throw new ArgumentException($"--threads: '{text}' is no number of threads. Give numbers with commas between, such as 1,2.");

    private static int Run(string[] models, int[] threads, int rounds, double seconds, string mode, FileInfo? json)
    {
        foreach (string model in models)
        {
            _ = ModelCatalog.Options(model); // a misspelt name fails now, not after the first model's minutes
        }

        Contender[] contenders = [Contender.Ours, .. Contender.PyTorch()];
        if (contenders.Length == 1)
        {
            Console.WriteLine($"{PythonWithTorch.Why} StepNet is measured alone.");
        }

        Console.WriteLine(
            $"{Machine.Cpu}, {Environment.ProcessorCount} processors; {RuntimeInformation.FrameworkDescription}; "
            + $"{DateTime.UtcNow:yyyy-MM-dd}; commit {Machine.Commit(Checkout.Root)}");

        int failures = 0;
        List<Row> rows = [];
        foreach (string model in models)
        {
            foreach (int count in threads)
            {
                List<Row> measured = [];
                for (int round = 1; round <= rounds; round++)
                {
                    for (int i = 0; i < contenders.Length; i++)
                    {
                        Contender contender = contenders[(i + round - 1) % contenders.Length];
                        double? busy = Machine.BusyProcessors();
                        try
                        {
                            measured.Add(contender.Measure(model, mode, count, seconds) with { Round = round, BusyBefore = busy });
                        }
                        catch (InvalidOperationException failure)
                        {
                            failures++;
                            Console.Error.WriteLine($"round {round}: {failure.Message}");
                        }
                    }
                }

                rows.AddRange(measured);
                Comparison.Print(measured, [.. contenders.Select(contender => contender.Variant)]);
                if (json is not null)
                {
                    File.WriteAllLines(json.FullName, rows.Select(row => JsonSerializer.Serialize(row, Row.Json)));
                }
            }
        }

        return failures == 0 ? 0 : 1;
    }
}
