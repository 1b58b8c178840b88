using System.CommandLine;
using System.CommandLine.Parsing;
using StepNet.Data;
using StepNet.Execution;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Training;

namespace StepNet.Cli.Commands;

/// <summary>Options of <c>stepnet train</c>, and the settings that they make together with the defaults of the data set.</summary>
internal static class TrainArguments
{
    private static readonly Option<string?> s_data = DataOption();

    private static readonly OwnDataArguments s_own = new();

    private static readonly Option<bool> s_balance = new("--balance")
    {
        Description = "Draws all classes evenly: items of smaller ones come again within an epoch.",
    };

    private static readonly Option<string?> s_dataDir = Options.Of<string?>(
        "--data-dir", "folder", "Folder with the set's files, packed or unpacked, instead of the download.", text => text);

    private static readonly DownloadArguments s_download = new();

    private static readonly Option<int?> s_trainItems = Options.Number(
        "--train-items", "n", 1, 10_000_000, "Training items, the first of the set", $"all; shapes {DatasetCatalog.Find("shapes").TrainItems}");

    private static readonly Option<int?> s_testItems = Options.Number(
        "--test-items", "n", 1, 10_000_000, "Test items, the first of the set", $"all; shapes {DatasetCatalog.Find("shapes").TestItems}");

    private static readonly Option<int?> s_length = Options.Number(
        "--length", "n", 1, 1_000_000, "Characters of a text: longer ones are cut, shorter ones padded",
        $"{AgNews.DefaultLength}; your own by their texts");

    private static readonly Option<Augmentation?> s_augment = Options.Of<Augmentation?>(
        "--augment", "word:n,...", $"Random changes of training images: none, or some of {Augmentation.Words}. "
        + $"[default: {PerSet(e => e.Defaults.Augmentation)}]", Augmentation.Parse);

    private static readonly Option<bool> s_rawPixels = new("--raw-pixels")
    {
        Description = "Leaves pixels in [0, 1]: without the set's mean and deviation of each channel.",
    };

    private static readonly Option<double?> s_noisePixels = Options.Number(
        "--noise-pixels", "std", 0.0, 100, "Standard deviation of noise on the normalised pixels of training images", "0");

    private static readonly Option<double?> s_noiseCharacters = Options.Number(
        "--noise-characters", "share", 0.0, 1, "Share of the characters of training texts replaced by random letters", "0");

    private static readonly Option<double?> s_noiseLabels = Options.Number(
        "--noise-labels", "share", 0.0, 1, "Share of training labels flipped to another class", "0");

    private static readonly Option<double?> s_moonsNoise = Options.Number(
        "--moons-noise", "std", 0.0, 100, "Standard deviation of the points of two-moons, training and test",
        $"{DatasetCatalog.Find("two-moons").PointNoise}");

    private static readonly ModelArguments s_model = new(PerSet(e => e.Defaults.Model), chooses: true);

    private static readonly Option<double?> s_stepGain = Options.Number(
        "--step-gain", "g", 1.001, 1e100, "Gain G of --step auto: h is the largest with (1 + h W)^D at most G", $"{StepRule.DefaultGain}");

    private static readonly Option<string?> s_weights = Options.Of<string?>(
        "--weights", "file",
        "Starts from these weights: a model file, a run folder, or a .safetensors file of torchvision's or timm's ResNets. The head starts "
        + "anew where the classes differ; network, image size and normalisation are the file's, and --lr is a tenth, where nothing else is said.",
        WeightsFile.Locate);

    /// <summary>Name of the option that asks for certain weights; trials keep what it would say of theirs.</summary>
    internal const string WeightsDigest = "weights-digest";

    private static readonly Option<string?> s_weightsDigest = Options.Of<string?>(
        $"--{WeightsDigest}", "hex", "Refuses --weights of another digest, as a file that was trained further has; a wrong one shows the right one. [default: takes any]", text => text);

    private static readonly Option<FrozenParts?> s_freeze = Options.Of<FrozenParts?>(
        "--freeze", "part,...",
        "Leaves parts of the network as they are, running statistics of their norms included: all-but-head, or paths such as conv1,bn1,layer1. "
        + "[default: none]", FrozenParts.Parse);

    private static readonly Option<int?> s_epochs = Options.Number(
        "--epochs", "n", 1, 1_000_000, "Passes over the training set", PerSet(e => e.Defaults.Epochs));

    private static readonly Option<int?> s_batch = Options.Number(
        "--batch", "n", 1, 65_536, "Items per step", PerSet(e => e.Defaults.BatchSize));

    private static readonly OptimizerArguments s_optimizer = new(PerSet(e => e.Defaults.LearningRate), PerSet(e => e.Defaults.WeightDecay));

