namespace StepNet.Experiments.Reports;

/// <summary>A part of a report under a heading.</summary>
/// <param name="Heading">What it is about.</param>
/// <param name="Parts">Texts, tables, figures and downloads, in reading order.</param>
public sealed record Section(string Heading, IReadOnlyList<SectionPart> Parts);
