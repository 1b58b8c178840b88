namespace StepNet.Data;

/// <summary>What happens where a file or a row cannot be used.</summary>
public enum BadItems
{
    /// <summary>Reading ends with an error that names it.</summary>
    Stop,

    /// <summary>It is left out and reported.</summary>
    Skip,
}
