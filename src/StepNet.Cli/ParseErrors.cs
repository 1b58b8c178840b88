using System.CommandLine;
using System.CommandLine.Parsing;

namespace StepNet.Cli;

/// <summary>Says in one line what is wrong with a command line.</summary>
internal static class ParseErrors
{
    /// <summary>The line, without its place.</summary>
    /// <param name="parsed">With at least one error.</param>
    internal static string Explain(ParseResult parsed)
    {
        // A word that fits nowhere is the cause, whatever else is reported along with it.
        if (parsed.UnmatchedTokens.Count > 0)
        {
            return Unknown(parsed.UnmatchedTokens[0], parsed.CommandResult.Command);
        }

        ParseError error = parsed.Errors[0];
        return error.SymbolResult is OptionResult { Option: Option option } result && option.Arity.MaximumNumberOfValues == 1
            ? result switch
            {
                { IdentifierTokenCount: > 1 } => $"{option.Name} is given {result.IdentifierTokenCount} times; give it once.",
                { Tokens.Count: 0 } => $"{option.Name} needs a value: {option.Name} <{option.HelpName}>.",
                _ => OneLine(error.Message),
            }
            : OneLine(error.Message);
    }

    /// <summary>A message of whatever origin on one line.</summary>
    internal static string OneLine(string text) => text.ReplaceLineEndings(" ");

    /// <summary>What to say of a word that is neither an option nor a command.</summary>
    internal static string Unknown(string word, Command command)
    {
        IEnumerable<string> known = word.StartsWith('-')
            ? command.Options.Select(option => option.Name)
            : command.Subcommands.Select(subcommand => subcommand.Name);
        string kind = word.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        return $"'{word}' is no {kind} of {(command is RootCommand ? "stepnet" : command.Name)}.{Nearest.Hint(word, known)}";
    }
}
