namespace StepNet.Models;

/// <summary>Shortcut of a block whose width and stride change.</summary>
public enum ShortcutKind
{
    /// <summary>1x1 convolution, and batch norm where the network has it.</summary>
    Projection,

    /// <summary>He's option A: every second pixel, zero channels.</summary>
    Pad,
}
