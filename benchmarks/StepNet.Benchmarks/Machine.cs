using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace StepNet.Benchmarks;

/// <summary>What a published number must name, and what this process has used.</summary>
internal static class Machine
{
    public static string Cpu => Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();

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

    /// <summary>Processes that wanted to run in the last minute; null where the system does not tell.</summary>
    public static double? Load => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : null;

    /// <summary>Commit of the checkout, with a plus where files differ from it.</summary>
    public static string Commit(string root) =>
        (Git(root, "rev-parse", "--short", "HEAD") ?? "unknown") + (Git(root, "status", "--porcelain") is null or "" ? "" : "+");

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
