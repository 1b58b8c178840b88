using System.CommandLine;
using StepNet.Cli.Commands;
using StepNet.Data;
using StepNet.Export;

namespace StepNet.Cli;

/// <summary>The command <c>stepnet</c>: parses, runs, and turns what goes wrong into one line and an exit code.</summary>
internal static class StepNetCommand
{
    internal static int Run(string[] args)
    {
        RootCommand root = new("Deep residual networks that train without drama: y = act(s * shortcut(x) + h * F(x)).")
        {
            TrainCommand.Create(),
            InspectCommand.Create(),
        };

        try
        {
            ParseResult parsed = root.Parse(args);
            if (parsed.Errors.Count > 0)
            {
                return Fail(ExitCode.Usage, Explain(parsed));
            }

            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (UsageException e)
        {
            return Fail(ExitCode.Usage, e.Message);
        }
        catch (Exception e) when (e is DataException or SafeTensorsException)
        {
            return Fail(ExitCode.Data, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(ExitCode.Internal, $"a file could not be read or written ({e.Message}). Check the disk and the rights.");
        }
        catch (InvalidOperationException e) when (
            e.Message.StartsWith("STEPNET_", StringComparison.Ordinal) || e.Message.StartsWith("SLURM_", StringComparison.Ordinal))
        {
            // An environment variable holds a word that is none of its choices; the message begins with its name.
            return Fail(ExitCode.Usage, e.Message);
        }
        catch (OutOfMemoryException)
        {
            return Fail(ExitCode.Internal, "the memory does not suffice. Choose a smaller --batch or a smaller --model.");
        }
        catch (Exception e)
        {
            // A fault of the program: the trace helps whoever mends it, on request.
            string trace = Environment.GetEnvironmentVariable("STEPNET_TRACE") == "1" ? $"\n{e}" : " STEPNET_TRACE=1 shows where.";
            return Fail(ExitCode.Internal, $"internal error: {e.GetType().Name}: {OneLine(e.Message)}{trace}");
        }
    }

    private static int Fail(int code, string message)
    {
        Console.Error.WriteLine($"stepnet: {message}");
        return code;
    }

    private static string Explain(ParseResult parsed)
    {
        // A word that fits nowhere is the cause, whatever else is reported along with it.
        Command command = parsed.CommandResult.Command;
        string help = command is RootCommand ? "'stepnet --help'" : $"'stepnet {command.Name} --help'";
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string word = parsed.UnmatchedTokens[0];
            IEnumerable<string> known = word.StartsWith('-')
                ? command.Options.Select(option => option.Name)
                : command.Subcommands.Select(subcommand => subcommand.Name);
            string nearest = Nearest.To(word, known) is string found ? $" Did you mean {found}?" : "";
            string kind = word.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
            return $"'{word}' is no {kind} of {(command is RootCommand ? "stepnet" : command.Name)}.{nearest} See {help}.";
        }

        return command is RootCommand && parsed.CommandResult.Tokens.Count == 0 && parsed.Tokens.Count == 0
            ? $"no command given; expected {string.Join(", ", command.Subcommands.Select(c => c.Name))}. See {help}."
            : $"{OneLine(parsed.Errors[0].Message)} See {help}.";
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
