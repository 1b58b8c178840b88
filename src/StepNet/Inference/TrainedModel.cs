using System.Globalization;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Inference;

/// <summary>A network with its trained values, and all that is needed to feed it.</summary>
public sealed class TrainedModel
{
    /// <summary>Name of the model file in a run folder.</summary>
    public const string FileName = "model.safetensors";

    /// <summary>A network that is in memory already: one with a branch of one's own, for instance.</summary>
    /// <param name="network">Items of the card's shape to logits <c>[N, classes]</c>.</param>
    /// <param name="card">Item, classes and normalisation.</param>
    /// <exception cref="ArgumentException">
    /// The network does not take the items, or the card has another number of classes than it has logits, or of means and deviations than items have channels.
    /// </exception>
    public TrainedModel(Module network, ModelCard card)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(card);
        if (card.Mean.Count != card.Std.Count || (card.Mean.Count > 0 && card.Mean.Count != card.Item.Channels))
        {
            throw new ArgumentException(
                $"{card.Mean.Count} means and {card.Std.Count} standard deviations for items {card.Item}. Give one of each for every channel, or none.", nameof(card));
        }

        (Network, Card, Compiled) = (network, card, network.Compile(card.Item));
        if (Compiled.OutputShape != Shape.Batch(card.Classes.Count))
        {
            throw new ArgumentException(
                $"The network gives {Compiled.OutputShape} for items {card.Item}, and the card names {card.Classes.Count} classes. "
                + "A classifier gives a logit for each class: [N, classes].", nameof(network));
        }
    }

    /// <summary>The network; its values are the trained ones.</summary>
    public Module Network { get; }

    /// <summary>Shape of an item, class names, normalisation.</summary>
    public ModelCard Card { get; }

    /// <summary>
    /// Whether it is known how images are normalised; otherwise pixels in [0, 1] are fed as they are, because neither the file nor
    /// the caller said anything. Of texts and points, which are not normalised, true.
    /// </summary>
    public bool SaysNormalization { get; private init; } = true;

    /// <summary>The network traced for prediction.</summary>
    public CompiledModel Compiled { get; }

    /// <summary>Loads a model file that says itself what network it is of, as <c>stepnet train</c> writes it.</summary>
    /// <param name="path">A model file, or a run folder with one in it.</param>
    /// <exception cref="SafeTensorsException">There is none, it is damaged, or says too little; the message is one line.</exception>
    public static TrainedModel Load(string path)
    {
        string file = FileOf(path);
        SafeTensorFile values = Read(file);
        if (values.Metadata.Count == 0)
        {
            throw new SafeTensorsException(
                $"'{file}' holds values alone and does not say of what network. Name a file that StepNet wrote, or, where a command or a method takes it, the network too.");
        }

        ModelCard card;
        try
        {
            card = ModelCard.Parse(values.Metadata);
        }
        catch (FormatException e)
        {
            throw new SafeTensorsException($"'{file}': {e.Message}", e);
        }

        try
        {
            return Fill(values, file, card);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new SafeTensorsException($"'{file}': its metadata describe no network that can be built ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}). "
                + "Name a file that StepNet wrote.", e);
        }
    }

    /// <summary>What a model file, or the one in a run folder, says of its network; null where it says nothing that is understood.</summary>
    /// <exception cref="SafeTensorsException">There is no file, or it is damaged.</exception>
    public static ModelCard? CardOf(string path) => Said(Read(FileOf(path)));

    /// <summary>Loads the values of a network that the caller describes, from a file that need not say what it is of.</summary>
    /// <param name="path">A model file with PyTorch's names, or a run folder.</param>
    /// <param name="options">The network. The number of classes is the file's.</param>
    /// <param name="item">Shape of an item; where null the file's metadata say it, or it is the network's usual.</param>
    /// <param name="classes">Class names; where null the file's metadata say them, or they are numbers from 0.</param>
    /// <param name="mean">Mean per channel, of pixels in [0, 1]; where null the file's metadata say it, or pixels are fed as they are.</param>
    /// <param name="std">Standard deviation per channel; given with <paramref name="mean"/>.</param>
    /// <exception cref="SafeTensorsException">There is no such file, or it does not fit the network; the message is one line.</exception>
    /// <exception cref="ArgumentException">The network reads other items, or has another number of classes, or of channels than there are means.</exception>
    public static TrainedModel Load(
        string path, ResNetOptions options, Shape? item = null, IReadOnlyList<string>? classes = null,
        IReadOnlyList<float>? mean = null, IReadOnlyList<float>? std = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (mean is null != std is null)
        {
            throw new ArgumentException("Mean and standard deviation go together. Give both, or none.", mean is null ? nameof(mean) : nameof(std));
        }

        string file = FileOf(path);
        SafeTensorFile values = Read(file);
        ModelCard? said = Said(values);
        Shape shape = item ?? said?.Item ?? options.Item;
        int count = ClassesIn(values, options.For(shape, options.Classes), file);
        if (classes is not null && classes.Count != count)
        {
            throw new ArgumentException($"{classes.Count} class names for {count} classes in '{file}'. Give a name for each.", nameof(classes));
        }

        ModelCard card = new()
        {
            Options = options.For(shape, count),
            Item = shape,
            Classes = classes ?? said?.Classes ?? [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))],
            Mean = mean ?? said?.Mean ?? [],
            Std = std ?? said?.Std ?? [],
        };
        return Fill(values, file, card, said: shape.Dims.Length < 3 || (mean ?? said?.Mean) is not null);
    }

    private static TrainedModel Fill(SafeTensorFile values, string file, ModelCard card, bool said = true)
    {
        Module network = card.Options!.Create();
        ModelFile.CopyTo(values, network, file);
        return new TrainedModel(network, card) { SaysNormalization = said };
    }

    private static string FileOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
        {
            return path;
        }

        string file = Path.Combine(path, FileName);
        return File.Exists(file) ? file : throw new SafeTensorsException(
            $"'{path}' has no {FileName}. Name the folder of a run of 'stepnet train', or a model file.");
    }

    private static SafeTensorFile Read(string file)
    {
        try
        {
            return SafeTensors.Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SafeTensorsException(
                $"'{file}' cannot be read ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}). Name a model file, or the folder of a run.", e);
        }
    }

    // Metadata of another program are none.
    private static ModelCard? Said(SafeTensorFile values)
    {
        try
        {
            return ModelCard.Parse(values.Metadata);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // The last parameter of a network is its classifier's bias, or that of a branch that ends without one, which then does not fit.
    private static int ClassesIn(SafeTensorFile values, ResNetOptions options, string file)
    {
        string name = options.Create().Parameters.Last().Name;
        return values.Tensors.TryGetValue(name, out SafeTensor? bias) && bias.Shape.Length == 1 && bias.Shape[0] >= 2
            ? bias.Shape[0]
            : throw new SafeTensorsException(
                $"'{file}' has no classifier {SafeTensors.Quote(name)} [classes], so it is none of {options.Name}. Name the network it is of.");
    }
}
