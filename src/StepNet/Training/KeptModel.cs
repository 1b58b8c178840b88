namespace StepNet.Training;

/// <summary>Which values a model has when its run is over.</summary>
public enum KeptModel
{
    /// <summary>Those of the last step.</summary>
    Last,

    /// <summary>Those of the epoch with the highest accuracy on the validation set; of equals the earliest.</summary>
    Best,
}
