using System.CommandLine;
using System.Diagnostics;
using StepNet.Execution;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Benchmarks;

/// <summary>
/// What watching costs: steps without taps, with a row every tenth step and with one at every step, in turn within each round, rows
/// written to a file as a training run does.
/// </summary>
internal static class TapCost
{
    private const int Steps = 20;

    public static Command Command()
    {
        Option<string> model = new("--model") { Description = "resnet20, resnet110, ...", DefaultValueFactory = _ => "resnet20" };
        Option<string> norm = new("--norm") { Description = "batch, group or none.", DefaultValueFactory = _ => "batch" };
        Option<int> batch = new("--batch") { Description = "Images a step.", DefaultValueFactory = _ => 128 };
        Option<int> threads = new("--threads") { Description = "Threads.", DefaultValueFactory = _ => 1 };
        Option<int> rounds = new("--rounds") { Description = "Rounds.", DefaultValueFactory = _ => 7 };
        Command command = new("taps", "What taps cost: ratios of steps with and without them, interleaved.") { model, norm, batch, threads, rounds };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(norm), parsed.GetRequiredValue(batch),
            parsed.GetRequiredValue(threads), parsed.GetRequiredValue(rounds)));
        return command;
    }

    private static void Run(string name, string norm, int batch, int threads, int rounds)
    {
        using Runner plain = new(name, norm, batch, threads, TapKinds.None), tapped = new(name, norm, batch, threads, TapKinds.All);
        (string Label, Func<double> Seconds)[] kinds =
        [
            ("no taps", () => plain.Seconds(long.MaxValue)),
            ("every 10th step", () => tapped.Seconds(10)),
            ("every step", () => tapped.Seconds(1)),
        ];
        double[][] seconds = [.. kinds.Select(_ => new double[rounds])];
        for (int round = -1; round < rounds; round++)
        {
            for (int i = 0; i < kinds.Length; i++)
            {
                // In rotating order; the first round warms up.
                int kind = (i + round + 1) % kinds.Length;
                double taken = kinds[kind].Seconds();
                if (round >= 0)
                {
                    seconds[kind][round] = taken;
                }
            }
        }

        Console.WriteLine($"{name}, norm {norm}, batch {batch}, {threads} thread(s), {Runner.Simd}, {rounds} rounds of {Steps} steps; {tapped.Series} series");
        for (int i = 0; i < kinds.Length; i++)
        {
            Spread time = Spread.Of(seconds[i].Select(total => 1000 * total / Steps));
            Spread ratio = Spread.Of(seconds[i].Zip(seconds[0], (mine, without) => mine / without));
            Console.WriteLine($"{kinds[i].Label,-16} {time.Text("f1"),24} ms a step   {ratio.Text("f3"),22} of the time without");
        }
    }

    /// <summary>Training steps on synthetic data.</summary>
    private sealed class Runner : IDisposable
    {
        private readonly IExecutor _executor;
        private readonly int _batch;
        private readonly string[] _names;
        private readonly float[] _values;
        private readonly string _path = Path.GetTempFileName();
        private readonly TapFile _file;
        private long _step;

        public Runner(string name, string norm, int batch, int threads, TapKinds taps)
        {
            ResNetOptions options = ModelCatalog.Options(name).With("norm", norm).With("step", "0.1");
            Module model = options.Create();
            model.Initialize(1);
            Sgd optimizer = new(0.9);
            GraphProgram program = TrainingGraph.Build(model, options.Item, optimizer, 0, null, taps, out IReadOnlyList<TapSeries> series);
            _executor = Executors.Create(program, batch, threads);
            _executor.Guard = "guard";
            _executor.Set(optimizer.LearningRate, 1e-4);
            _batch = batch;
            _names = [.. series.Select(one => $"{one}")];
            _values = new float[_names.Length];
            Random random = new(1);
            float[] items = [.. Enumerable.Range(0, batch * options.Item.ItemCount).Select(_ => (float)(random.NextDouble() - 0.5))];
            _executor.Feed("input", items);
            _executor.Feed("labels", [.. Enumerable.Range(0, batch).Select(i => (float)(i % options.Classes))]);
            _file = new TapFile(_path);
            _file.Open(series, 0);
        }

        public static string Simd => Benchmarks.Simd.Chosen;

        public int Series => _names.Length;

        public double Seconds(long every)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Steps; i++, _step++)
            {
                _executor.Observe = _names.Length > 0 && _step % every == 0;
                _executor.Run(_batch);
                if (_executor.Observe)
                {
                    for (int k = 0; k < _names.Length; k++)
                    {
                        _executor.Fetch(_names[k], _values.AsSpan(k, 1));
                    }

                    _file.Write(_step, _values);
                }
            }

            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        public void Dispose()
        {
            _file.Dispose();
            File.Delete(_path);
            _executor.Dispose();
        }
    }
}
