namespace StepNet.Data;

/// <summary>Items of a class.</summary>
/// <param name="Name">The class.</param>
/// <param name="Train">Training items.</param>
/// <param name="Validation">Items set aside to choose by; those that a training holds out are among <paramref name="Train"/>.</param>
/// <param name="Test">Test items.</param>
public sealed record ClassCount(string Name, int Train, int Validation, int Test);
