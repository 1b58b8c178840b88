namespace StepNet.Metrics;

/// <summary>How well one class is told from the others.</summary>
/// <param name="Items">Items of the class.</param>
/// <param name="Predicted">Items taken for it, rightly or not.</param>
/// <param name="Correct">Items of the class that were taken for it.</param>
public readonly record struct ClassScores(int Items, int Predicted, int Correct)
{
    /// <summary>Share of the items taken for the class that are of it, in [0, 1]; NaN where none was.</summary>
    public double Precision => (double)Correct / Predicted;

    /// <summary>Share of the items of the class that were taken for it, in [0, 1]; NaN where there is none.</summary>
    public double Recall => (double)Correct / Items;

    /// <summary>Harmonic mean of precision and recall, <c>2 correct / (items + predicted)</c>, in [0, 1]; NaN where both are 0 / 0.</summary>
    public double F1 => 2.0 * Correct / (Items + Predicted);
}
