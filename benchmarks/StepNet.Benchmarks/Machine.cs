using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace StepNet.Benchmarks;

/// <summary>What a published number must name, and what this process has used.</summary>
internal static class Machine
{
    public static string Cpu => Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>Name of the folder for this processor's results: <c>amd-epyc-zen5</c>.</summary>
    public static string CpuFolder
    {
        get
        {
            // On virtual machines the model's name is often no more than the brand; this family is one micro-architecture.
            string core = Field("/proc/cpuinfo", "vendor_id") == "AuthenticAMD" && Field("/proc/cpuinfo", "cpu family") == "26" ? " zen5" : "";
            char[] letters = [.. (Cpu + core).ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')];
            return string.Join('-', new string(letters).Split('-', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <summary>This machine, today, this checkout.</summary>
    public static MachineInfo Describe(string root) => new(
        Cpu, Environment.ProcessorCount, DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Commit(root),
        RuntimeInformation.FrameworkDescription);

    /// <summary>Most memory that this process held at once, in MiB; null where the system does not tell.</summary>
    public static double? PeakRssMib => Field("/proc/self/status", "VmHWM") is string peak
        ? Math.Round(long.Parse(peak.Split(' ')[0], CultureInfo.InvariantCulture) / 1024.0, 1)
        : null;

    /// <summary>Since this process was started, runtime and all.</summary>
    public static double SecondsSinceStart
    {
        get
        {
            using Process self = Process.GetCurrentProcess();
            return (DateTime.Now - self.StartTime).TotalSeconds;
        }
    }

    /// <summary>Processors that are busy at the moment, over a third of a second; null where the system does not tell.</summary>
    public static double? BusyProcessors()
    {
        if (Ticks() is not (long idle, long total))
        {
            return null;
        }

        Thread.Sleep(333);
        (long idleLater, long totalLater) = Ticks()!.Value;
        double share = 1 - ((idleLater - idle) / Math.Max(1.0, totalLater - total));
        return Math.Round(share * Environment.ProcessorCount, 1);

        // The first line of the file is of all processors: user, nice, system, idle, iowait, ... in ticks.
        static (long Idle, long Total)? Ticks()
        {
            string? line = File.Exists("/proc/stat") ? File.ReadLines("/proc/stat").FirstOrDefault() : null;
            long[]? ticks = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
                .Take(8)
                .Select(text => long.Parse(text, CultureInfo.InvariantCulture))
                .ToArray();
            return ticks is null ? null : (ticks[3] + ticks[4], ticks.Sum());
        }
    }

    /// <summary>Commit of the checkout, with a plus where files other than results differ from it.</summary>
    public static string Commit(string root) =>
        (Git(root, "rev-parse", "--short", "HEAD") ?? "unknown")
        + (Git(root, "status", "--porcelain", "--", ".", ":!benchmarks/results") is null or "" ? "" : "+");

    private static string? Git(string root, params string[] arguments)
    {
        try
        {
            using Process git = Process.Start(
                new ProcessStartInfo("git", ["-C", root, .. arguments]) { RedirectStandardOutput = true })!;
            string text = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? text : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no git
        }
    }

    // The value of the first line "key : value" of a /proc file.
    private static string? Field(string path, string key)
    {
        string? line = File.Exists(path)
            ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
