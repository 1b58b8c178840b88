namespace StepNet.Data;

/// <summary>What an item is for.</summary>
public enum DataPart
{
    /// <summary>The steps see it.</summary>
    Train,

    /// <summary>To choose by, among epochs and settings.</summary>
    Validation,

    /// <summary>For the final figure alone.</summary>
    Test,
}
