namespace StepNet.Inference;

/// <summary>A class and how probable a classifier holds it.</summary>
/// <param name="Index">Index of the class, from 0: the place of its logit.</param>
/// <param name="Name">Name of the class.</param>
/// <param name="Probability">In [0, 1].</param>
public readonly record struct ClassProbability(int Index, string Name, double Probability);
