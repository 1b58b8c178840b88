using System.Globalization;

namespace StepNet.Execution;

/// <summary>How many threads a run takes: the one place where that is decided.</summary>
public static class ThreadCount
{
    /// <summary>Environment variable for all runs that ask for no number.</summary>
    public const string Variable = "STEPNET_THREADS";

    /// <summary>What the batch system Slurm gave a task; heeded where <see cref="Variable"/> is not set.</summary>
    public const string SlurmVariable = "SLURM_CPUS_PER_TASK";

    /// <summary>Most threads that can be asked for.</summary>
    public const int Max = 1024;

    /// <summary>The number asked for; else the environment's; else one per processor that this process may use.</summary>
    /// <param name="asked">1 to <see cref="Max"/>, or 0 for none asked.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="asked"/> is none of these.</exception>
    /// <exception cref="EnvironmentVariableException">An environment variable holds no such number.</exception>
    public static int Resolve(int asked = 0) => Resolve(asked, Environment.GetEnvironmentVariable);

    // .NET's own count heeds affinity (taskset -c 0 makes it 1, measured) and a cgroup's limit (cpu.max, as containers and
    // Slurm set it, rounded up); hence neither is read here.
    internal static int Resolve(int asked, Func<string, string?> environment)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(asked);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(asked, Max);
        return asked > 0 ? asked : Read(Variable, environment) ?? Read(SlurmVariable, environment) ?? Environment.ProcessorCount;
    }

    private static int? Read(string variable, Func<string, string?> environment)
    {
        string? text = environment(variable);
        return string.IsNullOrEmpty(text) ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads is >= 1 and <= Max
                ? threads
                : throw new EnvironmentVariableException(
                    variable, text, $"is no number of threads. Give 1 to {Max}, or leave it unset for one per processor.");
    }
}
