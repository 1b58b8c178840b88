using System.CommandLine;
using System.Globalization;
using StepNet.Graph;
using StepNet.Inference;
using StepNet.Models;

namespace StepNet.Cli.Commands;

/// <summary>Options that name a trained model: its file, and what the file does not say itself.</summary>
internal sealed class TrainedModelArguments
{
    private readonly Option<string?> _weights = Cli.Options.Of<string?>(
        "--weights", "path", "Model file (.safetensors), or the folder of a run. Files of 'stepnet train' say all else themselves.", text => text);

    private readonly ModelArguments _model = new("what the file says");

    private readonly Option<int?> _imageSize = Cli.Options.Number(
        "--image-size", "n", 4, 4096, "Height and width of an image", "what the file says; else 32, imagenet-resnetN 224");

    private readonly Option<int?> _length = Cli.Options.Number(
        "--length", "n", 1, 65_536, "Characters of a text", "what the file says; else 1014, text-rnnN its N");

    private readonly Option<float[]?> _mean = Numbers("--mean", "Mean of each channel, of pixels in [0, 1], such as 0.49,0.48,0.45");

    private readonly Option<float[]?> _std = Numbers("--std", "Standard deviation of each channel, with --mean");

    /// <summary>All options, as the help shows them.</summary>
    internal IReadOnlyList<OptionGroup> Groups =>
        [new("Model", [_weights]), new("Network, where the file does not say it", [.. _model.Options, _imageSize, _length, _mean, _std])];

    /// <summary>Loads the model.</summary>
    /// <exception cref="UsageException">Options are missing or contradict each other.</exception>
    /// <exception cref="Export.SafeTensorsException">The file is missing or damaged, or does not fit.</exception>
    internal TrainedModel Load(ParseResult parsed)
    {
        string path = parsed.GetValue(_weights) is { Length: > 0 } given ? given
            : throw new UsageException("--weights is missing. Name a model file, or the folder of a run.");
        if (!Groups[1].Options.Any(option => parsed.GetResult(option) is { Implicit: false }))
        {
            return Named(() => TrainedModel.Load(path));
        }

        // The options stand over what the file says, word by word, unless they name another network.
        ResolvedOptions asked = new(parsed);
        ModelCard? said = Named(() => TrainedModel.CardOf(path));
        if (said is null && !_model.IsNamed(asked))
        {
            throw new UsageException($"'{path}' does not say of what network it is. Name it with --model.");
        }

        ResNetOptions options = _model.Read(asked, said?.Name ?? "", pretrained: said?.Options);
        Shape? item = Item(parsed, options, said);
        (float[]? mean, float[]? std) = (asked.Unkept(_mean), asked.Unkept(_std));
        int channels = (item ?? said?.Item ?? options.Item).Channels;
        if ((mean ?? std) is not null && (options.Item.Dims.Length < 3 || mean?.Length != channels || std?.Length != channels))
        {
            throw new UsageException($"--mean and --std go together, a number for each channel of an image: {channels} of {options.Name}'s.");
        }

        if (std?.Min() <= 0)
        {
            throw new UsageException($"--std: {std.Min()}, expected numbers above 0.");
        }

        return Named(() => TrainedModel.Load(path, options, item, mean: mean, std: std));
    }

    private static T Named<T>(Func<T> load)
    {
        try
        {
            return load();
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--model {ParseErrors.OneLine(e.Message)}");
        }
    }

    private Shape? Item(ParseResult parsed, ResNetOptions options, ModelCard? said)
    {
        (int? size, int? length) = (parsed.GetValue(_imageSize), parsed.GetValue(_length));
        bool text = options.TextVocabulary is not null, image = options.Item.Dims.Length == 3;
        if ((size is not null && !image) || (length is not null && !text))
        {
            throw new UsageException(size is not null && !image
                ? $"--image-size belongs to images, and {options.Name} reads none. Leave it out."
                : $"--length belongs to texts, and {options.Name} reads none. Leave it out.");
        }

        int channels = said?.Item is { Dims.Length: 3 } item ? item.Channels : options.Item.Channels;
        return length is int l ? Shape.Of(l) : size is int s ? Shape.Of(channels, s, s) : null;
    }

    private static Option<float[]?> Numbers(string name, string description) => Cli.Options.Of<float[]?>(
        name, "x,...", $"{description}. [default: what the file says]",
        text =>
        {
            string[] parts = text.Split(',');
            float[] numbers = new float[parts.Length];
            return parts.Index().All(part => float.TryParse(part.Item, NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[part.Index])
                    && float.IsFinite(numbers[part.Index]))
                ? numbers
                : throw new FormatException($"'{text}', expected a number for each channel, such as 0.49,0.48,0.45.");
        });
}
