using StepNet.Export;
using StepNet.Graph;
using StepNet.Inference;
using StepNet.Kernels;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests.Inference;

/// <summary>A folder for model files of networks that were not trained, but whose numbers are those of no fresh one. Removed at the end.</summary>
internal sealed class ModelFolder : IDisposable
{
    internal string Folder { get; } = Directory.CreateTempSubdirectory("stepnet-test-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>A model of these options, with gammas, running statistics and coefficients away from where they start.</summary>
    internal static TrainedModel Model(ResNetOptions options, Shape? item = null, string[]? classes = null, float[]? mean = null, float[]? std = null)
    {
        Shape shape = item ?? options.Item;
        classes ??= [.. Enumerable.Range(0, options.Classes).Select(i => $"class {i}")];
        ModelCard card = new() { Options = options.For(shape, classes.Length), Item = shape, Classes = classes, Mean = mean ?? [], Std = std ?? [] };
        Module network = card.Options.Create();
        Shake(network);
        return new TrainedModel(network, card);
    }

    internal static void Shake(Module network)
    {
        network.Initialize(7);
        foreach (Variable variable in network.State.Where(variable => variable.Shape.Dims.Length <= 1))
        {
            CounterRandom random = new(3, CounterRandom.KeyOf(variable.Name));
            bool positive = variable.Name.EndsWith("running_var", StringComparison.Ordinal);
            foreach (ref float value in variable.Values.AsSpan())
            {
                value = (float)(positive ? random.NextUniform(0.5, 1.5) : value + random.NextUniform(-0.2, 0.2));
            }
        }
    }

    /// <summary>Writes a model file with metadata; returns its path.</summary>
    internal string Save(TrainedModel model, string name = "model.safetensors")
    {
        ModelFile.Save(PathOf(name), model.Network, model.Card.ToMetadata());
        return PathOf(name);
    }
}