    private static readonly Option<double?> s_labelSmoothing = Options.Number(
        "--label-smoothing", "e", 0.0, 0.99, "Share of the target spread evenly over all classes, in training", "0");

    private static readonly Option<ulong?> s_seed = Options.Number<ulong>(
        "--seed", "n", 0, ulong.MaxValue, "Seed of parameters, order, augmentation and noise: equal seeds give equal models", "1");

    private static readonly Option<int?> s_threads = Options.Number(
        "--threads", "n", 0, ThreadCount.Max, "Threads", "STEPNET_THREADS, SLURM_CPUS_PER_TASK, or one per processor");

    private static readonly Option<bool> s_recompute = new("--recompute")
    {
        Description = "Computes activations again in the backward pass rather than keeping them: much less memory for deep networks, "
            + "up to 1.4 times the time, the same numbers but for their last bits.",
    };

    private static readonly Option<long?> s_maxSteps = Options.Number<long>(
        "--max-steps", "n", 1, long.MaxValue, "Steps after which the run ends early: the schedule keeps the plan of all epochs", "all epochs");

    private static readonly Option<int?> s_validation = Options.Number(
        "--validation", "n", 0, 10_000_000, "Training items held out to judge epochs by; 0 for none", "a tenth");

    private static readonly Option<string?> s_keep = Options.Word(
        "--keep", "Model in the end: of the epoch of the highest validation accuracy, or of the last step. "
        + "[default: best; last without validation]", "best", "last");

    private static readonly Option<int?> s_patience = Options.Number(
        "--patience", "n", 1, 1_000_000, "Epochs without a better validation accuracy after which the run ends", "no end");

    private static readonly Option<bool> s_testEveryEpoch = new("--test-every-epoch")
    {
        Description = "Tests after each epoch too, for curves; it chooses nothing.",
    };

    private static readonly Option<string?> s_time = Options.Of<string?>(
        "--time", "t", "Ends the run in this time, such as 90s, 30m, 1.5h, the test included: the schedule follows the clock, so the "
        + "run cannot be repeated bit for bit. [default: none]", ParseTime);

    private static readonly Option<string?> s_onDivergence = Options.Word(
        "--on-divergence", "Where a loss or gradient is NaN or infinite: end, or restore the last checkpoint and halve the rate, at "
        + "most 5 times. [default: stop]", "stop", "restore-and-halve-lr");

    private static readonly Option<long?> s_saveEvery = Options.Number<long>(
        "--save-every", "n", 1, long.MaxValue, "Saves a checkpoint every n steps, besides the end of each epoch", "at the ends of epochs");

    private static readonly Option<long?> s_logEvery = Options.Number<long>(
        "--log-every", "n", 1, long.MaxValue, "Writes loss and accuracy over every n steps to steps.csv", "no such file");

    private static readonly Option<long?> s_tapsEvery = Options.Number<long>(
        "--taps-every", "n", 1, long.MaxValue, "Writes norms of weights and gradients, activations, s and h at every n-th step to taps.csv", "no such file");

    private static readonly Option<string?> s_taps = Options.Of<string?>(
        "--taps", "word,...", $"What --taps-every writes: all, or some of {TapWords.All}. [default: all]", text => TapWords.Write(TapWords.Parse(text)));

    private static readonly Option<bool> s_resume = new("--resume")
    {
        Description = "Goes on with the run in --out, bit for bit and with its settings; from the start where it has no checkpoint.",
    };

    private static readonly Option<string?> s_out = Options.Of<string?>(
        "--out", "folder", "Run folder, new or empty. [default: runs/<model>-<data>-<n>, the first free n]", text => text);

    private static readonly Option<string?> s_config = Options.Of<string?>(
        "--config", "file", "YAML file of options, such as config.yaml of a run folder; the command line goes before it.", text => text);

    private static readonly Option<bool> s_json = new("--json") { Description = "Writes the summary to stdout as one JSON object." };

    private static readonly Option<bool> s_quiet = new("--quiet") { Description = "Shows nothing but errors." };

    /// <summary>All options, as the help shows them.</summary>
    internal static readonly IReadOnlyList<OptionGroup> Groups =
    [
        new("Data",
            [
                s_data, s_dataDir, .. s_download.Options, s_trainItems, s_testItems, s_validation, s_length, s_moonsNoise, s_balance, s_augment,
                s_rawPixels, s_noisePixels, s_noiseCharacters, s_noiseLabels,
            ]),
        new("Data of your own", [.. s_own.Options]),
        new("Model", [.. s_model.Options, s_stepGain]),
        new("Fine-tuning", s_weights, s_weightsDigest, s_freeze),
        new("Optimisation", [s_epochs, s_batch, .. s_optimizer.Options, s_labelSmoothing, s_patience, s_keep]),
        new("Schedule", [.. ScheduleArguments.Options, s_maxSteps, s_time]),
        new("Run", s_config, s_seed, s_threads, s_recompute, s_testEveryEpoch, s_logEvery, s_tapsEvery, s_taps, s_saveEvery, s_resume, s_onDivergence, s_out, s_json, s_quiet),
    ];

