using System.CommandLine;
using System.CommandLine.Help;
using StepNet.Cli.Commands;
using StepNet.Data;
using StepNet.Execution;
using StepNet.Experiments.Studies;
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
            EvaluateCommand.Create(),
            PredictCommand.Create(),
            ExportCommand.Create(),
            DataCommand.Create(),
            ModelsCommand.Create(),
            EulerCommand.Create(),
            FeaturesCommand.Create(),
            SweepCommand.Create(),
            ReproduceCommand.Create(),
            ReportCommand.Create(),
            CompareCommand.Create(),
        };
        root.Options.OfType<HelpOption>().Single().Action = new HelpPage();

        try
        {
            if (args.Length == 0)
            {
                HelpPage.Write(Console.Out, root);
                return ExitCode.Ok;
            }

            ParseResult parsed = root.Parse(args, Literally);
            if (parsed.Errors.Count > 0 && parsed.Action is not HelpPage)
            {
                return Fail(ExitCode.Usage, $"{ParseErrors.Explain(parsed)} See '{PathOf(parsed.CommandResult.Command)} --help'.");
            }

            // Signals are the commands' own: two seconds, which the parser would grant, do not save a large network.
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e) when (e is UsageException or StudyException or EnvironmentVariableException)
        {
            return Fail(ExitCode.Usage, e.Message);
        }
        catch (Exception e) when (e is DataException or SafeTensorsException or NpyException)
        {
            return Fail(ExitCode.Data, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(ExitCode.Internal, $"a file could not be read or written ({e.Message}). Check the disk and the rights.");
        }
        catch (Exception e) when (e is OutOfMemoryException or AggregateException { InnerException: OutOfMemoryException })
        {
            return Fail(ExitCode.Internal, "the memory does not suffice. Choose a smaller --batch or a smaller --model.");
        }
        catch (Exception e)
        {
            // A fault of the program: the trace helps whoever mends it, on request.
            string trace = Environment.GetEnvironmentVariable("STEPNET_TRACE") == "1" ? $"\n{e}" : " STEPNET_TRACE=1 shows where.";
            return Fail(ExitCode.Internal, $"internal error: {e.GetType().Name}: {ParseErrors.OneLine(e.Message)}{trace}");
        }
    }

    /// <summary>No response files: an argument that starts with @ is what it says.</summary>
    internal static ParserConfiguration Literally => new() { ResponseFileTokenReplacer = null };

    private static int Fail(int code, string message)
    {
        Progress.Error($"stepnet: {message}");
        return code;
    }

    /// <summary>A command as typed: <c>stepnet data download</c>.</summary>
    internal static string PathOf(Command command) =>
        command is RootCommand ? "stepnet" : $"{PathOf(command.Parents.OfType<Command>().First())} {command.Name}";
}
