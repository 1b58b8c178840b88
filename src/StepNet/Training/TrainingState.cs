namespace StepNet.Training;

/// <summary>How a run ended.</summary>
public enum TrainingState
{
    /// <summary>All steps were done that were asked for.</summary>
    Completed,

    /// <summary>The loss became NaN or infinite: a result of the run, not a fault of the program.</summary>
    Diverged,

    /// <summary>The caller stopped it.</summary>
    Interrupted,
}
