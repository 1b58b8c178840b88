using System.CommandLine;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Cli.Commands;

/// <summary>Options that make a network; commands that need one share them.</summary>
/// <param name="defaultModel">What the help says of the network that holds without <c>--model</c>.</param>
internal sealed class ModelArguments(string defaultModel)
{
    private readonly Option<CifarModel?> _model = Cli.Options.Of<CifarModel?>(
        "--model", "resnetD", $"Network of D = 6n + 2 layers: resnet8, resnet20, resnet110, ... [default: {defaultModel}]",
        CifarModel.Parse);

    private readonly Option<CoefficientSpec?> _step = Cli.Options.Of<CoefficientSpec?>(
        "--step", "h", "Step factor h of every block: a number, or learned:0.1 to train it from there. [default: 1]",
        CoefficientSpec.Parse);

    private readonly Option<CoefficientSpec?> _skip = Cli.Options.Of<CoefficientSpec?>(
        "--skip", "s", "Skip weight s of every block: a number, or learned:1. [default: 1]", CoefficientSpec.Parse);

    private readonly Option<string?> _order = Cli.Options.Word(
        "--order", "Norm and ReLU after or before each convolution. [default: post]", "post", "pre");

    private readonly Option<string?> _norm = Cli.Options.Word(
        "--norm", "Normalisation in the branches. [default: batch]", "batch", "none");

    private readonly Option<string?> _shortcut = Cli.Options.Word(
        "--shortcut", "Where the width changes: 1x1 convolution, or zero channels. [default: projection]", "projection", "pad");

    /// <summary>All options, in the order of the help.</summary>
    internal IReadOnlyList<Option> Options => [_model, _step, _skip, _order, _norm, _shortcut];

    /// <summary>What was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="depth">Depth without <c>--model</c>.</param>
    internal CifarResNetOptions Read(ParseResult parsed, int depth) => new()
    {
        Depth = parsed.GetValue(_model)?.Depth ?? depth,
        Step = parsed.GetValue(_step) ?? 1.0,
        Skip = parsed.GetValue(_skip) ?? 1.0,
        Order = parsed.GetValue(_order) == "pre" ? BlockOrder.Pre : BlockOrder.Post,
        Norm = parsed.GetValue(_norm) == "none" ? Normalization.None : Normalization.Batch,
        Shortcut = parsed.GetValue(_shortcut) == "pad" ? ShortcutKind.Pad : ShortcutKind.Projection,
    };

    /// <summary>A model name that was understood.</summary>
    private sealed record CifarModel(int Depth)
    {
        internal static CifarModel Parse(string name)
        {
            try
            {
                return new CifarModel(ModelNames.CifarDepth(name));
            }
            catch (ArgumentException e)
            {
                throw new FormatException(e.Message, e);
            }
        }
    }
}
