namespace StepNet.Optim;

/// <summary>Learning rate as a function of the place in the run: no state, so a resumed run goes on as if never stopped.</summary>
public abstract class LearningRateSchedule
{
    /// <summary>Learning rate of one step.</summary>
    /// <param name="step">Number of the step in the run, from 0.</param>
    /// <param name="stepsPerEpoch">Steps in an epoch, the last partial batch included; at least 1.</param>
    /// <param name="totalSteps">Steps of the whole run as planned, at least 1; a run cut short keeps its plan.</param>
    /// <returns>At least 0.</returns>
    public abstract double At(long step, long stepsPerEpoch, long totalSteps);
}
