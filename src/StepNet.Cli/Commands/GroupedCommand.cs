using System.CommandLine;

namespace StepNet.Cli.Commands;

/// <summary>A command whose help has its options in groups.</summary>
internal sealed class GroupedCommand : Command
{
    /// <param name="name">As typed.</param>
    /// <param name="summary">One line.</param>
    /// <param name="details">What else there is to say before the options.</param>
    /// <param name="examples">Command lines, one a line.</param>
    /// <param name="groups">All options.</param>
    internal GroupedCommand(string name, string summary, string details, string examples, IReadOnlyList<OptionGroup> groups)
        : base(name, summary)
    {
        (Details, Examples, Groups) = (details, examples, groups);
        foreach (Option option in groups.SelectMany(group => group.Options))
        {
            Add(option);
        }
    }

    internal string Details { get; }

    internal string Examples { get; }

    internal IReadOnlyList<OptionGroup> Groups { get; }
}
