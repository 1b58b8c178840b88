namespace StepNet.Experiments.Studies;

/// <summary>What becomes of the rows of a column.</summary>
public enum Taking
{
    /// <summary>The last row.</summary>
    Last,

    /// <summary>The first row.</summary>
    First,

    /// <summary>Arithmetic mean.</summary>
    Mean,

    /// <summary>Median.</summary>
    Median,

    /// <summary>Least; NaN where a row is.</summary>
    Min,

    /// <summary>Greatest of the rows that are no NaN: what a diverged trial reached before.</summary>
    Max,

    /// <summary>Sum.</summary>
    Sum,
}
