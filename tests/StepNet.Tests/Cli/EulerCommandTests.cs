using System.Globalization;
using System.Text.Json;

namespace StepNet.Tests.Cli;

public sealed class EulerCommandTests : IDisposable
{
    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Fact]
    public void Euler_WithoutOptions_IsFigureOne()
    {
        (int code, string output, string error) = _stepnet.Run("euler --csv rows.csv --svg figure.svg");

        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"(?m)^euler +0\.8 +0\.869565 +stable ", output);
        Assert.Matches(@"(?m)^euler +1 +0\.869565 +grows ", output);
        Assert.Contains("eigenvalues of A: -2.3", output, StringComparison.Ordinal);

        string[] rows = File.ReadAllLines(_stepnet.PathOf("rows.csv"));
        Assert.Equal("method,h,n,t,x1,exact1,error", rows[0]);
        Assert.Equal(1 + 51 + 11 + 7 + 6, rows.Length);

        // h = 0.5, two steps: (1 - 1.15)^2.
        string[] cells = rows.Single(row => row.StartsWith("euler,0.5,2,", StringComparison.Ordinal)).Split(',');
        Assert.Equal(0.0225, double.Parse(cells[4], CultureInfo.InvariantCulture), tolerance: 1e-15);
        Assert.Equal(Math.Exp(-2.3), double.Parse(cells[5], CultureInfo.InvariantCulture), tolerance: 1e-14);
        string svg = File.ReadAllText(_stepnet.PathOf("figure.svg"));
        Assert.Contains("Euler's method on x' = -2.3 x", svg.Replace("&apos;", "'", StringComparison.Ordinal).Replace("&#39;", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Euler_SystemAsJson_HoldsTrajectoriesAndLimits()
    {
        (int code, string output, string error) = _stepnet.Run("euler --matrix 0,1;-1,0 --start 1,0 --step 3,0.5 --method heun,rk4 --time 6000 --json");

        Assert.Equal((0, ""), (code, error));
        JsonElement report = JsonDocument.Parse(output).RootElement;
        JsonElement[] runs = [.. report.GetProperty("runs").EnumerateArray()];
        Assert.Equal(["heun", "heun", "rk4", "rk4"], runs.Select(run => run.GetProperty("method").GetString()));
        Assert.Equal(Math.Sqrt(8), runs[3].GetProperty("stability_limit").GetDouble(), tolerance: 1e-9);
        Assert.Equal([false, false, false, true], runs.Select(run => run.GetProperty("stable").GetBoolean()));

        // What has outgrown a double is null.
        Assert.Equal(JsonValueKind.Null, runs[0].GetProperty("largest_error").ValueKind);
        Assert.Equal(JsonValueKind.Null, runs[0].GetProperty("points").EnumerateArray().Last().GetProperty("x")[0].ValueKind);
    }
}
