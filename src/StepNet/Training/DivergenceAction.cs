namespace StepNet.Training;

/// <summary>What happens where a loss or a gradient is not finite.</summary>
public enum DivergenceAction
{
    /// <summary>The run ends: <see cref="TrainingState.Diverged"/>.</summary>
    Stop,

    /// <summary>
    /// The last checkpoint is restored and the learning rate halved for the rest of the run, up to <see cref="Trainer.MaxRestarts"/>
    /// times.
    /// </summary>
    RestoreAndHalveRate,
}
