namespace StepNet.Experiments.Dynamics;

/// <summary>A step of a numerical solution beside the exact one.</summary>
/// <param name="Step">Steps done, from 0.</param>
/// <param name="Time">Time of the system, <c>Step h</c>.</param>
/// <param name="State">The method's x; infinite or NaN where it has outgrown a double.</param>
/// <param name="Exact">The exact x at that time.</param>
public sealed record TrajectoryPoint(int Step, double Time, IReadOnlyList<double> State, IReadOnlyList<double> Exact)
{
    /// <summary>Euclidean distance of the two.</summary>
    public double Error => Math.Sqrt(State.Zip(Exact, (x, y) => (x - y) * (x - y)).Sum());
}
