using System.CommandLine;
using StepNet.Cli.Predictions;
using StepNet.Data;
using StepNet.Execution;
using StepNet.Export;
using StepNet.Imaging;
using StepNet.Inference;
using StepNet.Nn;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet predict</c>: classes of pictures, texts or arrays, by a trained model.</summary>
internal static class PredictCommand
{
    private const string Summary = "Classifies pictures, texts or arrays with a trained model.";

    private const string Details =
        """
        An input is a picture, a folder of pictures, a file of texts or - for standard input, a line each, or a
        .npy file of items as the network reads them: float32 [N, C, H, W], normalised. Predictions go to
        stdout, all at once when all are made; with --output their logits go to a .npy file [N, classes].
        """;

    private const string Examples =
        """
        stepnet predict --weights runs/pictures --input cat.jpg
        stepnet predict --weights runs/pictures --input holiday/ --top 3 --format csv > holiday.csv
        stepnet predict --weights runs/reviews --input - < reviews.txt
        stepnet predict --model resnet32 --step 0.37 --skip 0.8 --weights FILE.safetensors --input items.npy --output logits.npy
        """;

    private static readonly TrainedModelArguments s_model = new();

    private static readonly Option<string[]?> s_inputs = new("--input")
    {
        HelpName = "path",
        Description = "What to classify; one or more paths.",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> s_badFiles = Options.Word(
        "--bad-files", "Files that are no images: end, or name them and leave them out. [default: stop]", "stop", "skip");

    private static readonly Option<string?> s_format = Options.Word(
        "--format", "Form of the predictions on stdout. [default: table; with --output none]", PredictionWriter.Table, PredictionWriter.Csv, PredictionWriter.Json);

    private static readonly Option<int?> s_top = Options.Number("--top", "k", 1, 1_000_000, "Classes of each item, the most probable first", "1");

    private static readonly Option<double?> s_temperature = Options.Number(
        "--temperature", "t", 0.001, 1000, "What logits are divided by before the softmax; 'stepnet evaluate' fits one", "1");

    private static readonly Option<string?> s_output = Options.Of<string?>(
        "--output", "file.npy", "Writes the logits, float32 [N, classes].",
        text => text.EndsWith(".npy", StringComparison.Ordinal) ? text : throw new FormatException($"'{text}', expected a name that ends in .npy."));

    private static readonly Option<int?> s_threads = Options.Number("--threads", "n", 0, ThreadCount.Max, "Threads", "STEPNET_THREADS, SLURM_CPUS_PER_TASK, or one per processor");

    internal static Command Create()
    {
        GroupedCommand command = new(
            "predict", Summary, Details, Examples,
            [
                .. s_model.Groups.Take(1),
                new("Input", s_inputs, s_badFiles),
                new("Output", s_format, s_top, s_temperature, s_output),
                .. s_model.Groups.Skip(1),
                new("Run", s_threads),
            ]);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string[] paths = parsed.GetValue(s_inputs) is { Length: > 0 } given ? given
            : throw new UsageException("--input is missing. Name a picture, a folder, a file of texts or a .npy file, or - for lines of text on standard input.");
        string? output = OutputFile.Checked("--output", parsed.GetValue(s_output));
        TrainedModel model = s_model.Load(parsed);
        using Classifier classifier = new(model, new ClassifierOptions
        {
            Threads = parsed.GetValue(s_threads) ?? 0,
            Temperature = parsed.GetValue(s_temperature) ?? 1,
        });

        // An array is normalised already.
        PredictionInput[] inputs = [.. paths.SelectMany(path => PredictionInput.At(path, classifier))];
        if (!model.SaysNormalization && inputs.Any(input => input.IsPicture))
        {
            throw new UsageException("the file does not say how images were normalised in training. Give --mean and --std.");
        }

        if (inputs.Length == 0)
        {
            throw new UsageException($"--input {string.Join(' ', paths)}: there are no items. Give at least one.");
        }

        List<(string Name, Prediction Prediction)> predictions = Predict(classifier, inputs, skip: parsed.GetValue(s_badFiles) == "skip");
        if (predictions.FirstOrDefault(one => one.Prediction.Logits.Any(logit => !float.IsFinite(logit))) is { Name: string lost })
        {
            throw new DataException($"'{lost}': the model's logits are not finite. Take a model whose training did not diverge, and finite items.");
        }

        if (output is not null)
        {
            NpyFile.Write(output, new NdArray([.. predictions.SelectMany(one => one.Prediction.Logits)], predictions.Count, classifier.Classes.Count));
            Progress.Line($"'{output}': logits [{predictions.Count}, {classifier.Classes.Count}]");
        }

        if (output is null || parsed.GetValue(s_format) is not null)
        {
            PredictionWriter.Write(Console.Out, parsed.GetValue(s_format) ?? PredictionWriter.Table, predictions, parsed.GetValue(s_top) ?? 1);
        }

        return ExitCode.Ok;
    }

    private static List<(string Name, Prediction Prediction)> Predict(Classifier classifier, PredictionInput[] inputs, bool skip)
    {
        int batch = new ClassifierOptions().MaxBatch, size = classifier.Card.Item.ItemCount, left = 0;
        List<(string, Prediction)> predictions = new(inputs.Length);
        float[] items = new float[batch * size];
        List<string> names = new(batch);
        foreach (PredictionInput input in inputs)
        {
            try
            {
                input.Prepare(classifier, items.AsMemory(names.Count * size, size));
                names.Add(input.Name);
            }
            catch (ImageException e) when (skip)
            {
                Progress.Line($"left out: {e.Message}");
                left++;
            }
            catch (ImageException e)
            {
                throw new DataException($"{e.Message.TrimEnd('.')}. Remove it, or leave bad files out with --bad-files skip.", e);
            }

            if (names.Count == batch)
            {
                Flush();
            }
        }

        Flush();
        if (left > 0)
        {
            Progress.Line($"{left:n0} of {inputs.Length:n0} files left out");
        }

        return predictions.Count > 0 ? predictions : throw new DataException("no file could be read as a picture. Give JPEG, PNG or BMP files.");

        void Flush()
        {
            if (names.Count > 0)
            {
                NdArray array = new(items[..(names.Count * size)], [names.Count, .. classifier.Card.Item.Dims]);
                try
                {
                    predictions.AddRange(names.Zip(classifier.Predict(array)));
                }
                catch (ArgumentException e)
                {
                    // Ids of an array that are no characters; all else is checked before.
                    throw new DataException($"in the items {names[0]} to {names[^1]}: {ParseErrors.OneLine(e.Message).TrimEnd('.')}. Write items as the network reads them.", e);
                }

                names.Clear();
            }
        }
    }
}
