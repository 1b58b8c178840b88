using System.Reflection;
using System.Runtime.InteropServices;

namespace StepNet.Experiments.Studies;

/// <summary>What a number depends on besides its settings.</summary>
public static class MachineFacts
{
    private static readonly Lazy<string> s_text = new(Describe);
    private static readonly Lazy<string> s_machine = new(Identify);

    /// <summary>Processor, system, runtime and version of this program, in a line.</summary>
    public static string Text => s_text.Value;

    /// <summary>Tells this running system, and what counts processes in it, from any other.</summary>
    internal static string Machine => s_machine.Value;

    private static string Describe()
    {
        string version = typeof(MachineFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        return $"{Processor()}, {Environment.ProcessorCount} processors; {RuntimeInformation.OSDescription.Trim()}; {RuntimeInformation.FrameworkDescription}; StepNet {version}";
    }

    private static string Processor()
    {
        string? line = !File.Exists("/proc/cpuinfo") ? null
            : File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
        return line is null ? $"{RuntimeInformation.ProcessArchitecture}" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    // Two containers may have one name of host; they differ in boot or in the name space of processes.
    private static string Identify()
    {
        string boot = File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";
        string processes = Path.Exists("/proc/self/ns/pid") ? new FileInfo("/proc/self/ns/pid").LinkTarget ?? "" : "";
        return $"{Environment.MachineName} {boot} {processes}".Trim();
    }
}
