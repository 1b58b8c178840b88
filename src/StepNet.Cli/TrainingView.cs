using System.Diagnostics;
using StepNet.Training;

namespace StepNet.Cli;

/// <summary>What the live view shows of a run. Noting a step takes no memory and waits for no terminal.</summary>
/// <param name="epochs">Epochs asked for.</param>
/// <param name="steps">Steps of the whole run; of one against the clock nobody knows.</param>
/// <param name="budget">Time that the run has left; null where its steps end it.</param>
internal sealed class TrainingView(int epochs, long steps, TimeSpan? budget = null)
{
    // A run against the clock is shown on its seconds, in so many parts.
    private const long Parts = 10_000;

    private const string Levels = "▁▂▃▄▅▆▇█";

    private readonly Lock _gate = new();
    private readonly bool _colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    private readonly LossCurve _curve = new(budget is null ? steps : Parts);
    private readonly long _made = Stopwatch.GetTimestamp();
    private StepResult _step;
    private long _firstStep = -1;
    private long _start;
    private double _loss;
    private long _correct, _items;
    private double _rate;
    private string _validation = "";

    /// <summary>A step is done.</summary>
    internal void Note(in StepResult step)
    {
        lock (_gate)
        {
            if (_firstStep < 0)
            {
                (_firstStep, _start) = (step.Step, Stopwatch.GetTimestamp());
            }

            if (step.Epoch != _step.Epoch)
            {
                (_loss, _correct, _items) = (0, 0, 0);
            }

            _step = step;
            _loss += step.Loss * step.Items;
            _correct += step.Correct;
            _items += step.Items;
            _rate += (step.Items / step.Seconds - _rate) * (_rate == 0 ? 1 : 0.05);
            _curve.Add(budget is null ? step.Step : Math.Min((long)(Share * Parts), Parts - 1), step.Loss);
        }
    }

    /// <summary>An epoch is done and validated.</summary>
    internal void Note(EpochResult epoch)
    {
        lock (_gate)
        {
            _validation = epoch.Validation is null ? "" : $"validation {100 * epoch.Validation.Accuracy:f1} %   ";
        }
    }

    /// <summary>Three lines: place in the run, numbers, curve of the loss. None before the first step.</summary>
    /// <param name="width">Columns of the terminal.</param>
    internal IReadOnlyList<string> Lines(int width)
    {
        lock (_gate)
        {
            if (_items == 0)
            {
                return [];
            }

            long done = _step.Step + 1;
            string head = budget is null ? $"epoch {_step.Epoch + 1}/{epochs}  " : $"epoch {_step.Epoch + 1}  ";
            string tail = budget is null ? $"  step {done:n0}/{steps:n0}" : $"  step {done:n0}";
            int bar = Math.Clamp(width - head.Length - tail.Length, 0, LossCurve.Columns);
            int filled = (int)(bar * Share);

            // The first step pays for the start of everything, so it tells nothing of the others.
            long timed = done - 1 - _firstStep;
            double remaining = budget is TimeSpan time ? (1 - Share) * time.TotalSeconds
                : Stopwatch.GetElapsedTime(_start).TotalSeconds / Math.Max(timed, 1) * (steps - done);
            string eta = timed > 0 && remaining > 0 ? $"   eta {Progress.Duration(remaining)}" : "";
            string numbers = $"loss {Progress.Loss(_loss / _items)}   train {100.0 * _correct / _items:f1} %   {_validation}"
                + $"lr {_step.LearningRate:g3}   {_rate:n0} images/s{eta}";
            return
            [
                $"{head}{Green(new string('━', filled))}{new string('─', bar - filled)}{tail}",
                numbers[..Math.Min(numbers.Length, Math.Max(width, 0))],
                Green(_curve.Draw(Levels, width)),
            ];
        }
    }

    private double Share => budget is TimeSpan time
        ? Math.Min(Stopwatch.GetElapsedTime(_made) / time, 1)
        : (double)(_step.Step + 1) / steps;

    private string Green(string text) => _colours ? $"\e[32m{text}\e[0m" : text;
}
