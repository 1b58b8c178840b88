namespace StepNet.Training;

/// <summary>A run that ends at a time: how far it is, and when to stop so that validation and test still fit in.</summary>
/// <param name="budgetSeconds">Length of the run, tests included.</param>
/// <param name="itemsToTest">Items that are evaluated after the last step.</param>
internal sealed class TimePlan(double budgetSeconds, int itemsToTest)
{
    private long _steps;
    private double _trainSeconds;
    private long _trainItems;
    private double _testSecondsPerItem;

    /// <summary>Time by which the steps must be over.</summary>
    internal double TrainingSeconds
    {
        get
        {
            // A forward pass is about a third of a step; half of one until an evaluation has been timed.
            double perItem = _testSecondsPerItem > 0 ? 1.2 * _testSecondsPerItem : 0.5 * _trainSeconds / Math.Max(_trainItems, 1);

            // The mean step: the last one may have waited for something else, and would end the run for it.
            return budgetSeconds - (itemsToTest * perItem) - (1.5 * _trainSeconds / Math.Max(_steps, 1));
        }
    }

    internal void NoteStep(int items, double seconds)
    {
        _steps++;
        _trainSeconds += seconds;
        _trainItems += items;
    }

    internal void NoteTest(int items, double seconds) => _testSecondsPerItem = seconds / items;

    /// <summary>Share of the training time that is over, in [0, 1].</summary>
    internal double Progress(double elapsedSeconds) => Math.Clamp(elapsedSeconds / Math.Max(TrainingSeconds, 1e-9), 0, 1);
}
