namespace StepNet.Experiments.Charts;

/// <summary>Light or dark.</summary>
public enum Theme
{
    /// <summary>As the reader's system has it; on paper, light.</summary>
    Auto,

    /// <summary>Dark on white.</summary>
    Light,

    /// <summary>Light on nearly black.</summary>
    Dark,
}
