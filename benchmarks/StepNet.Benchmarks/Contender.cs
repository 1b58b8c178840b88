using System.Diagnostics;
using System.Text.Json;
using StepNet.Tests;
using StepNet.Tests.Parity;

namespace StepNet.Benchmarks;

/// <summary>Who is measured, by a process of its own each time.</summary>
/// <param name="Variant">Name in tables and rows.</param>
/// <param name="Program">What to start.</param>
/// <param name="Arguments">Its first arguments for a case; those of the measurement follow.</param>
/// <param name="Environment">Variables to set for it.</param>
internal sealed record Contender(
    string Variant, string Program, Func<Case, IEnumerable<string>> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    public static readonly IReadOnlyDictionary<string, string> NoVariables = new Dictionary<string, string>();

    // As benchmarks/pytorch/train_speed.py lists them; it checks them too, before it calls itself tuned.
    private static readonly Dictionary<string, string> s_allocator = new()
    {
        ["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1",
        ["MALLOC_ARENA_MAX"] = "1",
        ["MALLOC_MMAP_THRESHOLD_"] = "4294967296",
        ["MALLOC_TRIM_THRESHOLD_"] = "68719476736",
    };

    /// <summary>Whether it can do a case.</summary>
    public Func<Case, bool> Runs { get; init; } = _ => true;

    /// <summary>This program, started anew.</summary>
    public static Contender Ours { get; } = Self(Row.Ours, NoVariables, "measure");

    /// <summary>The machine's limits, by this program too.</summary>
    public static Contender Limits { get; } = Self("limits", NoVariables, "limits");

    /// <summary>This program, started anew with a command of its own.</summary>
    public static Contender Self(string variant, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        // The host is this program, or 'dotnet' with this program as its first argument.
        string host = System.Environment.ProcessPath!;
        bool shared = Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        return new(variant, host, _ => shared ? [typeof(Contender).Assembly.Location, .. command] : command, environment);
    }

    /// <summary>PyTorch as a user starts it, with the layout made for convolutions, and at its best; none without torch.</summary>
    public static Contender[] PyTorch()
    {
        string script = Path.Combine(Checkout.Root, "benchmarks", "pytorch", "train_speed.py");
        return PythonWithTorch.Path is not string python ? [] :
        [
            new("default", python, _ => [script], NoVariables),
            new("channels_last", python, _ => [script, "--channels-last"], NoVariables) { Runs = HasLayout },
            new("tuned", python, of => HasLayout(of) ? [script, "--channels-last", "--flush-denormal"] : [script, "--flush-denormal"], s_allocator),
        ];

        // A layout of images: texts have no rows and columns to lay in another order.
        static bool HasLayout(Case of) => of.Length is null;
    }

    /// <summary>One measurement.</summary>
    /// <exception cref="InvalidOperationException">The process failed; the message holds what it said.</exception>
    public Row Measure(Case of, int threads, double seconds)
    {
        Row row = JsonSerializer.Deserialize<Row>(Output(of, of.Arguments(threads, seconds)), Row.Json)!;
        return row.Variant == Variant || Variant is not ("default" or "channels_last" or "tuned")
            ? row with { Variant = Variant, Case = of.Name }
            : throw new InvalidOperationException(
                $"{Variant} ran as '{row.Variant}': unset GLIBC_TUNABLES and MALLOC_*, or use an allocator that knows them.");
    }

    /// <summary>Starts the process and waits for what it prints.</summary>
    /// <exception cref="InvalidOperationException">The process failed; the message holds what it said.</exception>
    public string Output(Case of, IEnumerable<string> measurement)
    {
        ProcessStartInfo start = new(Program, [.. Arguments(of), .. measurement])
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
        return process.ExitCode == 0 && output.Length > 0
            ? output
            : throw new InvalidOperationException($"{Variant} failed with code {process.ExitCode}: {errors.Result.Trim()}");
    }
}
