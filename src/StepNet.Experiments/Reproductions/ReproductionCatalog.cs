using System.Globalization;
using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Reproductions;

/// <summary>The figures and tables of the papers that can be run: a study file each, in the folder <c>experiments</c> beside the program.</summary>
/// <param name="folder">Where the files lie; null for beside the program.</param>
public sealed class ReproductionCatalog(string? folder = null)
{
    /// <summary>All scales, from seconds to days.</summary>
    public static IReadOnlyList<string> Scales { get; } = ["smoke", "cpu", "paper"];

    private readonly string _folder = folder ?? Path.Combine(AppContext.BaseDirectory, "experiments");

    /// <summary>Names, figures by number first.</summary>
    public IReadOnlyList<string> Names =>
    [
        .. Directory.EnumerateFiles(_folder, "*.yaml").Select(path => Path.GetFileNameWithoutExtension(path)!)
            .OrderBy(name => Number(name) ?? int.MaxValue).ThenBy(name => name, StringComparer.Ordinal),
    ];

    /// <summary>The study file of a name.</summary>
    /// <exception cref="StudyException">There is none.</exception>
    public string FileOf(string name)
    {
        IReadOnlyList<string> names = Names;
        return names.Contains(name) ? Path.Combine(_folder, $"{name}.yaml") : throw new StudyException(
            $"'{name}' is no figure or table; expected all, or some of {string.Join(", ", names)}.{Nearest.Hint(name, names)}");
    }

    /// <summary>Where the results of a scale lie, below the folder of all results: those of <c>cpu</c> directly in it.</summary>
    public static string ResultsOf(string root, string scale, string name) =>
        scale == "cpu" ? Path.Combine(root, name) : Path.Combine(root, scale, name);

    private static int? Number(string name) => name.StartsWith("figure", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan("figure".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
