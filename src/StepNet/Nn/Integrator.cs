namespace StepNet.Nn;

/// <summary>
/// The one-step method behind a residual block: how <c>x' = F(x)</c> is followed over a step h. All are explicit, of Runge and
/// Kutta; <see cref="ButcherTableau"/> has their numbers.
/// </summary>
public enum Integrator
{
    /// <summary>Euler's method, order 1: <c>x + h F(x)</c>, the residual block of the papers.</summary>
    Euler,

    /// <summary>The midpoint method, order 2: F at the middle of the step.</summary>
    Midpoint,

    /// <summary>Heun's method, order 2: the mean of F at the start and at the end of Euler's step.</summary>
    Heun,

    /// <summary>The classical method of Runge and Kutta, order 4.</summary>
    Rk4,
}
