using StepNet.Nn;

namespace StepNet.Experiments.Dynamics;

/// <summary>One method with one step on a linear system, beside the exact solution.</summary>
/// <param name="Method">One-step method.</param>
/// <param name="Step">h.</param>
/// <param name="Limit">Largest step of the method that keeps its solution bounded: <see cref="LinearSystem.StabilityLimit"/>.</param>
/// <param name="Points">From the start on.</param>
public sealed record SystemRun(Integrator Method, double Step, double Limit, IReadOnlyList<TrajectoryPoint> Points)
{
    /// <summary>Largest distance from the exact solution; NaN or infinite where the method's solution has outgrown a double.</summary>
    public double LargestError => Points.Max(point => double.IsNaN(point.Error) ? double.PositiveInfinity : point.Error);

    /// <summary>Whether the step is within the limit, but for rounding.</summary>
    public bool Stable => Step <= Limit * (1 + 1e-9);

    /// <summary>Runs every method with every step.</summary>
    /// <param name="system">The system.</param>
    /// <param name="methods">Methods.</param>
    /// <param name="steps">Steps h, each above 0.</param>
    /// <param name="start">x(0).</param>
    /// <param name="time">Time to run to; a step that does not divide it ends before.</param>
    public static IReadOnlyList<SystemRun> Of(
        LinearSystem system, IReadOnlyList<Integrator> methods, IReadOnlyList<double> steps, double[] start, double time)
    {
        ArgumentNullException.ThrowIfNull(system);
        return
        [
            .. from method in methods
               from step in steps
               let count = (int)Math.Floor((time / step) + 1e-9)
               select new SystemRun(method, step, system.StabilityLimit(method), system.Trajectory(method, start, step, count)),
        ];
    }
}
