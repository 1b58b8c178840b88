using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using StepNet.Execution;
using StepNet.Graph;
using StepNet.Inference;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Cli.Commands;

/// <summary><c>stepnet inspect</c>: shows a network, its graph before and after fusion, and what a step costs.</summary>
internal static class InspectCommand
{
    private const string Summary = "Shows a network, or a trained model: layers, shapes, parameters, s and h of every block, norms of weights.";

    private const string Details =
        """
        Of a run folder or a model file it shows the values that were trained: s and h, of a value a channel
        their mean, and the Euclidean norm of each layer's parameters. With --graph every operation of a step, before and after fusion, with the phases and the memory
        that the CPU executor plans. Multiply-adds are those of convolutions and linear layers.
        """;

    private const string Examples =
        """
        stepnet inspect --model resnet56 --step learned:0.1
        stepnet inspect --graph --inference --batch 1 | less
        stepnet inspect runs/resnet20-cifar10-1
        stepnet inspect --bounds runs/resnet20-cifar10-1
        """;

    private static readonly ModelArguments s_model = new("resnet20");

    private static readonly OptimizerArguments s_optimizer = new("0.2", "0");

    private static readonly Option<bool> s_graph = new("--graph") { Description = "Lists every operation, before and after fusion." };

    private static readonly Option<string?> s_bounds = Options.Of<string?>(
        "--bounds", "run", "Instead, of the run in a folder: what the papers' bounds allow its gradients, beside what they do.", text => text);

    private static readonly InputArguments s_input = new();

    private static readonly Option<bool> s_training = new("--training") { Description = "Shows a training step. [default]" };

    private static readonly Option<bool> s_inference = new("--inference") { Description = "Shows prediction." };

    private static readonly Option<bool> s_json = new("--json") { Description = "Writes one JSON object instead of tables." };

    internal static Command Create()
    {
        Argument<string?> trained = new("run") { Arity = ArgumentArity.ZeroOrOne };
        GroupedCommand command = new("inspect", Summary, Details, Examples,
        [
            new("Model", [.. s_model.Options]),
            new("Optimisation, of a training step", [.. s_optimizer.Options]),
            new("View", [s_graph, .. s_input.Options, s_training, s_inference, s_bounds, s_json]),
        ])
        {
            trained,
        };
        command.SetAction(parsed => Run(parsed, parsed.GetValue(trained)));
        return command;
    }

    private static int Run(ParseResult parsed, string? trained)
    {
        if (parsed.GetValue(s_bounds) is string run)
        {
            return trained is not null ? throw new UsageException($"'{trained}' does not go with --bounds {run}. Leave one of them out.") : Given(parsed).FirstOrDefault(option => option != s_bounds && option != s_json) is Option stray
                ? throw new UsageException($"{stray.Name} does not go with --bounds: the run has its network and its data. Leave it out.")
                : BoundsView.Show(run, parsed.GetValue(s_json));
        }

        bool graph = parsed.GetValue(s_graph), inference = parsed.GetValue(s_inference);
        if (inference && parsed.GetValue(s_training))
        {
            throw new UsageException("--training and --inference exclude each other. Leave one out.");
        }

        ResolvedOptions asked = new(parsed);
        if (trained is not null && Given(parsed).FirstOrDefault(s_model.Options.Contains) is Option named)
        {
            throw new UsageException($"{named.Name} does not go with '{trained}', which says itself what network it is. Leave it out.");
        }

        TrainedModel? values = trained is null ? null : TrainedModel.Load(trained);
        Optimizer optimizer = s_optimizer.Read(asked, sgdLearningRate: 0.2, sgdWeightDecay: 0).Create();
        int batch = s_input.Batch(parsed);
        ResNetOptions options = values?.Card.Options ?? s_model.Read(asked, "resnet20");
        Shape item = s_input.Item(parsed, options, values?.Card.Item);
        (options, Module model) = values is null ? ModelArguments.Build(options, item, options.Classes) : (options, values.Network);
        GraphProgram program;
        try
        {
            program = inference ? model.Compile(item).Program : TrainingGraph.Build(model, item, optimizer);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"items {item}: {ParseErrors.OneLine(e.Message)}");
        }

