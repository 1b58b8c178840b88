using StepNet.Graph;
using StepNet.Imaging;

namespace StepNet.Data;

/// <summary>
/// A user's own images: a folder with a sub-folder for each class, or with such folders in <c>train</c>, <c>test</c> and <c>val</c>.
/// </summary>
/// <remarks>
/// Without <c>test</c> a fifth of the images of each class is held out for it, by the paths within the folder, so that equal folders
/// give equal splits on every machine. The order of the items depends on the paths too, and mixes the classes.
/// </remarks>
public static class ImageFolder
{
    private const int SampledFiles = 64, Small = 32, Large = 64, MinSize = 4, MaxSize = 4096;

    /// <summary>Reads all images, as many at a time as there are processors.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>A set that goes by the folder's name, its normalisation computed from the training images.</returns>
    /// <exception cref="DataException">The folder has another structure, or a file is no image and bad files are not to be skipped.</exception>
    public static DatasetEntry Open(string folder, ImageFolderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new ImageFolderOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ImageSize ?? MinSize, MinSize, nameof(options.ImageSize));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.ImageSize ?? MinSize, MaxSize, nameof(options.ImageSize));
        ImageFolderFiles found = ImageFolderFiles.Find(folder);
        IReadOnlyList<ImageFile> files = found.Files;
        int[] order = StratifiedSplit.Order([.. files.Select(file => file.Path)], options.SplitSeed);
        int size = options.ImageSize ?? DefaultSize(folder, order.Select(i => files[i]));
        (ImageReading?[] readings, BadItem?[] bad) = Read(folder, files, size, options);

        // Behind the reading: a file left out belongs to no part.
        int[] good = [.. order.Where(i => readings[i] is not null)];
        foreach (DataPart part in (ReadOnlySpan<DataPart>)[DataPart.Test, DataPart.Validation])
        {
            // Others in their place would be no test of the user's.
            if (files.Any(file => file.Part == part) && !good.Any(i => files[i].Part == part))
            {
                throw new DataException($"'{folder}' has no image of {part.ToString().ToLowerInvariant()} that can be read, of {files.Count(file => file.Part == part)} files. Mend them, or remove the folder.");
            }
        }

        ImageFile[] kept = Assign([.. good.Select(i => files[i])], found.Classes.Count);
        ImageReading[] read = [.. good.Select(i => readings[i]!)];
        int[] train = Indices(kept, DataPart.Train), test = Indices(kept, DataPart.Test), validation = Indices(kept, DataPart.Validation);
        Check(folder, found, kept, train, test);
        ImageFolderDataset whole = new(folder, kept, [.. read.Select(one => one.Pixels)], size, found.Classes);
        (float[] mean, float[] std) = ImageReading.MeanAndStd(train.Select(i => read[i]), (long)size * size);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return new DatasetEntry
        {
            Name = name,
            Source = Path.GetFullPath(folder),
            ItemShape = Shape.Of(3, size, size),
            Classes = found.Classes,
            TrainItems = train.Length,
            TestItems = test.Length,
            HoldsOutTests = !good.Any(i => files[i].Part == DataPart.Test),
            Mean = mean,
            Std = std,
            Validation = validation.Length == 0 ? null : new DatasetSubset(whole, validation),
            Inspection = DataInspection.Of(
                name, "images", ["width", "height"], found.Classes,
                [.. kept.Zip(read, (file, one) => new ItemFacts(
                    file.Path, file.Part!.Value, file.Label, one.Hash, [one.Width, one.Height], one.Channels))],
                [.. bad.OfType<BadItem>()],
                found.Strays),
            Defaults = new("resnet20", Epochs: 20, BatchSize: 32, LearningRate: 0.1, WeightDecay: 5e-4, Augmentation: $"crop:{Math.Max(1, size / 8)},flip"),
            Loader = (_, _) => (new DatasetSubset(whole, train), new DatasetSubset(whole, test)),
        };
    }

    private static (ImageReading?[] Readings, BadItem?[] Bad) Read(
        string folder, IReadOnlyList<ImageFile> files, int size, ImageFolderOptions options)
    {
        bool keep = 3L * size * size * files.Count <= options.MaxMemoryBytes;
        ImageReading?[] readings = new ImageReading?[files.Count];
        BadItem?[] bad = new BadItem?[files.Count];
        DataException?[] errors = new DataException?[files.Count];
        int done = 0;
        _ = Parallel.For(0, files.Count, (i, loop) =>
        {
            try
            {
                readings[i] = ImageReading.Of(ImageFolderDataset.Decode(folder, files[i]), size, keep);
            }
            catch (DataException e)
            {
                (bad[i], errors[i]) = (new BadItem(files[i].Path, DataErrors.OneLine(e.InnerException!)), e);
                if (options.BadFiles == BadItems.Stop)
                {
                    // All files before it are still read, so that the first bad one is always the same.
                    loop.Break();
                }
            }

            options.OnProgress?.Invoke(Interlocked.Increment(ref done), files.Count);
        });
        return options.BadFiles == BadItems.Stop && errors.FirstOrDefault(error => error is not null) is DataException first
            ? throw new DataException($"{first.Message.TrimEnd('.')}, or leave bad files out with --bad-files skip.", first)
            : (readings, bad);
    }

    private static int DefaultSize(string folder, IEnumerable<ImageFile> files)
    {
        List<int> sides = [];
        foreach (ImageFile file in files.Take(SampledFiles))
        {
            try
            {
                RgbImage image = ImageFolderDataset.Decode(folder, file);
                sides.Add(Math.Min(image.Width, image.Height));
            }
            catch (DataException)
            {
                // Named when all files are read.
            }
        }

        sides.Sort();
        return sides.Count > 0 && sides[sides.Count / 2] >= Large ? Large : Small;
    }

    private static ImageFile[] Assign(ImageFile[] files, int classes)
    {
        if (files.Any(file => file.Part == DataPart.Test))
        {
            return files;
        }

        // Validation images that the folder sets aside stay what they are.
        int[] open = [.. Enumerable.Range(0, files.Length).Where(i => files[i].Part != DataPart.Validation)];
        DataPart[] parts = StratifiedSplit.Parts([.. open.Select(i => files[i].Label)], classes);
        foreach ((int i, DataPart part) in open.Zip(parts))
        {
            files[i] = files[i] with { Part = part };
        }

        return files;
    }

    private static void Check(string folder, ImageFolderFiles found, ImageFile[] files, int[] train, int[] test)
    {
        HashSet<int> trained = [.. train.Select(i => files[i].Label)];
        int without = Enumerable.Range(0, found.Classes.Count).FirstOrDefault(label => !trained.Contains(label), -1);
        if (without >= 0)
        {
            throw new DataException($"'{folder}': class '{found.Classes[without]}' has no readable image to train on. "
                + "Put some there, or remove its folder.");
        }

        if (test.Length == 0)
        {
            throw new DataException($"'{folder}': no image is left for testing: every class has a single one. "
                + "Put two or more into each class folder.");
        }
    }

    private static int[] Indices(ImageFile[] files, DataPart part) =>
        [.. Enumerable.Range(0, files.Length).Where(i => files[i].Part == part)];
}