    /// <summary>Whether progress is to be left out.</summary>
    internal static bool IsQuiet(ParseResult parsed) => new ResolvedOptions(parsed, Config(parsed)).Unkept(s_quiet);

    /// <summary>Whether a run is to go on; <paramref name="folder"/> receives which.</summary>
    internal static bool IsResume(ParseResult parsed, out string? folder)
    {
        ResolvedOptions options = new(parsed, Config(parsed));
        folder = options.Unkept(s_out);
        return options.Unkept(s_resume);
    }

    /// <summary>What was asked for; reads a user's own data.</summary>
    internal static TrainSettings Read(ParseResult parsed)
    {
        ResolvedOptions options = new(parsed, Config(parsed));
        PretrainedWeights? weights = options.Unkept(s_weights) is string file ? PretrainedWeights.Read(file) : null;
        if (options.Unkept(s_weightsDigest) is string asked && weights?.Digest() is var digest && asked != digest)
        {
            throw new UsageException(weights is null ? $"--{WeightsDigest} needs --weights. Give both, or leave it out."
                : $"--{WeightsDigest} {asked}: '{weights.Path}' has {digest}. Give the weights that it was said of, or leave it out.");
        }

        DatasetEntry dataset = Pixels(Dataset(options, weights?.Card), options, weights);
        DatasetDefaults defaults = dataset.Defaults;
        TrainSettings settings = new()
        {
            Dataset = dataset,
            Download = s_download.Read(options),
            DataFolder = options.Path(s_dataDir),
            TrainItems = options.Value(s_trainItems),
            TestItems = options.Value(s_testItems),
            ValidationItems = options.Value(s_validation),
            Balance = options.Value(s_balance),
            Augment = options.Value(s_augment, Augmentation.Parse(defaults.Augmentation)),
            NoisePixels = options.Value(s_noisePixels, 0),
            NoiseCharacters = options.Value(s_noiseCharacters, 0),
            NoiseLabels = options.Value(s_noiseLabels, 0),
            Model = s_model.Read(options, defaults.Model, defaults.ModelWords, weights?.Card?.Options),
            StepGain = StepGain(options),
            Weights = options.Path(s_weights) is null ? null : weights,
            Freeze = options.Value(s_freeze),
            Epochs = options.Value(s_epochs, defaults.Epochs),
            Batch = options.Value(s_batch, defaults.BatchSize),
            Optimizer = s_optimizer.Read(options, weights is null ? defaults.LearningRate : defaults.LearningRate / 10, defaults.WeightDecay),
            LabelSmoothing = options.Value(s_labelSmoothing, 0.0),
            Schedule = ScheduleArguments.Read(options),
            MaxSteps = options.Value(s_maxSteps),
            Time = options.Value(s_time) is string time ? TimeText.Parse(time) : null,
            Patience = options.Value(s_patience),
            Keep = options.Value(s_keep),
            TestEveryEpoch = options.Value(s_testEveryEpoch),
            LogEvery = options.Value(s_logEvery),
            TapsEvery = options.Value(s_tapsEvery),
            Taps = TapWords.Parse(Taps(options)),
            SaveEvery = options.Value(s_saveEvery),
            OnDivergence = options.Value(s_onDivergence, "stop"),
            Seed = options.Value(s_seed, 1ul),
            Threads = ThreadCount.Resolve(options.Value(s_threads, 0)),
            Recompute = options.Value(s_recompute),
            Config = options.Values,
            OutFolder = options.Unkept(s_out),
            Resume = options.Unkept(s_resume),
            Json = options.Unkept(s_json),
            Quiet = options.Unkept(s_quiet),
        };
        return settings with { Dataset = WeightsFile.Normalized(dataset, weights, settings.Model) };
    }

    /// <summary>What was given, on the command line or else in its configuration file.</summary>
    internal static IReadOnlyList<OptionResult> Given(ParseResult parsed)
    {
        OptionResult[] line = [.. Explicit(parsed).Where(result => result.Option != s_config)];
        return Config(parsed) is ParseResult file ? [.. line, .. Explicit(file)] : line;
    }

    private static ParseResult? Config(ParseResult parsed) => parsed.GetValue(s_config) is string path
        ? ConfigFile.Read(path, parsed.CommandResult.Command, [.. Explicit(parsed).Select(result => result.Option)], s_config, s_resume) : null;

