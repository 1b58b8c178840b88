using StepNet.Nn;

namespace StepNet.Models;

/// <summary>Makes a branch F for one residual block of a network.</summary>
/// <param name="inChannels">Channels that the block reads.</param>
/// <param name="outChannels">Channels that the branch has to give.</param>
/// <param name="stride">How much smaller the branch has to make height and width: 1 or 2; 1 in texts and points.</param>
public delegate Module BranchFactory(int inChannels, int outChannels, int stride);
