using System.Diagnostics;

namespace StepNet.Tests.Cli;

/// <summary>Runs the command as users do: as a process of its own, in a folder of its own.</summary>
internal sealed class StepNetProcess : IDisposable
{
    private static readonly string s_command = Path.Combine(AppContext.BaseDirectory, "stepnet.dll");

    // Many times what any of these runs takes: what is still there hangs.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly List<Child> _started = [];

    /// <summary>Working folder of the runs, removed at the end.</summary>
    internal string Folder { get; } = Directory.CreateTempSubdirectory("stepnet-test-").FullName;

    /// <summary>Ends what was started and still runs.</summary>
    public void Dispose()
    {
        foreach (Child process in _started)
        {
            process.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }

    internal string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>Starts <c>stepnet</c> with arguments that hold no spaces. It ends with the process that is returned, or with this one.</summary>
    internal Process Start(string arguments, params ReadOnlySpan<(string Name, string Value)> environment) =>
        StartIn(null, [], arguments, environment);

    /// <summary>Runs to the end.</summary>
    internal (int ExitCode, string Out, string Error) Run(
        string arguments, params ReadOnlySpan<(string Name, string Value)> environment) => End(Start(arguments, environment));

    /// <summary>Runs to the end inside another program, which gets the command behind words of its own.</summary>
    internal (int ExitCode, string Out, string Error) RunIn(
        string program, string[] words, string arguments, params ReadOnlySpan<(string Name, string Value)> environment) =>
        End(StartIn(program, words, arguments, environment));

    /// <summary>Sends a signal, such as <c>TERM</c>, to a process that is there to get it.</summary>
    internal static void Send(string signal, Process process)
    {
        // The shell's own kill: the program of that name comes with a package that may be absent.
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {process.Id}"]);
        kill.WaitForExit();
        Assert.True(kill.ExitCode == 0, $"kill -{signal} {process.Id}: exit code {kill.ExitCode}");
    }

    private Child StartIn(
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

        Child process = new() { StartInfo = start };
        _ = process.Start();
        _started.Add(process);
        return process;
    }

    private static (int ExitCode, string Out, string Error) End(Process started)
    {
        using Process process = started;

        // Both at once: a full pipe that nobody reads would stop the process.
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_patience) || !Task.WaitAll([output, error], s_patience))
        {
            process.Kill(entireProcessTree: true);
            string said = error.Wait(TimeSpan.FromSeconds(10)) ? error.Result : "nothing that could be read";
            Assert.Fail($"after {s_patience.TotalMinutes} minutes still at it: {string.Join(' ', process.StartInfo.ArgumentList)}\nIt said: {said}");
        }

        return (process.ExitCode, output.Result, error.Result);
    }

    // A test that fails, or forgets, leaves nothing behind that runs on beside the others.
    private sealed class Child : Process
    {
        private bool _isOver;

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_isOver)
            {
                _isOver = true;
                if (!HasExited)
                {
                    Kill(entireProcessTree: true);
                    WaitForExit();
                }
            }

            base.Dispose(disposing);
        }
    }
}
