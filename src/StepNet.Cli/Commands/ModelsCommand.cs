using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using StepNet.Execution;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Training;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet models</c>: lists the networks with what they cost for a given input.</summary>
internal static class ModelsCommand
{
    private const string Summary = "Lists the networks, with parameters, multiply-adds and memory for a given input, and the presets.";

    private const string Details =
        """
        Multiply-adds are those of convolutions and linear layers in one forward pass of one item. Activation
        memory is what a training step over --batch items keeps between its phases; parameters, gradients and
        the threads' scratch memory come on top (stepnet inspect shows them for one network).
        """;

    private const string Examples =
        """
        stepnet models
        stepnet models --image-size 64 --batch 32
        stepnet models --json
        """;

    private static readonly InputArguments s_input = new();

    private static readonly Option<bool> s_json = new("--json") { Description = "Writes one JSON object instead of tables." };

    internal static Command Create()
    {
        GroupedCommand command = new("models", Summary, Details, Examples, [new("Input", [.. s_input.Options, s_json])]);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        int batch = s_input.Batch(parsed);
        ModelsReport report = new(
            batch,
            [.. from family in ModelCatalog.Families
                from name in family.Examples
                let options = ModelCatalog.Options(name)
                // How much of a text a recurrent network reads is in its name.
                let item = options is TextRnnOptions ? options.Item : s_input.Item(parsed, options)
                select List(family, options, item, batch)],
            [.. Preset.All.Select(preset =>
                new PresetListing(preset.Name, new Dictionary<string, string>(preset.Words), preset.Summary, preset.Source))]);
        if (parsed.GetValue(s_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, ModelsReportJson.Default.ModelsReport));
            return ExitCode.Ok;
        }

        Print(Console.Out, report);
        return ExitCode.Ok;
    }

    private static void Print(TextWriter writer, ModelsReport report)
    {
        Table.Write(
            writer,
            ["network", "input", ">parameters", ">multiply-adds", ">activation bytes", "what it is"],
            [.. report.Networks.Select(network => new[]
            {
                network.Name, network.Input, Text(network.Parameters), Text(network.MultiplyAdds), Text(network.ActivationBytes),
                network.Summary,
            })]);
        writer.WriteLine($"\nbatch {report.Batch}; names: "
            + string.Join("; ", ModelCatalog.Families.Select(family => $"{family.Pattern}{(family.Pattern[^1] == 'N' ? $", N = {family.Numbers}" : "")}"))
            + "\n");
        Table.Write(
            writer,
            ["preset", "options", "what it is"],
            [.. report.Presets.Select(preset => new[]
            {
                preset.Name, string.Join(" ", preset.Options.Select(option => $"--{option.Key} {option.Value}")),
                $"{preset.Summary} {preset.Source}",
            })]);
    }

    private static NetworkListing List(ModelFamily family, ResNetOptions options, Shape item, int batch)
    {
        (_, Module model) = ModelArguments.Build(options, item, options.Classes);
        ProgramInspection inspection = ProgramInspection.Of(TrainingGraph.Build(model, item, new Sgd()), batch);
        return new NetworkListing(
            options.Name, family.Summary, $"{item}", model.ParameterCount, inspection.ForwardMultiplyAdds, inspection.StoreBytes);
    }

    private static string Text(long number) => number.ToString("n0", CultureInfo.InvariantCulture);
}
