using System.Text.Json.Serialization;

namespace StepNet.Cli;

/// <summary>What <c>stepnet euler --json</c> prints; a number that is NaN or infinite is null.</summary>
/// <param name="Matrix">A of <c>x' = A x</c>, as given.</param>
/// <param name="Eigenvalues">Of A: real and imaginary part.</param>
/// <param name="Start">x(0).</param>
/// <param name="Time">End of the trajectories.</param>
/// <param name="Runs">A run for each method and step.</param>
internal sealed record EulerReport(
    string Matrix, IReadOnlyList<double[]> Eigenvalues, IReadOnlyList<double> Start, double Time, IReadOnlyList<EulerRunListing> Runs);

/// <summary>One method with one step.</summary>
/// <param name="Method">As <c>--method</c> takes it.</param>
/// <param name="Step">h.</param>
/// <param name="StabilityLimit">Largest stable step of the method; null where every step is stable.</param>
/// <param name="Stable">Whether h is within the limit.</param>
/// <param name="LargestError">Largest distance from the exact solution.</param>
/// <param name="Points">The trajectory.</param>
internal sealed record EulerRunListing(
    string Method, double Step, double? StabilityLimit, bool Stable, double? LargestError, IReadOnlyList<EulerPointListing> Points);

/// <summary>One step of a trajectory.</summary>
/// <param name="N">Steps done.</param>
/// <param name="T">Time.</param>
/// <param name="X">The method's solution.</param>
/// <param name="Exact">The exact one.</param>
/// <param name="Error">Distance of the two.</param>
internal sealed record EulerPointListing(int N, double T, IReadOnlyList<double?> X, IReadOnlyList<double?> Exact, double? Error);

/// <summary>Serialises without reflection: the command starts faster.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(EulerReport))]
internal sealed partial class EulerReportJson : JsonSerializerContext;
