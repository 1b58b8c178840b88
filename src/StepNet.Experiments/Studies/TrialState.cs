namespace StepNet.Experiments.Studies;

/// <summary>Where a trial is.</summary>
public enum TrialState
{
    /// <summary>Not begun.</summary>
    Queued,

    /// <summary>A live process has it.</summary>
    Running,

    /// <summary>It has its result.</summary>
    Done,

    /// <summary>It broke off with an error: runs again on <c>--retry</c> alone.</summary>
    Failed,

    /// <summary>Its numbers became NaN or infinite: a result.</summary>
    Diverged,

    /// <summary>It was asked to stop and can go on.</summary>
    Interrupted,

    /// <summary>The process that has it is gone, or it showed no progress for too long and was ended.</summary>
    Stale,
}
