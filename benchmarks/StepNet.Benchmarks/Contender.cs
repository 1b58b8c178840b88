using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using StepNet.Tests;
using StepNet.Tests.Parity;

namespace StepNet.Benchmarks;

/// <summary>Who is measured, by a process of its own each time.</summary>
/// <param name="Variant">Name in tables and rows.</param>
/// <param name="Program">What to start.</param>
/// <param name="Arguments">Its first arguments; those of the measurement follow.</param>
/// <param name="Environment">Variables to set for it.</param>
internal sealed record Contender(
    string Variant, string Program, string[] Arguments, IReadOnlyDictionary<string, string> Environment)
{
    private static readonly Dictionary<string, string> s_none = [];

    // As benchmarks/pytorch/train_speed.py lists them; it checks them too, before it calls itself tuned.
    private static readonly Dictionary<string, string> s_allocator = new()
    {
        ["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1",
        ["MALLOC_ARENA_MAX"] = "1",
        ["MALLOC_MMAP_THRESHOLD_"] = "4294967296",
        ["MALLOC_TRIM_THRESHOLD_"] = "68719476736",
    };

    /// <summary>This program, started anew.</summary>
    public static Contender Ours
    {
        get
        {
            // The host is this program, or 'dotnet' with this program as its first argument.
            string host = System.Environment.ProcessPath!;
            bool shared = Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
            return new(Row.Ours, host, shared ? [typeof(Contender).Assembly.Location, "measure"] : ["measure"], s_none);
        }
    }

    /// <summary>PyTorch as a user starts it, with the layout made for convolutions, and at its best; none without torch.</summary>
    public static Contender[] PyTorch()
    {
        string script = Path.Combine(Checkout.Root, "benchmarks", "pytorch", "train_speed.py");
        return PythonWithTorch.Path is not string python ? [] :
        [
            new("default", python, [script], s_none),
            new("channels_last", python, [script, "--channels-last"], s_none),
            new("tuned", python, [script, "--channels-last", "--flush-denormal"], s_allocator),
        ];
    }

    /// <summary>One measurement.</summary>
    /// <exception cref="InvalidOperationException">The process failed; the message holds what it said.</exception>
    public Row Measure(string model, string mode, int threads, double seconds)
    {
        ProcessStartInfo start = new(Program,
        [
            .. Arguments, "--model", model, "--mode", mode, "--batch", "128",
            "--threads", threads.ToString(CultureInfo.InvariantCulture), "--seconds", seconds.ToString(CultureInfo.InvariantCulture),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1"; // no files beside the scripts
        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Row? row = process.ExitCode == 0 ? JsonSerializer.Deserialize<Row>(output, Row.Json) : null;
        return row is null
            ? throw new InvalidOperationException($"{Variant} failed with code {process.ExitCode}: {errors.Result.Trim()}")
            : row.Variant == Variant
                ? row
                : throw new InvalidOperationException(
                    $"{Variant} ran as '{row.Variant}': unset GLIBC_TUNABLES and MALLOC_*, or use an allocator that knows them.");
    }
}
