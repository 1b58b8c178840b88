using System.CommandLine;
using System.CommandLine.Invocation;
using StepNet.Cli.Commands;

namespace StepNet.Cli;

/// <summary>What <c>--help</c> prints: an overview of the commands, or one command with its options in groups.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    // Wide enough for most names; a longer one gets a line of its own.
    private const int NameColumn = 26;

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.InvocationConfiguration.Output, parseResult.CommandResult.Command);
        return ExitCode.Ok;
    }

    internal static void Write(TextWriter writer, Command command)
    {
        writer.WriteLine(command.Description);
        if (command is GroupedCommand grouped)
        {
            writer.WriteLine($"\n{grouped.Details}\n\nUsage: {StepNetCommand.PathOf(command)}{Arguments(command)} [options]");
            foreach (OptionGroup group in grouped.Groups)
            {
                Rows(writer, group.Title, group.Options.Select(o => (o.HelpName is null ? o.Name : $"{o.Name} <{o.HelpName}>", o.Description)));
            }

            writer.WriteLine($"\nExamples:\n  {grouped.Examples.ReplaceLineEndings($"{Environment.NewLine}  ")}");
        }
        else
        {
            writer.WriteLine($"\nUsage: {StepNetCommand.PathOf(command)} <command> [options]");
            Rows(writer, "Commands", command.Subcommands.Select(c => (c.Name, c.Description)));
            Rows(writer, "Options", [("--help", "Explains a command: stepnet train --help."), ("--version", "Shows the version.")]);
        }
    }

    private static string Arguments(Command command) => string.Concat(command.Arguments.Select(argument => argument.Arity switch
    {
        { MaximumNumberOfValues: > 1 } => $" <{argument.Name}>...",
        { MinimumNumberOfValues: 0 } => $" [<{argument.Name}>]",
        _ => $" <{argument.Name}>",
    }));

    private static void Rows(TextWriter writer, string title, IEnumerable<(string Name, string? Text)> rows)
    {
        writer.WriteLine($"\n{title}:");
        foreach ((string name, string? text) in rows)
        {
            writer.Write(name.Length < NameColumn ? $"  {name.PadRight(NameColumn)}" : $"  {name}\n{"",NameColumn + 2}");
            writer.WriteLine(string.Join($"\n{"",NameColumn + 2}", Wrap(text ?? "")));
        }
    }

    private static IEnumerable<string> Wrap(string text)
    {
        const int Width = 100 - NameColumn - 2;
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > Width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}
