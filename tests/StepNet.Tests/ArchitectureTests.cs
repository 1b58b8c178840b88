using System.Text.RegularExpressions;

namespace StepNet.Tests;

/// <summary>References between the folders of the library go one way: kernels never see a module, modules never a trainer.</summary>
public sealed partial class ArchitectureTests
{
    // What each room may use besides itself; a room that is not here fails the test, so that it gets its place on purpose.
    private static readonly Dictionary<string, string[]> Below = new()
    {
        ["Kernels"] = [],
        ["Imaging"] = [],
        ["Metrics"] = [],
        ["Graph"] = ["Kernels"],
        ["Passes"] = ["Kernels", "Graph"],
        ["Execution"] = ["Kernels", "Graph", "Passes"],
        ["Nn"] = ["Kernels", "Graph", "Passes", "Execution"],
        ["Models"] = ["Kernels", "Graph", "Passes", "Execution", "Nn"],
        ["Optim"] = ["Kernels", "Graph", "Passes", "Execution", "Nn"],
        ["Data"] = ["Imaging", "Kernels", "Graph", "Passes", "Execution", "Nn"],
        ["Export"] = ["Kernels", "Graph", "Passes", "Execution", "Nn"],
        ["Inference"] = ["Imaging", "Kernels", "Graph", "Passes", "Execution", "Nn", "Models", "Data", "Export"],
        ["Training"] = ["Imaging", "Metrics", "Kernels", "Graph", "Passes", "Execution", "Nn", "Models", "Optim", "Data", "Export"],
    };

    // Room.Type and Room.Namespace of all that the library declares: tells a mention of a room from a property of its name.
    private static readonly HashSet<string> Declared =
    [
        .. from type in typeof(StepNet.Graph.Shape).Assembly.GetTypes()
           let space = type.Namespace?.Split('.') ?? []
           where space.Length > 1 && space[0] == "StepNet"
           select $"{space[1]}.{(space.Length > 2 ? space[2] : type.Name.Split('`')[0])}",
    ];

    [Fact]
    public void Source_EveryFile_RefersToItsRoomAndThoseBelow()
    {
        List<string> violations = [];
        string root = Path.Combine(Checkout.Root, "src", "StepNet");
        foreach ((string file, string text) in SourceFiles(root))
        {
            string room = Namespace().Match(text).Groups["room"].Value;
            if (!Below.TryGetValue(room, out string[]? allowed))
            {
                violations.Add($"{file}: namespace StepNet.{room} is no known room; give it a place in {nameof(ArchitectureTests)}.");
                continue;
            }

            if (file.Split('/')[0] != room)
            {
                violations.Add($"{file}: declares namespace StepNet.{room}, which is another folder.");
            }

            violations.AddRange(References(text)
                .Where(used => used != room && !allowed.Contains(used))
                .Select(used => $"{file}: {room} refers to {used}, which is not below it."));
        }

        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    [Theory]
    [InlineData("using StepNet.Nn;", "Nn")]
    [InlineData("using static StepNet.Training.Tools;", "Training")]
    [InlineData("using Net = StepNet.Models.CifarResNet;", "Models")]
    [InlineData("int x = StepNet.Data.Cifar10.Count;", "Data")]
    [InlineData("int x = global::StepNet.Data.Cifar10.Count;", "Data")]
    [InlineData("/// <see cref=\"Passes.GraphProgram\"/>", "Passes")]
    [InlineData("Execution.IExecutor e;", "Execution")]
    public void References_EveryFormOfMention_IsSeen(string text, string room) => Assert.Contains(room, References(text));

    [Theory]
    [InlineData("graph.Nodes.Count; Data.Length; model.Training.Rate; node.Graph.Add(x)")]
    [InlineData("// says StepNet alone; see Data. Then Training; then Export.")]
    public void References_MembersOfThatName_AreNone(string text) => Assert.Empty(References(text));

    private static IEnumerable<string> References(string text) =>
        FullMention().Matches(text)
            .Concat(ShortMention().Matches(text).Where(match => Declared.Contains(match.Value)))
            .Select(match => match.Groups["room"].Value)
            .Where(Below.ContainsKey)
            .Distinct();

    private static IEnumerable<(string File, string Text)> SourceFiles(string root) =>
        from path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
        let file = Path.GetRelativePath(root, path).Replace('\\', '/')
        where !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal)
        orderby file
        select (file, File.ReadAllText(path));

    [GeneratedRegex(@"^namespace StepNet\.(?<room>\w+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\bStepNet\.(?<room>\w+)")]
    private static partial Regex FullMention();

    // Inside namespace StepNet.X, Y.Z names a type of StepNet.Y; a dot before the word makes it a member.
    [GeneratedRegex(@"(?<![\w.])(?<room>[A-Z]\w+)\.[A-Z]\w+")]
    private static partial Regex ShortMention();
}
