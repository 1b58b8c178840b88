using StepNet.Data;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Reproductions;
using StepNet.Experiments.Studies;
using StepNet.Imaging;

namespace StepNet.Cli.Studies;

/// <summary>
/// Trials that look at the noise which a training adds to its data: how much there is, and what it looks like on generated items, which
/// anybody may print, as those of the published sets are not ours. Settings:
/// <c>data</c>, <c>noise</c> (of images the standard deviation on normalised pixels, of texts the share of characters), <c>items</c> that
/// are measured, <c>length</c> of texts.
/// </summary>
internal static class InputNoiseTrials
{
    private const int ShownImages = 5;
    private const double SecondsOfAnItem = 1e-4;
    private const string TextFile = "text.txt", Pictures = "shapes", Texts = "phrases";

    // Points have noise of their own, which they are made with.
    private static readonly string[] s_sets = [.. DatasetCatalog.All.Where(entry => entry.IsText || entry.Std.Count > 0).Select(entry => entry.Name)];

    private static readonly Dictionary<string, string> s_defaults = new() { ["data"] = "shapes", ["noise"] = "0", ["items"] = "500", ["length"] = "128" };

    internal static ITrialKind Kind(TrainTrialKind train)
    {
        return new FunctionTrialKind("input-noise", s_defaults, (run, _) => Run(run, Clean(run)))
        {
            Checks = Check,
            Cost = configuration => SecondsOfAnItem * CsvTable.Number(configuration["items"]),
            Draws = Draw,
        };

        TrainingData Clean(TrialRun run)
        {
            string name = run.Text("data");
            Dictionary<string, string> settings = new() { ["data"] = name, ["train-items"] = run.Text("items"), ["test-items"] = "1" };
            if (DatasetCatalog.Find(name) is { IsText: true, IsGenerated: false })
            {
                settings["length"] = run.Text("length");
            }

            return train.Data(settings);
        }
    }

    private static string? Check(string key, string value) => key switch
    {
        "data" => SettingCheck.Word(key, value, s_sets),
        "noise" => CsvTable.Number(value) >= 0 ? null : $"noise: '{value}', expected a number, 0 or more.",
        _ => SettingCheck.Whole(key, value),
    };

    // The noise is that of 'stepnet train', from the seed of the trial.
    private static TrialOutcome Run(TrialRun run, TrainingData clean)
    {
        double chosen = run.Number("noise");
        ulong seed = run.Seed;
        if (clean.Std.Count == 0)
        {
            NoisyCharacters noisy = new(clean.Train, chosen, seed);
            double share = InputNoise.OfCharacters(clean.Train, noisy);
            run.Summary(("measured", share), ("error", Math.Abs(share - chosen)));
            NoisyCharacters shown = new(Generated(Texts), chosen, seed);
            float[] codes = new float[shown.ItemShape.ItemCount];
            _ = shown.Read(0, codes);
            File.WriteAllText(Path.Combine(run.Folder, TextFile), CharacterVocabulary.Decode(codes));
        }
        else
        {
            NoisyPixels noisy = new(clean.Train, chosen, clean.Std, seed);
            (double mean, double deviation) = InputNoise.OfPixels(clean.Train, noisy, clean.Std);
            run.Summary(("measured", deviation), ("error", Math.Max(Math.Abs(deviation - chosen), Math.Abs(mean))));
            NoisyPixels shown = new(Generated(Pictures), chosen, DatasetCatalog.Find(Pictures).Std, seed);
            for (int i = 0; i < ShownImages; i++)
            {
                File.WriteAllBytes(PictureOf(run.Folder, i), PngEncoder.Encode(StepNet.Data.ImageGrid.One(shown, i)));
            }
        }

        return TrialOutcome.Done;
    }

    private static IDataset Generated(string name) => (DatasetCatalog.Find(name) with { TrainItems = ShownImages, TestItems = 1 }).Load("").Train;

    private static string PictureOf(string folder, int index) => Path.Combine(folder, $"image-{index}.png");

    // Of the first seed: a row an image, a column a level; then the first text at every level.
    private static List<Figure> Draw(StudyResult result, Func<StudyTrial, string> folderOf)
    {
        StudyTrial[] shown = [.. result.Trials.Where(trial => trial.Seed == result.Trials[0].Seed && result.Of(trial).IsResult)
            .OrderBy(Level)];
        StudyTrial[] images = [.. shown.Where(trial => File.Exists(PictureOf(folderOf(trial), 0)))], texts = [.. shown.Where(trial => File.Exists(Path.Combine(folderOf(trial), TextFile)))];
        List<Figure> figures = [];
        if (images.Length > 0)
        {
            figures.Add(new Experiments.Charts.ImageGrid
            {
                Title = $"The noise on generated images, '{Pictures}'",
                Subtitle = "noise: standard deviation on normalised pixels" + Scale(result),
                Note = "What leaves the range of the pixels is cut for the picture, not for the network.",
                Columns = images.Length,
                Images =
                [
                    .. from row in Enumerable.Range(0, ShownImages)
                       from trial in images
                       select new GridImage(File.ReadAllBytes(PictureOf(folderOf(trial), row)), row == ShownImages - 1 ? $"noise {trial.Trial.Configuration["noise"]}" : ""),
                ],
            });
        }

        if (texts.Length > 0)
        {
            figures.Add(new TextGrid
            {
                Title = $"The noise on a generated text, '{Texts}'",
                Subtitle = "noise: share of the characters replaced by random letters" + Scale(result),
                Columns = ["noise", "text"],
                Rows = [.. texts.Select(trial => (string[])[trial.Trial.Configuration["noise"], File.ReadAllText(Path.Combine(folderOf(trial), TextFile))])],
                Width = 860,
            });
        }

        return figures;
    }

    private static double Level(StudyTrial trial) => CsvTable.Number(trial.Trial.Configuration["noise"]);

    private static string Scale(StudyResult result) => result.Study.Scale is null ? "" : $"; scale {result.Study.Scale}";
}
