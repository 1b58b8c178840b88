using System.CommandLine;
using StepNet.Graph;
using StepNet.Models;

namespace StepNet.Cli.Commands;

/// <summary>The input that a network is shown for: how large, and how many at a time.</summary>
internal sealed class InputArguments
{
    private readonly Option<int?> _batch = Cli.Options.Number("--batch", "n", 1, 65_536, "Items per step", "128");

    private readonly Option<int?> _imageSize = Cli.Options.Number("--image-size", "n", 4, 4096, "Height and width of an image", "32; imagenet-resnetN 224");

    private readonly Option<int?> _length = Cli.Options.Number("--length", "n", 1, 65_536, "Characters of a text", "1014; text-rnnN its N");

    /// <summary>All options, in the order of the help.</summary>
    internal IReadOnlyList<Option> Options => [_batch, _imageSize, _length];

    /// <summary>Items per step.</summary>
    internal int Batch(ParseResult parsed) => parsed.GetValue(_batch) ?? 128;

    /// <summary>Shape of one item for a network.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The network.</param>
    /// <param name="usual">Where nothing is asked for; null for the network's usual.</param>
    internal Shape Item(ParseResult parsed, ResNetOptions options, Shape? usual = null)
    {
        Shape item = usual ?? options.Item;
        int? size = parsed.GetValue(_imageSize);
        return options switch
        {
            TextResNetOptions => Shape.Of(parsed.GetValue(_length) ?? usual?.Dims[0] ?? 1014),
            TextRnnOptions rnn => Shape.Of(parsed.GetValue(_length) ?? usual?.Dims[0] ?? rnn.Steps),
            PointResNetOptions => item,
            _ => Shape.Of(item.Channels, size ?? item.Height, size ?? item.Width),
        };
    }
}
