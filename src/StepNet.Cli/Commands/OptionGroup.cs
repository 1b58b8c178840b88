using System.CommandLine;

namespace StepNet.Cli.Commands;

/// <summary>Options that stand together in the help.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Options">In the order of the help.</param>
internal sealed record OptionGroup(string Title, params Option[] Options);
