using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using StepNet.Experiments.Dynamics;
using StepNet.Nn;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet euler</c>: one-step methods on <c>x' = A x</c> beside the exact solution.</summary>
internal static class EulerCommand
{
    private const string Summary = "Follows x' = A x by Euler's method and others beside the exact solution: what a step factor does.";

    private const string Details =
        """
        Without options: figure 1 of Towards Robust ResNet, x' = -2.3 x from x(0) = 1. A table of methods and
        steps with the stability limit, the largest h for which the method's solution stays bounded, goes to
        stdout; every step of every trajectory to --csv, their picture to --svg.
        """;

    private const string Examples =
        """
        stepnet euler --svg figure1.svg --csv figure1.csv
        stepnet euler --matrix "0,1;-1,0" --start 1,0 --step 0.1,0.5 --method euler,heun,rk4 --time 20
        stepnet euler --step 0.9 --json
        """;

    private const int MaxSteps = 1_000_000;

    private static readonly Option<LinearSystem?> s_matrix = Options.Of<LinearSystem?>(
        "--matrix", "rows", "A: numbers between commas, rows between semicolons, which a shell needs in quotes. [default: -2.3]", LinearSystem.Parse);

    private static readonly Option<double[]?> s_start = Options.Of<double[]?>(
        "--start", "x,...", "x(0), a number for each row of A. [default: 1 everywhere]", text => Numbers(text, double.NegativeInfinity));

    private static readonly Option<double[]?> s_step = Options.Of<double[]?>(
        "--step", "h,...", "Steps h, each above 0. [default: 0.1,0.5,0.8,1]", text => Numbers(text, 0));

    private static readonly Option<Integrator[]?> s_method = Options.Of<Integrator[]?>(
        "--method", "word,...", $"Some of {string.Join(", ", ModelArguments.Integrators)}. [default: euler]", Methods);

    private static readonly Option<double?> s_time = Options.Number("--time", "t", 1e-9, 1e9, "Time to run to", "5");

    private static readonly Option<string?> s_csv = Options.Of<string?>(
        "--csv", "file", "Writes every step of every trajectory, a row each.", text => text);

    private static readonly Option<string?> s_svg = Options.Of<string?>("--svg", "file", "Draws the trajectories and the exact solution.", text => text);

    private static readonly Option<bool> s_json = new("--json") { Description = "Writes one JSON object, trajectories included, instead of the table." };

    internal static Command Create()
    {
        GroupedCommand command = new("euler", Summary, Details, Examples,
        [
            new("System", s_matrix, s_start),
            new("Method", s_method, s_step, s_time),
            new("Output", s_csv, s_svg, s_json),
        ]);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string? csv = OutputFile.Checked("--csv", parsed.GetValue(s_csv)), svg = OutputFile.Checked("--svg", parsed.GetValue(s_svg));
        ResolvedOptions options = new(parsed);
        string matrix = options.IsGiven(s_matrix) ? parsed.GetResult(s_matrix)!.Tokens[0].Value : "-2.3";
        LinearSystem system = options.Unkept(s_matrix) ?? LinearSystem.Parse(matrix);
        double[] start = options.Unkept(s_start) ?? [.. Enumerable.Repeat(1.0, system.Size)];
        if (start.Length != system.Size)
        {
            throw new UsageException($"--start has {start.Length} numbers, and --matrix {system.Size} rows. Give a number for each row.");
        }

        double[] steps = options.Unkept(s_step) ?? [0.1, 0.5, 0.8, 1];
        Integrator[] methods = options.Unkept(s_method) ?? [Integrator.Euler];
        double time = parsed.GetValue(s_time) ?? 5;
        if (time / steps.Min() > MaxSteps)
        {
            throw new UsageException(string.Create(
                CultureInfo.InvariantCulture, $"--step {steps.Min()}: more than {MaxSteps:n0} steps to --time {time}. Give a larger step or a shorter time."));
        }

        IReadOnlyList<SystemRun> runs = SystemRun.Of(system, methods, steps, start, time);
        if (csv is not null)
        {
            OutputFile.Write(csv, Csv(runs, system.Size));
        }

        if (svg is not null)
        {
            OutputFile.Write(svg, SystemFigure.Of(system, runs, start, time, Title(matrix, methods)).ToSvg());
        }

        if (parsed.GetValue(s_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(Report(matrix, system, start, time, runs), EulerReportJson.Default.EulerReport));
        }
        else
        {
            Print(Console.Out, system, runs);
        }

        return ExitCode.Ok;
    }

