namespace StepNet.Training;

/// <summary>What a model took from a file of weights.</summary>
/// <param name="Copied">Parameters and running statistics taken.</param>
/// <param name="NewHead">Path of the head where it starts anew; null where it was taken too.</param>
/// <param name="FileClasses">Classes of the file's head where that was not taken; null where it was, or where the file has none.</param>
/// <param name="NewCoefficients">Learned step factors and skip weights that the file does not have, by their paths.</param>
public sealed record WeightTransfer(int Copied, string? NewHead, int? FileClasses, IReadOnlyList<string> NewCoefficients);
