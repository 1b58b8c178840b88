using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace StepNet.Benchmarks;

/// <summary>
/// Measures all contenders of a case in turns: every round has each once, in rotating order, so that ratios can be taken
/// within a round. A machine whose clock changes over minutes changes both sides of such a ratio.
/// </summary>
/// <param name="contenders">Who is measured.</param>
/// <param name="rounds">Rounds, at least 1.</param>
/// <param name="seconds">Timed seconds of a process.</param>
internal sealed class Runner(IReadOnlyList<Contender> contenders, int rounds, double seconds)
{
    public List<Row> Rows { get; } = [];

    public List<LimitRow> Limits { get; } = [];

    /// <summary>Measurements that failed; each said why.</summary>
    public int Failures { get; private set; }

    /// <summary>Runs all rounds of a case.</summary>
    public void Run(Case of, int threads)
    {
        Stopwatch watch = Stopwatch.StartNew();
        for (int round = 1; round <= rounds; round++)
        {
            Run(of, threads, round);
        }

        Say($"{of.Name}, {threads} thread(s): {rounds} round(s) in", watch);
    }

    /// <summary>Runs all rounds of cases that are compared with each other: each round has every case.</summary>
    public void RunTogether(IReadOnlyList<Case> cases, int threads)
    {
        for (int round = 1; round <= rounds; round++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            foreach (Case of in cases)
            {
                Run(of, threads, round);
            }

            Say($"round {round} of {rounds}, {threads} thread(s), in", watch);
        }
    }

    private static void Say(string what, Stopwatch watch) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {watch.Elapsed.TotalSeconds:f0} s"));

    private void Run(Case of, int threads, int round)
    {
        Contender[] turn = [.. contenders.Where(contender => contender.Runs(of)), .. of.BesideLimits ? [Contender.Limits] : Array.Empty<Contender>()];
        for (int i = 0; i < turn.Length; i++)
        {
            Contender contender = turn[(i + round - 1) % turn.Length];
            try
            {
                Measure(contender, of, threads, round);
            }
            catch (InvalidOperationException failure)
            {
                Failures++;
                Console.Error.WriteLine($"{of.Name}, round {round}: {failure.Message}");
            }
        }
    }

    private void Measure(Contender contender, Case of, int threads, int round)
    {
        double? busy = Machine.BusyProcessors();
        if (contender == Contender.Limits)
        {
            string printed = contender.Output(of, ["--threads", threads.ToString(CultureInfo.InvariantCulture)]);
            Limits.Add(JsonSerializer.Deserialize<LimitRow>(printed, Row.Json)! with { Round = round });
            return;
        }

        Row row = contender.Measure(of, threads, seconds) with { Round = round, BusyBefore = busy };
        long? expected = Rows.FirstOrDefault(other => other.Case == of.Name && other.Parameters is not null)?.Parameters;
        if (row.Parameters is long count && count != (expected ?? count))
        {
            throw new InvalidOperationException(
                $"{contender.Variant} ran another network: {count} parameters, and {expected} those before it.");
        }

        Rows.Add(row);
    }
}
