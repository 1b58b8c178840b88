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
    internal Process Start(string arguments, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        ProcessStartInfo start = new("dotnet", [s_command, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)])
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

    /// <summary>Runs to the end.</summary>
    internal (int ExitCode, string Out, string Error) Run(
        string arguments, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        using Process process = Start(arguments, environment);

        // Both at once: a full pipe that nobody reads would stop the process.
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }
}