        ProgramInspection inspection = ProgramInspection.Of(program, batch);
        InspectReport report = new()
        {
            Model = options.Name,
            Parameters = model.ParameterCount,
            Program = inference ? "inference" : "training",
            Batch = batch,
            Input = $"{item}",
            MultiplyAddsForward = inspection.ForwardMultiplyAdds,
            MultiplyAddsStep = inspection.StepMultiplyAdds,
            StoreBytes = inspection.StoreBytes,
            SmallBytes = inspection.SmallBytes,
            ScratchBytes = inspection.ScratchBytes,
            Layers = [.. Layers(model, program, isTrained: values is not null)],
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

    private static IEnumerable<Option> Given(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<OptionResult>().Where(result => !result.Implicit).Select(result => result.Option);

    private static IEnumerable<LayerListing> Layers(Module model, GraphProgram program, bool isTrained)
    {
        // The last node that a module traced itself gives its output; gradients carry the module's path too, but come later.
        Dictionary<string, string> outputs = [];
        foreach (Node node in program.Graph.Nodes.TakeWhile(node => !node.Operation.Name.StartsWith("SoftmaxCross", StringComparison.Ordinal)))
        {
            outputs[node.Scope.Path] = $"{node.Outputs[0].Shape}";
        }

        foreach (Module module in model.Modules.Where(IsListed).Distinct())
        {
            ResidualBlock? block = module as ResidualBlock;
            yield return new LayerListing(
                module.Path, module.GetType().Name, outputs[module.Path], module.ParameterCount,
                Text(block?.Skip), Text(block?.Step), block is null ? null : ModelArguments.Word(block.Integrator))
            {
                WeightNorm = isTrained ? Math.Sqrt(module.Parameters.Sum(parameter => parameter.Values.Sum(value => (double)value * value))) : null,
            };
        }

        string? Text(Coefficient? of) => of is null ? null
            : isTrained && of.Trained is not null ? of.Value.ToString("g4", CultureInfo.InvariantCulture) : of.Spec.ToString();
    }

    // Blocks, and what holds numbers of its own apart from their s and h.
    private static bool IsListed(Module module) =>
        module is ResidualBlock || (module is not Coefficient && !module.Children.Any() && module.State.Any());

    private static void Print(TextWriter writer, InspectReport report)
    {
        if (report.Nodes is null)
        {
            // Where every block takes Euler's step, as usual, a column that says so would say nothing.
            string[] none = [];
            bool trained = report.Layers.Any(l => l.WeightNorm is not null);
            bool other = report.Layers.Any(l => l.Integrator is not null and not "euler");
            Table.Write(
                writer,
                ["module", "layer", "output", ">parameters", ">s", ">h", .. other ? ["integrator"] : none, .. trained ? [">norm"] : none],
                [.. report.Layers.Select(l => (string[])
                [
                    l.Module, l.Kind, l.Output, Text(l.Parameters), l.Skip ?? "", l.Step ?? "", .. other ? [l.Integrator ?? ""] : none,
                    .. trained ? [l.WeightNorm!.Value.ToString("g4", CultureInfo.InvariantCulture)] : none,
                ])]);
        }
        else
        {
            writer.WriteLine($"before fusion: {report.Nodes.Count} nodes");
            Table.Write(writer, ["%", "operation", "module", "shape", ">bytes", ">multiply-adds/item"], [.. report.Nodes.Select(Cells)]);
            writer.WriteLine($"\nafter fusion: {report.Phases!.Sum(phase => phase.Nodes.Count)} steps in {report.Phases!.Count} phases");
            Table.Write(
                writer,
                [">phase", ">group", "%", "operation", "module", "shape", ">bytes", ">multiply-adds/item", "place"],
                [.. from phase in report.Phases from node in phase.Nodes
                    select (string[])[Text(phase.Number), Text(phase.Group), .. Cells(node), node.Place]]);
        }

        writer.WriteLine(
            $"\n{report.Model}, {report.Program}, batch {report.Batch}, items {report.Input}\n"
            + $"parameters     {report.Parameters:n0}\n"
            + $"multiply-adds  {report.MultiplyAddsForward:n0} forward per item, {report.MultiplyAddsStep:n0} per step\n"
            + $"memory         {report.StoreBytes:n0} bytes store, {report.SmallBytes:n0} small, {report.ScratchBytes:n0} scratch per thread");
    }

    private static string[] Cells(NodeListing node) =>
        [$"%{node.Id}", node.Operation, node.Module, node.Shape, Text(node.Bytes), node.MultiplyAdds == 0 ? "" : Text(node.MultiplyAdds)];

    private static string Text(long number) => number.ToString("n0", CultureInfo.InvariantCulture);
}
