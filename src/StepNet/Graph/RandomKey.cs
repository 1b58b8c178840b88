namespace StepNet.Graph;

/// <summary>Keys of the random draws of one step; a node adds its own.</summary>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Step">Number of the training step, from 0.</param>
public readonly record struct RandomKey(ulong Seed, long Step);
