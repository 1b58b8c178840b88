namespace StepNet.Experiments.Studies;

/// <summary>A setting of a trial as the study's file has it.</summary>
/// <param name="Key">Of <c>stepnet train</c> an option without its dashes.</param>
/// <param name="Value">As text.</param>
/// <param name="Place">File and line, for messages.</param>
public sealed record Setting(string Key, string Value, string Place);
