using System.CommandLine;
using System.CommandLine.Parsing;

namespace StepNet.Cli.Commands;

/// <summary>Settings of a run that goes on: its own, with what may change taken from the command line.</summary>
internal static class ResumedSettings
{
    // These alter no number that a run has given; what is shown and where is not among a run's settings at all.
    private static readonly string[] s_free = ["threads", "recompute", "data-dir", "save-every", "on-divergence"];

    /// <param name="parsed">The command line of now.</param>
    /// <param name="settings">The run's, as <see cref="TrainSettings.Config"/> had them.</param>
    /// <param name="folder">Where the run lies, for messages.</param>
    /// <exception cref="UsageException">An option of now would make it another run.</exception>
    internal static TrainSettings Of(ParseResult parsed, IReadOnlyDictionary<string, string> settings, string folder)
    {
        // A run that was started with it has its number by now.
        bool isAuto = TrainArguments.Given(parsed).Any(result => Name(result.Option) == "step" && result.Tokens is [{ Value: AutoStep.Word }]);
        OptionResult[] given = [.. TrainArguments.Given(parsed).Where(result => !(isAuto && Name(result.Option) is "step" or "step-gain"))];
        HashSet<string> names = [.. given.Select(result => Name(result.Option))];
        string[] words =
        [
            .. settings.Where(setting => !names.Contains(setting.Key) && setting.Key != OwnDataArguments.Digest).SelectMany(setting => new[] { $"--{setting.Key}", setting.Value }),
            .. given.SelectMany(result => result.Tokens.Select(token => token.Value).Prepend(result.Option.Name)),
        ];
        ParseResult merged = parsed.CommandResult.Command.Parse(words, StepNetCommand.Literally);
        if (merged.Errors.Count > 0)
        {
            throw new UsageException($"the run in '{folder}' has settings of another version ({merged.Errors[0].Message}). Start a new run.");
        }

        OptionResult? changed = given.FirstOrDefault(IsChanged);
        TrainSettings resumed;
        try
        {
            resumed = TrainArguments.Read(merged);
        }
        catch (UsageException) when (changed is not null)
        {
            // What contradicts the rest would be another run in any case, and the rest is not what was asked for.
            throw Another(Name(changed.Option), changed.Tokens[^1].Value);
        }

        foreach ((string name, string value) in resumed.Config)
        {
            if (!s_free.Contains(name) && settings.GetValueOrDefault(name) != value)
            {
                throw Another(name, value);
            }
        }

        return resumed;

        bool IsChanged(OptionResult result) => !s_free.Contains(Name(result.Option)) && result.Tokens.Count > 0
            && settings.TryGetValue(Name(result.Option), out string? kept) && kept != result.Tokens[^1].Value;

        UsageException Another(string name, string value) => new(
            $"--{name} {value}: the run in '{folder}' has {settings.GetValueOrDefault(name, "none")}, and would be another run. Leave the option out, or start a new run.");
    }

    private static string Name(Option option) => option.Name.TrimStart('-');
}
