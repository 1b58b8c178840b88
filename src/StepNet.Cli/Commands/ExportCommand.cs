using System.CommandLine;
using StepNet.Export;
using StepNet.Export.Onnx;
using StepNet.Inference;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet export</c>: a trained model as a file of another kind.</summary>
internal static class ExportCommand
{
    private const string Summary = "Writes a trained model for other programs: as ONNX, or as safetensors with PyTorch's names.";

    private const string Details =
        """
        An ONNX file takes images, uint8 [N, H, W, C], or texts, int32 code points [N, any length], and
        prepares them itself; its output is 'logits' [N, classes], its metadata hold the class names.
        --no-preprocessing leaves that out: float32 [N, C, H, W], or int32 codes [N, L].
        """;

    private const string Examples =
        """
        stepnet export --weights runs/pictures --output pictures.onnx
        stepnet export --weights runs/pictures --format safetensors --output pictures.safetensors
        stepnet export --model resnet32 --step 0.37 --skip 0.8 --weights resnet32.safetensors --no-preprocessing --output resnet32.onnx
        """;

    private const string Onnx = "onnx", SafeTensors = "safetensors";

    private static readonly TrainedModelArguments s_model = new();

    private static readonly Option<string?> s_format = Options.Word("--format", "Kind of file. [default: by the ending of --output]", Onnx, SafeTensors);

    private static readonly Option<string?> s_output = Options.Of<string?>("--output", "file", "File to write; replaced once the new one is whole.", text => text);

    private static readonly Option<bool> s_noPreprocessing = new("--no-preprocessing")
    {
        Description = "The ONNX file takes what the network reads, prepared already.",
    };

    private static readonly Option<bool> s_quiet = new("--quiet") { Description = "Shows nothing but errors." };

    internal static Command Create()
    {
        GroupedCommand command = new(
            "export", Summary, Details, Examples, [.. s_model.Groups, new("File", s_format, s_output, s_noPreprocessing, s_quiet)]);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string output = Output(parsed.GetValue(s_output));
        string format = parsed.GetValue(s_format) ?? Path.GetExtension(output) switch
        {
            ".onnx" => Onnx,
            ".safetensors" => SafeTensors,
            _ => throw new UsageException($"--output '{output}' ends neither in .onnx nor in .safetensors. Name the kind with --format."),
        };
        bool preprocessing = !parsed.GetValue(s_noPreprocessing);
        if (format == SafeTensors && !preprocessing)
        {
            throw new UsageException("--no-preprocessing belongs to --format onnx: a safetensors file holds values alone. Leave it out.");
        }

        TrainedModel model = s_model.Load(parsed);
        string what;
        if (format == Onnx)
        {
            if (preprocessing && !model.SaysNormalization)
            {
                throw new UsageException("the file does not say how images were normalised in training. Give --mean and --std, or --no-preprocessing.");
            }

            OnnxFile.Save(output, model, preprocessing);
            what = $"opset {OnnxExporter.Opset}, preprocessing {(preprocessing ? "inside" : "left out")}";
        }
        else
        {
            ModelFile.Save(output, model.Network, model.Card.ToMetadata());
            what = "PyTorch's names";
        }

        Progress.IsQuiet = parsed.GetValue(s_quiet);
        Progress.Line($"'{output}': {model.Card.Name}, {model.Network.ParameterCount:n0} parameters, items {model.Card.Item}, {model.Card.Classes.Count} classes; {what}");
        return ExitCode.Ok;
    }

    private static string Output(string? output)
    {
        if (string.IsNullOrEmpty(output))
        {
            throw new UsageException("--output is missing. Name the file to write, such as model.onnx.");
        }

        return OutputFile.Checked("--output", output)!;
    }
}
