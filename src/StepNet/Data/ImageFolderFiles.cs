
namespace StepNet.Data;

/// <summary>
/// Finds the files of a folder with a sub-folder for each class, or with <c>train</c>, and perhaps <c>test</c> and <c>val</c> or
/// <c>validation</c>, that hold such sub-folders each.
/// </summary>
/// <remarks>
/// Folders within a class folder belong to the class. Hidden files and folders (a dot in front) are left out, and so are links to
/// folders within a class, which could lead in circles.
/// </remarks>
internal sealed class ImageFolderFiles
{
    private static readonly Dictionary<string, DataPart> s_parts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = DataPart.Train,
        ["val"] = DataPart.Validation,
        ["validation"] = DataPart.Validation,
        ["test"] = DataPart.Test,
    };

    private readonly string _root;
    private readonly List<ImageFile> _files = [];

    private ImageFolderFiles(string root)
    {
        _root = root;
        string[] folders = Folders(root);
        string[] parts = [.. folders.Where(s_parts.ContainsKey)];
        HasParts = parts.Length > 0;
        if (HasParts)
        {
            CheckParts(parts, folders);
        }

        string train = HasParts ? parts.First(part => s_parts[part] == DataPart.Train) : "";
        Classes = Folders(Path.Combine(root, train));
        if (Classes.Count < 2)
        {
            string what = Classes.Count == 0 ? "no sub-folders" : $"the one sub-folder '{Classes[0]}'";
            throw new DataException($"'{Path.Combine(root, train)}' has {what}; expected two or more, one for each class, with the class's images in it.");
        }

        foreach (string part in HasParts ? parts : [""])
        {
            AddPart(part);
        }

        HashSet<int> trained = [.. _files.Where(file => file.Part is null or DataPart.Train).Select(file => file.Label)];
        int empty = Enumerable.Range(0, Classes.Count).FirstOrDefault(label => !trained.Contains(label), -1);
        if (empty >= 0)
        {
            throw new DataException($"class folder '{Path.Combine(root, train, Classes[empty])}' holds no files. "
                + "Put its images there, or remove the folder.");
        }
    }

    /// <summary>Class names in ordinal order: the names of the sub-folders.</summary>
    internal IReadOnlyList<string> Classes { get; }

    /// <summary>All files.</summary>
    internal IReadOnlyList<ImageFile> Files => _files;

    /// <summary>Whether the folder says what items are for.</summary>
    internal bool HasParts { get; }

    /// <summary>Files beside the class folders, which are left out: paths below the folder.</summary>
    internal List<string> Strays { get; } = [];

    /// <exception cref="DataException">The folder cannot be read or has another structure.</exception>
    internal static ImageFolderFiles Find(string root)
    {
        try
        {
            return new ImageFolderFiles(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataErrors.Unreadable("image folder", root, e);
        }
    }

    private void CheckParts(string[] parts, string[] folders)
    {
        if (!parts.Any(part => s_parts[part] == DataPart.Train))
        {
            throw new DataException($"'{_root}' has {parts[0]}/ but no train/. Put the training images into train/, a sub-folder for each class.");
        }

        if (folders.FirstOrDefault(folder => !s_parts.ContainsKey(folder)) is string other)
        {
            throw new DataException($"'{_root}' has '{other}' beside train/; expected train/, test/ and val/ alone, with the class "
                + $"folders in them. Move or remove it; where {parts[0]} is a class, put all class folders into a folder train/.");
        }

        if (parts.GroupBy(part => s_parts[part]).FirstOrDefault(same => same.Count() > 1) is IGrouping<DataPart, string> twice)
        {
            throw new DataException($"'{_root}' has both {string.Join("/ and ", twice)}/. Keep one of them.");
        }
    }

    private void AddPart(string part)
    {
        string folder = Path.Combine(_root, part);
        Strays.AddRange(Names(folder, directories: false).Select(name => Below(part, name)));
        foreach (string name in Folders(folder))
        {
            int label = Classes.ToList().BinarySearch(name, StringComparer.Ordinal);
            if (label < 0)
            {
                throw new DataException($"'{Path.Combine(folder, name)}' is a class that train/ does not have. "
                    + "Put training images of it there, or remove it.");
            }

            string classFolder = Path.Combine(folder, name);
            _files.AddRange(FolderFiles.Below(classFolder)
                .Select(file => Below(part, name, Path.GetRelativePath(classFolder, file).Replace('\\', '/')))
                .Order(StringComparer.Ordinal)
                .Select(path => new ImageFile(path, label, HasParts ? s_parts[part] : null)));
        }
    }

    private static string Below(params ReadOnlySpan<string> names) => string.Join('/', names.ToArray().Where(name => name.Length > 0));

    private static string[] Folders(string folder) => Names(folder, directories: true);

    private static string[] Names(string folder, bool directories) =>
        [.. (directories ? Directory.EnumerateDirectories(folder) : Directory.EnumerateFiles(folder))
            .Select(path => Path.GetFileName(path)).Where(name => name[0] != '.').Order(StringComparer.Ordinal)];
}
