using System.Diagnostics;

namespace StepNet.Tests.Cli;

/// <summary>Runs the command as users do: as a process of its own, in a folder of its own.</summary>
internal sealed class StepNetProcess : IDisposable
{
    private static readonly string s_command = Path.Combine(AppContext.BaseDirectory, "stepnet.dll");

    /// <summary>Working folder of the runs, removed at the end.</summary>
    internal string Folder { get; } = Directory.CreateTempSubdirectory("stepnet-test-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>Starts <c>stepnet</c> with arguments that hold no spaces.</summary>
    internal Process Start(string arguments, params ReadOnlySpan<(string Name, string Value)> environment) =>
        StartIn(null, [], arguments, environment);

    /// <summary>Runs to the end.</summary>
    internal (int ExitCode, string Out, string Error) Run(
        string arguments, params ReadOnlySpan<(string Name, string Value)> environment) => End(Start(arguments, environment));

    /// <summary>Runs to the end inside another program, which gets the command behind words of its own.</summary>
    internal (int ExitCode, string Out, string Error) RunIn(
        string program, string[] words, string arguments, params ReadOnlySpan<(string Name, string Value)> environment) =>
        End(StartIn(program, words, arguments, environment));

    private Process StartIn(
        string? program, string[] words, string arguments, ReadOnlySpan<(string Name, string Value)> environment)
    {
        string[] line = [.. words, "dotnet", s_command, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        ProcessStartInfo start = new(program ?? line[0], program is null ? line[1..] : line)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static (int ExitCode, string Out, string Error) End(Process started)
    {
        using Process process = started;

        // Both at once: a full pipe that nobody reads would stop the process.
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }
}
