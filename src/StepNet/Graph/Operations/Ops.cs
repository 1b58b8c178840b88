namespace StepNet.Graph;

/// <summary>
/// The operations that modules are written in. Each lies in a file of its own with its shape rule, its gradient rule and
/// its readable definition; source file and line of a call are kept with its node.
/// </summary>
public static partial class Ops
{
}
