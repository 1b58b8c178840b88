namespace StepNet.Training;

/// <summary>Names of what <see cref="TapRows"/> hold.</summary>
public static class TapQuantity
{
    /// <summary>Skip weight of a block; the mean over the channels where each has its own.</summary>
    public const string Skip = "s";

    /// <summary>Step factor of a block, likewise.</summary>
    public const string Step = "h";

    /// <summary>Euclidean norm of a parameter.</summary>
    public const string WeightNorm = "weight_norm";

    /// <summary>Mean absolute value of a parameter.</summary>
    public const string WeightMeanAbs = "weight_mean_abs";

    /// <summary>Euclidean norm of the gradient of the batch's mean loss to a parameter, before any clipping.</summary>
    public const string GradientNorm = "gradient_norm";

    /// <summary>Mean over all values that a layer or block returns for a batch.</summary>
    public const string Mean = "mean";

    /// <summary>Their biased variance.</summary>
    public const string Variance = "variance";

    /// <summary><c>||x_{n+1} - x_n||</c> of a block, root mean square over the items; blocks that keep the shape have it.</summary>
    public const string Change = "change";

    /// <summary>Norm over the batch of the gradient of its mean loss to a block's input, <c>||dL/dx_n||</c>.</summary>
    public const string InputGradientNorm = "input_gradient_norm";

    /// <summary>The same to a block's output, <c>||dL/dx_{n+1}||</c>.</summary>
    public const string OutputGradientNorm = "output_gradient_norm";
}
