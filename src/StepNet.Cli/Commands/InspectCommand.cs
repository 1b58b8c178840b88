using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using StepNet.Execution;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet inspect</c>: shows a network, its graph before and after fusion, and what a step costs.</summary>
internal static class InspectCommand
{
    private const string Help =
        """
        Shows a network without running it: layers, shapes, parameters, s and h of every block.

        With --graph every operation of a step, before and after fusion, with the phases and the memory
        that the CPU executor plans. Multiply-adds are those of convolutions and linear layers.

        Examples:
          stepnet inspect --model resnet56 --step learned:0.1
          stepnet inspect --graph --inference --batch 1 | less
        """;

    private static readonly ModelArguments s_model = new("resnet20");

    private static readonly Option<bool> s_graph = new("--graph") { Description = "Lists every operation, before and after fusion." };

    private static readonly Option<int?> s_batch = Options.Number("--batch", "n", 1, 65_536, "Images per step", "128");

    private static readonly Option<int?> s_imageSize = Options.Number("--image-size", "n", 4, 4096, "Height and width of an image", "32");

    private static readonly Option<bool> s_training = new("--training") { Description = "Shows a training step. [default]" };

    private static readonly Option<bool> s_inference = new("--inference") { Description = "Shows prediction." };

    private static readonly Option<bool> s_json = new("--json") { Description = "Writes one JSON object instead of tables." };

    internal static Command Create()
    {
        Command command = new("inspect", Help);
        foreach (Option option in (Option[])[s_graph, .. s_model.Options, s_batch, s_imageSize, s_training, s_inference, s_json])
        {
            command.Add(option);
        }

        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        bool graph = parsed.GetValue(s_graph), inference = parsed.GetValue(s_inference);
        if (inference && parsed.GetValue(s_training))
        {
            throw new UsageException("--training and --inference exclude each other. Leave one out.");
        }

        int batch = parsed.GetValue(s_batch) ?? 128, size = parsed.GetValue(s_imageSize) ?? 32;
        CifarResNet model = new(s_model.Read(parsed, depth: 20));
        Shape image = Shape.Of(model.Options.InChannels, size, size);
        GraphProgram program = inference ? model.Compile(image).Program : TrainingGraph.Build(model, image, new Sgd());
        ProgramInspection inspection = ProgramInspection.Of(program, batch);
        InspectReport report = new()
        {
            Model = $"resnet{model.Options.Depth}",
            Parameters = model.ParameterCount,
            Program = inference ? "inference" : "training",
            Batch = batch,
            ImageSize = size,
            MultiplyAddsForward = inspection.ForwardMultiplyAdds,
            MultiplyAddsStep = inspection.StepMultiplyAdds,
            StoreBytes = inspection.StoreBytes,
            SmallBytes = inspection.SmallBytes,
            ScratchBytes = inspection.ScratchBytes,
            Layers = [.. Layers(model, program)],
            Nodes = graph ? inspection.Nodes : null,
            Phases = graph ? inspection.Phases : null,
        };
        if (parsed.GetValue(s_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, InspectReportJson.Default.InspectReport));
        }
        else
        {
            Print(Console.Out, report);
        }

        return ExitCode.Ok;
    }

    private static IEnumerable<LayerListing> Layers(Module model, GraphProgram program)
    {
        // The last node that a module traced itself gives its output; gradients carry the module's path too, but come later.
        Dictionary<string, string> outputs = [];
        foreach (Node node in program.Graph.Nodes.TakeWhile(node => !node.Operation.Name.StartsWith("SoftmaxCross", StringComparison.Ordinal)))
        {
            outputs[node.Scope.Path] = $"{node.Outputs[0].Shape}";
        }

        foreach (Module module in model.Modules.Where(module => module is Conv2d or BatchNorm2d or Linear or ResidualBlock).Distinct())
        {
            ResidualBlock? block = module as ResidualBlock;
            yield return new LayerListing(
                module.Path, module.GetType().Name, outputs[module.Path], module.ParameterCount,
                block?.Skip.Spec.ToString(), block?.Step.Spec.ToString());
        }
    }

    private static void Print(TextWriter writer, InspectReport report)
    {
        if (report.Nodes is null)
        {
            Table.Write(
                writer,
                ["module", "layer", "output", ">parameters", ">s", ">h"],
                [.. report.Layers.Select(l => new[] { l.Module, l.Kind, l.Output, Text(l.Parameters), l.Skip ?? "", l.Step ?? "" })]);
        }
        else
        {
            writer.WriteLine($"before fusion: {report.Nodes.Count} nodes");
            Table.Write(writer, ["%", "operation", "module", "shape", ">bytes", ">multiply-adds/image"], [.. report.Nodes.Select(Cells)]);
            writer.WriteLine($"\nafter fusion: {report.Phases!.Sum(phase => phase.Nodes.Count)} steps in {report.Phases!.Count} phases");
            Table.Write(
                writer,
                [">phase", ">group", "%", "operation", "module", "shape", ">bytes", ">multiply-adds/image", "place"],
                [.. from phase in report.Phases from node in phase.Nodes
                    select (string[])[Text(phase.Number), Text(phase.Group), .. Cells(node), node.Place]]);
        }

        writer.WriteLine(
            $"\n{report.Model}, {report.Program}, batch {report.Batch}, images {report.ImageSize}x{report.ImageSize}\n"
            + $"parameters     {report.Parameters:n0}\n"
            + $"multiply-adds  {report.MultiplyAddsForward:n0} forward per image, {report.MultiplyAddsStep:n0} per step\n"
            + $"memory         {report.StoreBytes:n0} bytes store, {report.SmallBytes:n0} small, {report.ScratchBytes:n0} scratch per thread");
    }

    private static string[] Cells(NodeListing node) =>
        [$"%{node.Id}", node.Operation, node.Module, node.Shape, Text(node.Bytes), node.MultiplyAdds == 0 ? "" : Text(node.MultiplyAdds)];

    private static string Text(long number) => number.ToString("n0", CultureInfo.InvariantCulture);
}
