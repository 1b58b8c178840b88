namespace StepNet.Nn;

/// <summary>
/// A branch that applies its last norm last. Of others that is known only where an activation stands behind the block's sum: without
/// one the norms may come before the layers, in whatever order they are parts.
/// </summary>
internal interface IEndsInNorm;
