using System.CommandLine;
using StepNet.Tests;

namespace StepNet.Benchmarks;

/// <summary>What all commands of the tables share.</summary>
/// <param name="Rounds">Rounds, at least 1.</param>
/// <param name="Seconds">Timed seconds of a process.</param>
/// <param name="Folder">Where rows and tables go; null for nowhere.</param>
/// <param name="Machine">What the results must name; taken once, before anything is written.</param>
/// <param name="Command">What was typed.</param>
internal sealed record RunSettings(int Rounds, double Seconds, string? Folder, MachineInfo Machine, string Command)
{
    private static readonly Option<int> s_rounds = new("--rounds") { Description = "Rounds, at least 1.", DefaultValueFactory = _ => 5 };

    private static readonly Option<double> s_seconds = new("--seconds")
    {
        Description = "Timed steps of a process start for this long.",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<bool> s_save = new("--save")
    {
        Description = $"Write rows, tables and pictures to benchmarks/results/{Benchmarks.Machine.CpuFolder}.",
    };

    private static readonly Option<string?> s_folder = new("--folder") { Description = "Write them there instead." };

    private static readonly Option<bool> s_second = new("--second")
    {
        Description = "Of table, with --save or --folder: keep the first run, write this one beside it, and compare the two.",
    };

    /// <summary>Adds the options to a command, and what it does with them.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">Returns the number of failures.</param>
    public static Command On(Command command, Func<RunSettings, ParseResult, int> run)
    {
        foreach (Option option in new Option[] { s_rounds, s_seconds, s_save, s_folder, s_second })
        {
            command.Options.Add(option);
        }

        command.SetAction(parsed =>
        {
            RunSettings settings = Read(parsed);
            int failures = run(settings, parsed);
            if (FolderOf(parsed) is string folder)
            {
                Console.WriteLine($"Written to {Path.GetRelativePath(Environment.CurrentDirectory, Report.Write(folder))}");
            }

            return failures == 0 ? 0 : 1;
        });
        return command;
    }

    /// <summary>Keeps a runner's rows where results are saved, and prints what they say.</summary>
    /// <returns>Failed measurements.</returns>
    public int Finish(Runner runner, string file, Func<ResultFile<Row>, string> text)
    {
        ResultFile<Row> result = new(Machine, Command, Rounds, runner.Rows);
        if (FileAt(file) is string path)
        {
            result.Write(path);
        }

        Console.WriteLine(text(result));
        return runner.Failures;
    }

    /// <summary>The file of that name in <see cref="Folder"/>, whose folder is made; null where nothing is saved.</summary>
    public string? FileAt(params string[] names)
    {
        if (Folder is null)
        {
            return null;
        }

        string path = Path.Combine([Folder, .. names]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private static string? FolderOf(ParseResult parsed) =>
        parsed.GetValue(s_folder) ?? (parsed.GetValue(s_save) ? Report.DefaultFolder : null);

    private static RunSettings Read(ParseResult parsed)
    {
        string? folder = FolderOf(parsed) is string first && parsed.GetValue(s_second) ? Path.Combine(first, Report.SecondFolder) : FolderOf(parsed);
        return new RunSettings(
            Math.Max(1, parsed.GetValue(s_rounds)), parsed.GetValue(s_seconds), folder, Benchmarks.Machine.Describe(Checkout.Root),
            string.Join(' ', parsed.Tokens.Select(token => token.Value)));
    }
}