    private static IEnumerable<OptionResult> Explicit(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<OptionResult>().Where(result => !result.Implicit);

    private static double? StepGain(ResolvedOptions options) => s_model.IsAuto(options) ? options.Value(s_stepGain, StepRule.DefaultGain)
        : !options.IsGiven(s_stepGain) ? null
        : throw new UsageException("--step-gain belongs to --step auto. Give both, or leave it out.");

    // What is watched says nothing where nothing is.
    private static string Taps(ResolvedOptions options) =>
        options.IsGiven(s_tapsEvery) ? options.Value(s_taps, "all")
        : options.IsGiven(s_taps) ? throw new UsageException("--taps needs --taps-every: the steps between two rows. Give it, or leave --taps out.")
        : "all";

    private static string ParseTime(string text)
    {
        _ = TimeText.Parse(text);
        return text;
    }

    private static DatasetEntry Dataset(ResolvedOptions options, ModelCard? pretrained)
    {
        string data = options.Value(s_data, "shapes");
        if (!TrainingData.Names.Contains(data))
        {
            return Own(data, options, pretrained);
        }

        s_own.RefuseAll(options, data);
        DatasetEntry entry = DatasetCatalog.Find(data);
        if (entry.IsText && !entry.IsGenerated)
        {
            entry = entry with { ItemShape = Shape.Of(options.Value(s_length, LengthOf(pretrained) ?? entry.ItemShape.Channels)) };
        }
        else if (options.Value(s_length) is not null)
        {
            throw new UsageException($"--length: the items of {entry.Name} are no texts of any length. Leave it out, or choose --data ag-news.");
        }

        return entry.IsPoints ? entry with { PointNoise = options.Value(s_moonsNoise, entry.PointNoise) }
            : options.Value(s_moonsNoise) is null ? entry
            : throw new UsageException($"--moons-noise belongs to --data two-moons, not to {entry.Name}. Leave it out.");
    }

    // Keras's examples divide by 255 and leave it at that.
    private static DatasetEntry Pixels(DatasetEntry entry, ResolvedOptions options, PretrainedWeights? weights) =>
        !options.Value(s_rawPixels) ? entry
        : entry.Mean.Count == 0 ? throw new UsageException($"--raw-pixels belongs to images, and {entry.Name} has none. Leave it out.")
        : weights is not null ? throw new UsageException("--raw-pixels does not go with --weights: pixels are normalised as the file says. Leave it out.")
        : entry with { Mean = [.. entry.Mean.Select(_ => 0f)], Std = [.. entry.Std.Select(_ => 1f)] };

    private static DatasetEntry Own(string path, ResolvedOptions options, ModelCard? pretrained)
    {
        bool folder = Directory.Exists(path);
        if (new Option[] { s_moonsNoise, s_dataDir, s_length }.FirstOrDefault(option => options.IsGiven(option) && (folder || option != s_length)) is Option stray)
        {
            throw new UsageException($"{stray.Name} does not go with --data '{path}', {(folder ? "a folder of images" : "a file of texts")}. Leave it out.");
        }

        int? imageSize = pretrained?.Item.Dims.Length == 3 ? pretrained.Item.Height
            : s_model.IsForLargeImages(options) ? new ImageNetResNetOptions().Item.Height
            : null;
        DatasetEntry entry = s_own.Open(
            path, options, folder ? null : options.Unkept(s_length) ?? LengthOf(pretrained), BadItems.Stop, imageSize);
        _ = entry.IsText ? options.Value(s_length, entry.ItemShape.Channels) : 0;
        return entry;
    }

    private static int? LengthOf(ModelCard? pretrained) => pretrained?.Options?.TextVocabulary is null ? null : pretrained.Item.Dims[0];

    private static Option<string?> DataOption()
    {
        Option<string?> option = Options.Of<string?>(
            "--data", "name|path",
            $"A set by its name ({string.Join(", ", TrainingData.Names)}; those that are not generated are downloaded once), a folder of your images, a "
            + "sub-folder a class, or a .csv, .tsv or .jsonl file of your texts. [default: shapes]", OwnDataArguments.NameOrPath);
        option.CompletionSources.Add(TrainingData.Names);
        return option;
    }

    /// <summary>What a default is for each set: the most frequent value, then the sets that have another.</summary>
    private static string PerSet<T>(Func<DatasetEntry, T> value)
        where T : notnull
    {
        IGrouping<T, DatasetEntry>[] groups = [.. DatasetCatalog.All.GroupBy(value).OrderByDescending(group => group.Count())];
        IEnumerable<string> others = groups.Skip(1).SelectMany(group => group.Select(entry => $"{entry.Name} {group.Key}"));
        return string.Join("; ", [$"{groups[0].Key}", .. others]);
    }
}
