using StepNet.Experiments.Studies;

namespace StepNet.Experiments.Reproductions;

/// <summary>The pages of the documentation that are written, in whole or in part, from results.</summary>
public static class ReproductionPages
{
    /// <summary>Written in whole.</summary>
    public const string Results = "results.md";

    /// <summary>Written by hand but for its verdicts.</summary>
    public const string Claims = "claims.md";

    /// <summary>The pages as they should be.</summary>
    /// <param name="catalog">The figures.</param>
    /// <param name="kinds">Kinds of trial.</param>
    /// <param name="root">Folder of all results.</param>
    /// <param name="documents">Folder of the pages; <see cref="Claims"/> is refreshed where it is there.</param>
    /// <returns>Texts by path.</returns>
    /// <exception cref="StudyException">Results do not fit together, or a page names a figure that there is not.</exception>
    public static IReadOnlyDictionary<string, string> Make(ReproductionCatalog catalog, IReadOnlyList<ITrialKind> kinds, string root, string documents)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        Dictionary<string, string> folders = [], pages = [];
        List<(string Name, ReproductionResult? Result)> figures = [];
        foreach (string name in catalog.Names)
        {
            figures.Add((name, ReproductionResult.Read(root, name, kinds, out string folder)));
            folders[name] = folder;
        }

        ResultsPage results = new((name, file) => Path.GetRelativePath(documents, Path.Combine(folders[name], file)).Replace('\\', '/'));
        pages[Path.Combine(documents, Results)] = results.Write(figures);
        string claims = Path.Combine(documents, Claims);
        if (File.Exists(claims))
        {
            pages[claims] = ClaimsPage.Refresh(File.ReadAllText(claims), figures.ToDictionary(one => one.Name, one => one.Result));
        }

        return pages;
    }

    /// <summary>Writes them.</summary>
    /// <returns>Their paths.</returns>
    /// <exception cref="StudyException">As <see cref="Make"/>.</exception>
    public static IReadOnlyList<string> Write(ReproductionCatalog catalog, IReadOnlyList<ITrialKind> kinds, string root, string documents)
    {
        if (!Directory.Exists(documents))
        {
            throw new StudyException($"--write: '{documents}' is no folder. Name the folder of the documents, such as docs.");
        }

        IReadOnlyDictionary<string, string> pages = Make(catalog, kinds, root, documents);
        foreach ((string path, string text) in pages)
        {
            SmallFile.Write(path, text);
        }

        return [.. pages.Keys];
    }
}
