namespace StepNet.Training;

/// <summary>What a model makes of a set of items.</summary>
/// <param name="Items">Number of items.</param>
/// <param name="Correct">Items whose largest logit is the label's.</param>
/// <param name="Loss">Mean cross-entropy.</param>
public sealed record EvaluationResult(int Items, int Correct, double Loss)
{
    /// <summary>Share of items classified rightly, in [0, 1].</summary>
    public double Accuracy => (double)Correct / Items;
}
