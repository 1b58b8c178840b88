using StepNet.Execution;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Passes;

namespace StepNet.Training;

/// <summary>
/// All numbers that a run trains: the variables of its program, which the executor holds, and the model's values at the best
/// epoch. It moves them between the executor, the model and checkpoints.
/// </summary>
internal sealed class RunValues
{
    private readonly GraphProgram _program;
    private readonly IExecutor _executor;
    private readonly Variable[] _model;
    private float[][]? _best;

    internal RunValues(GraphProgram program, IExecutor executor, Module model)
    {
        (_program, _executor) = (program, executor);
        HashSet<Variable> held = [.. program.Variables];
        _model = [.. model.State.Where(held.Contains)];
    }

    /// <summary>Gives the model the values of the last step.</summary>
    internal void GiveLast()
    {
        foreach (Variable variable in _model)
        {
            _executor.Read(variable, variable.Values);
        }
    }

    /// <summary>Keeps a copy of the values that the model has now.</summary>
    internal void KeepBest() => _best = [.. _model.Select(variable => (float[])variable.Values.Clone())];

    /// <summary>Gives the model the values of the best epoch.</summary>
    /// <returns>Whether there is one.</returns>
    internal bool GiveBest()
    {
        for (int i = 0; i < (_best?.Length ?? 0); i++)
        {
            _best![i].CopyTo(_model[i].Values, 0);
        }

        return _best is not null;
    }

    internal Checkpoint Capture(RunState state, IReadOnlyDictionary<string, string> settings)
    {
        OrderedDictionary<string, SafeTensor> tensors = [];
        foreach (Variable variable in _program.Variables)
        {
            float[] values = new float[variable.Shape.ItemCount];
            _executor.Read(variable, values);
            Add("run", variable, values);
        }

        for (int i = 0; i < (_best?.Length ?? 0); i++)
        {
            Add("best", _model[i], _best![i]);
        }

        return new Checkpoint(state, tensors, settings);

        void Add(string part, Variable variable, float[] values)
        {
            string name = $"{part}.{variable.Name}";
            tensors.Add(name, SafeTensor.Of(name, variable.Shape.Dims.AsSpan(), values));
        }
    }

    /// <summary>Goes back to a checkpoint of this run's own: the values of its step, and no others.</summary>
    internal void GoBack(Checkpoint checkpoint)
    {
        foreach (Variable variable in _program.Variables)
        {
            _executor.Write(variable, checkpoint.Tensors[$"run.{variable.Name}"].ToSingles());
        }
    }

    /// <summary>Takes over all values of a checkpoint, the best ones too where <paramref name="hasBest"/> says that the run has some.</summary>
    /// <exception cref="CheckpointMismatchException">It lacks one of them, or one has another shape; nothing is taken over then.</exception>
    internal void Restore(Checkpoint checkpoint, bool hasBest)
    {
        Dictionary<string, Variable> run = _program.Variables.ToDictionary(variable => $"run.{variable.Name}");
        Dictionary<string, Variable> best = _model.ToDictionary(variable => $"best.{variable.Name}");
        string? unlike = run.Concat(hasBest ? best : []).Where(pair => !Fits(pair.Key, pair.Value)).Select(pair => pair.Key).FirstOrDefault()
            ?? checkpoint.Tensors.Keys.FirstOrDefault(name => !run.ContainsKey(name) && !best.ContainsKey(name));
        if (unlike is not null)
        {
            throw new CheckpointMismatchException($"The checkpoint is of another model or optimiser: '{unlike}' differs. Start a new run.");
        }

        GoBack(checkpoint);
        _best = hasBest ? [.. best.Keys.Select(name => checkpoint.Tensors[name].ToSingles())] : null;

        bool Fits(string name, Variable variable) => checkpoint.Tensors.TryGetValue(name, out SafeTensor? tensor)
            && tensor.Type == SafeTensorType.F32 && tensor.Shape.SequenceEqual(variable.Shape.Dims);
    }
}
