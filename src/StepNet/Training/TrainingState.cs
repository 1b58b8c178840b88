namespace StepNet.Training;

/// <summary>How a run ended.</summary>
public enum TrainingState
{
    /// <summary>All was done that was asked for.</summary>
    Completed,

    /// <summary>A loss or a gradient became NaN or infinite: a result of the run, not a fault of the program.</summary>
    Diverged,

    /// <summary>The caller stopped it.</summary>
    Interrupted,
}
