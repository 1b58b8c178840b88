using System.ComponentModel;
using System.Diagnostics;

namespace StepNet.Tests.Parity;

/// <summary>The Python to compare with: the first of some that can import torch. Shared with the benchmarks.</summary>
internal static class PythonWithTorch
{
    /// <summary>Environment variable that names the Python to use; then no other is tried.</summary>
    public const string Variable = "STEPNET_PYTHON";

    private static readonly Lazy<(string? Python, string Why)> s_found = new(Search);

    private static readonly Lazy<bool> s_hasTorchvision = new(() => Path is not null && Imports(Path, "torchvision"));

    /// <summary>The Python, or null where none is found.</summary>
    public static string? Path => s_found.Value.Python;

    /// <summary>Where none is found: what was tried, and what to do.</summary>
    public static string Why => s_found.Value.Why;

    /// <summary>Whether the Python has torchvision beside torch.</summary>
    public static bool HasTorchvision => s_hasTorchvision.Value;

    private static (string? Python, string Why) Search()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        string[] candidates = string.IsNullOrEmpty(named) ? ["/usr/bin/python3", "python3"] : [named];
        return Array.Find(candidates, python => Imports(python, "torch")) is string python ? (python, "") : (null,
            $"No Python with torch: 'import torch' fails in {string.Join(" and ", candidates)}. "
            + $"Install PyTorch, or name a Python that has it in {Variable}.");
    }

    private static bool Imports(string python, string module)
    {
        ProcessStartInfo start = new(python, ["-c", $"import {module}"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        try
        {
            using Process process = Process.Start(start)!;
            process.BeginErrorReadLine();
            process.BeginOutputReadLine();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // no such program
        }
    }
}
