namespace StepNet.Nn;

/// <summary>What one use of a residual block made of a batch in prediction.</summary>
/// <param name="Number">Place in the network, from 1; a recurrent cell has one for every step.</param>
/// <param name="Block">The block.</param>
/// <param name="Shortcut">What stands in the sum as the shortcut, <c>[N, ...]</c>: the block's input where its shortcut is the identity.</param>
/// <param name="Increment"><c>F(x)</c>, or the weighted sum of its evaluations, of the same shape; h and s are not in it.</param>
/// <param name="Output">The block's output, of the same shape.</param>
public sealed record BlockOutput(int Number, ResidualBlock Block, NdArray Shortcut, NdArray Increment, NdArray Output);
