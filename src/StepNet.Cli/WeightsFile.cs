using StepNet.Data;
using StepNet.Inference;
using StepNet.Models;
using StepNet.Training;

namespace StepNet.Cli;

/// <summary>What <c>--weights</c> names, and what follows from it.</summary>
internal static class WeightsFile
{
    /// <summary>The file itself; of a run folder its model.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    internal static string Locate(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, TrainedModel.FileName) : path;
        return File.Exists(file) ? file : throw new FormatException(Directory.Exists(path)
            ? $"'{path}', a folder without {TrainedModel.FileName}; expected a run folder or a .safetensors file."
            : $"'{path}', expected a run folder or a .safetensors file that is there.");
    }

    /// <summary>
    /// A set with the normalisation that the weights were trained with: the file's own, that of ImageNet for its networks where the file
    /// has none, else the set's.
    /// </summary>
    internal static DatasetEntry Normalized(DatasetEntry dataset, PretrainedWeights? weights, ResNetOptions network)
    {
        (IReadOnlyList<float> mean, IReadOnlyList<float> std) = weights switch
        {
            null => (dataset.Mean, dataset.Std),
            { Card: ModelCard card } => (card.Mean, card.Std),
            _ when network is ImageNetResNetOptions => (ImageNetResNetOptions.PublishedMean, ImageNetResNetOptions.PublishedStd),
            _ => (dataset.Mean, dataset.Std),
        };
        return mean.Count == dataset.Mean.Count ? dataset with { Mean = mean, Std = std } : dataset;
    }

    /// <summary>What a network took, in a line.</summary>
    internal static string Describe(PretrainedWeights weights, WeightTransfer transfer, int classes)
    {
        string head = transfer.NewHead is null ? "the head too"
            : transfer.FileClasses is not int there ? $"the head '{transfer.NewHead}' starts anew: the file has none"
            : there != classes ? $"the head '{transfer.NewHead}' starts anew: {there:n0} classes there, {classes:n0} here"
            : $"the head '{transfer.NewHead}' starts anew: the classes have other names";
        string coefficients = transfer.NewCoefficients.Count == 0 ? ""
            : $"; {transfer.NewCoefficients.Count} learned coefficients, which the file does not have, start as asked for";
        return $"weights: {transfer.Copied} tensors of '{weights.Path}'; {head}{coefficients}";
    }
}