    private static void Print(TextWriter writer, LinearSystem system, IReadOnlyList<SystemRun> runs)
    {
        Table.Write(
            writer,
            ["method", ">h", ">stability limit", "", ">largest error", ">error at end"],
            [.. runs.Select(run => new[]
            {
                ModelArguments.Word(run.Method), Text(run.Step), double.IsInfinity(run.Limit) ? "none" : Text(run.Limit),
                run.Stable ? "stable" : "grows", Text(run.LargestError), Text(run.Points[^1].Error),
            })]);
        writer.WriteLine($"\neigenvalues of A: {string.Join(", ", system.Eigenvalues.Select(Text))}");
    }

    private static string Csv(IReadOnlyList<SystemRun> runs, int size)
    {
        int[] places = [.. Enumerable.Range(1, size)];
        StringBuilder csv = new($"method,h,n,t,{string.Join(',', places.Select(d => $"x{d}"))},{string.Join(',', places.Select(d => $"exact{d}"))},error\n");
        foreach (SystemRun run in runs)
        {
            foreach (TrajectoryPoint point in run.Points)
            {
                _ = csv.Append(CultureInfo.InvariantCulture, $"{ModelArguments.Word(run.Method)},{run.Step},{point.Step},{point.Time},")
                    .AppendJoin(',', point.State.Concat(point.Exact).Append(point.Error).Select(value => value.ToString(CultureInfo.InvariantCulture)))
                    .Append('\n');
            }
        }

        return csv.ToString();
    }

    private static EulerReport Report(string matrix, LinearSystem system, double[] start, double time, IReadOnlyList<SystemRun> runs)
    {
        return new EulerReport(
            matrix,
            [.. system.Eigenvalues.Select(value => new[] { value.Real, value.Imaginary })],
            start,
            time,
            [.. runs.Select(run => new EulerRunListing(
                ModelArguments.Word(run.Method), run.Step, Finite(run.Limit), run.Stable, Finite(run.LargestError),
                [.. run.Points.Select(point => new EulerPointListing(
                    point.Step, point.Time, [.. point.State.Select(Finite)], [.. point.Exact.Select(Finite)], Finite(point.Error)))]))]);

        static double? Finite(double value) => double.IsFinite(value) ? value : null;
    }

    private static string Title(string matrix, Integrator[] methods) =>
        $"{(methods.Length > 1 ? "One-step methods" : methods[0] == Integrator.Euler ? "Euler's method" : $"The method {ModelArguments.Word(methods[0])}")} on x' = "
        + (matrix.Contains(',', StringComparison.Ordinal) ? $"A x, A = [{matrix}]" : $"{matrix} x");

    private static Integrator[] Methods(string text) =>
        [.. text.Split(',').Select(word => Array.IndexOf(ModelArguments.Integrators, word) is int i and >= 0 ? (Integrator)i : throw new FormatException(
            $"'{word}', expected some of {string.Join(",", ModelArguments.Integrators)}.{Nearest.Hint(word, ModelArguments.Integrators)}"))];

    private static double[] Numbers(string text, double above) =>
        [.. text.Split(',').Select(number =>
            double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && value > above
                ? value : throw new FormatException($"'{number}', expected numbers{(above == 0 ? " above 0" : "")} between commas."))];

    private static string Text(double value) => value.ToString("g6", CultureInfo.InvariantCulture);

    private static string Text(System.Numerics.Complex value) => value.Imaginary == 0 ? Text(value.Real)
        : $"{Text(value.Real)} {(value.Imaginary < 0 ? '-' : '+')} {Text(Math.Abs(value.Imaginary))}i";
}
