using System.Formats.Tar;
using System.IO.Compression;

namespace StepNet.Tests.Cli;

/// <summary>Every wrong use is one line on stderr and an exit code, and leaves nothing behind.</summary>
public sealed class WrongUses(WrongUses.Files files) : IClassFixture<WrongUses.Files>
{
    private const string Train = " See 'stepnet train --help'.";

    /// <summary>Command line, exit code, what stderr says after <c>stepnet: </c>; <c>{here}</c> is the working folder.</summary>
    public static TheoryData<string, int, string> Table => new()
    {
        // Commands and options.
        { "trian", 2, "'trian' is no command of stepnet. Did you mean train? See 'stepnet --help'." },
        { "--hepl", 2, "'--hepl' is no option of stepnet. Did you mean --help? See 'stepnet --help'." },
        { "train --modle resnet8", 2, "'--modle' is no option of train. Did you mean --model?" + Train },
        { "train more", 2, "'more' is no argument of train." + Train },
        { "train @file", 2, "'@file' is no argument of train." + Train },
        { "train --epochs", 2, "--epochs needs a value: --epochs <n>." + Train },
        { "train --out=", 2, "--out needs a value: --out <folder>." + Train },
        { "train --epochs 1 --epochs 2", 2, "--epochs is given 2 times; give it once." + Train },
        { "inspect foo", 3, "'foo' cannot be read (*). Name a model file, or the folder of a run." },
        { "inspect --training --inference", 2, "--training and --inference exclude each other. Leave one out." },
        { "inspect foo bar", 2, "'bar' is no argument of inspect. See 'stepnet inspect --help'." },
        { "inspect foo --step 0.1", 2, "--step does not go with 'foo', which says itself what network it is. Leave it out." },
        { "inspect foo --bounds full", 2, "'foo' does not go with --bounds full. Leave one of them out." },
        { "inspect --image-size 2", 2, "--image-size: '2', expected an integer, 4 to 4,096. See 'stepnet inspect --help'." },

        // The model.
        { "train --model resnet21", 2, "--model: 'resnet21' is no model: the number must be 6n + 2. Nearest: resnet20, resnet26." + Train },
        { "train --model resnt20", 2, "--model: 'resnt20' is no model. Expected resnetN, imagenet-resnetN, * Did you mean resnet20?" + Train },
        { "train --model resnet50", 2, "--model: 'resnet50' is three networks: imagenet-resnet50 (torchvision's), keras-resnet50 and cifar-resnet50. Give one of these names." + Train },
        { "train --model text-resnet10", 2, "--model: 'text-resnet10' is no model: the number must be 9, 17, 29 or 49. Nearest: text-resnet9, text-resnet17." + Train },
        { "train --model keras-resnet50 --order pre", 2, "--order: keras-resnet50 has no 'order'; it has *. Leave it out." },
        { "train --width 0 --model point-resnet3", 2, "--width: 'width' = '0', expected a whole number from 1 on*" },
        { "train --model text-resnet9", 2, "--model text-resnet9 reads texts [L], not [3, 32, 32].*" },
        { "train --skip learned:1@layer", 2, "--skip: 'learned:1@layer': scope '@layer', expected @block, @stage, @kind or @network." + Train },
        { "train --step identity=1,projection=-1", 2, "--step: 'identity=1,projection=-1', expected a number above 0, such as 0.1; only a learned one may start at 0: learned:0." + Train },
        { "train --preset fixup --norm batch", 2, "--model fixup: the branch of 'layer1.0' has a norm, which undoes the scaling. Give --norm none." },
        { "train --init zero-gamma --order pre", 2, "--model zero-gamma: the branch of 'layer1.0' does not end in a norm. Give a norm, and the order post where there is a choice, or leave zero-gamma out." },
        { "train --preset rezero --init zero-gamma", 2, "--model zero-gamma: the branch of 'layer1.0' starts at 0, and so does its h: it would never open. Start one of them elsewhere." },
        { "train --preset adaresnet --init fixup --norm none", 2, "--model fixup: the branch of 'layer1.0' starts at 0, and so does its s: it would never open. Start one of them elsewhere." },
        { "train --integrator rk5", 2, "--integrator: 'rk5', expected euler or midpoint or heun or rk4. Did you mean rk4?" + Train },
        { "train --model text-rnn128 --drop-path 0.1", 2, "--drop-path: text-rnn128 has no 'drop-path'; it has *. Leave it out." },
        { "train --data phrases --model text-rnn129", 2, "--model text-rnn129 reads 129 characters, and the texts have 128. Choose text-rnn128, or a greater --length." },
        { "train --data phrases --model point-resnet10", 2, "--model point-resnet10 reads points, and the items of phrases are texts. Choose a text network, such as text-resnet9." },
        { "train --data two-moons --model text-rnn2", 2, "--model text-rnn2 reads texts, and the items of two-moons are points. Choose a network for points, such as point-resnet10." },
        { "train --model cifar-text-resnet9", 2, "--model: 'cifar-text-resnet9' is no model. Expected resnetN, *" },
        { "euler --matrix 1,2", 2, "--matrix: '1,2': 1 rows of 2 numbers; x' = A x needs a square matrix of 1 to 16 rows. See 'stepnet euler --help'." },
        { "euler --start 1,2", 2, "--start has 2 numbers, and --matrix 1 rows. Give a number for each row." },
        { "euler --step 0", 2, "--step: '0', expected numbers above 0 between commas. See 'stepnet euler --help'." },
        { "euler --method eular", 2, "--method: 'eular', expected some of euler,midpoint,heun,rk4. Did you mean euler? See 'stepnet euler --help'." },
        { "euler --step 1e-9", 2, "--step 1E-09: more than 1,000,000 steps to --time 5. Give a larger step or a shorter time." },
        { "features full", 2, "'full' has no config.yaml. Name the folder of a run that stepnet train has finished." },
        { "train --drop-path 1", 2, "--drop-path: 'drop-path' = '1', expected a number from 0 to below 1*" },
        { "train --preset adares", 2, "--preset: 'adares' is no preset. Expected resnet, euler, *" },
        { "train --init he", 2, "--init: 'he', expected default, he-normal, *" },
        { "train --step big", 2, "--step: 'big' is not a coefficient. Give a number such as 0.1 or 1/sqrt(L), learned:0.1 to train it from there, channel:0.1 for one value a channel, or normal:0.05 for a random start." + Train },
        { "train --step -1", 2, "--step: '-1', expected a number above 0, such as 0.1; only a learned one may start at 0: learned:0." + Train },
        { "train --step 0", 2, "--step: '0', expected a number above 0, such as 0.1; only a learned one may start at 0: learned:0." + Train },
        { "train --skip nan", 2, "--skip: 'nan' is not a coefficient. Give a number such as 0.1 or 1/sqrt(L), learned:0.1 to train it from there, channel:0.1 for one value a channel, or normal:0.05 for a random start." + Train },
        { "train --norm bach", 2, "--norm: 'bach', expected batch or group or none. Did you mean batch?" + Train },

        { "train --data two-moons --raw-pixels", 2, "--raw-pixels belongs to images, and two-moons has none. Leave it out." },

        // Pages of results.
        { "reproduce --write nowhere", 2, "--write: 'nowhere' is no folder. Name the folder of the documents, such as docs." },

        // Fine-tuning.
        { "train --weights nowhere", 2, "--weights: 'nowhere', expected a run folder or a .safetensors file that is there." + Train },
        { "train --weights full", 2, "--weights: 'full', a folder without model.safetensors; expected a run folder or a .safetensors file." + Train },
        { "train --weights file", 3, "'file': the header's length at byte 0 is *" },
        { "train --freeze layer9 --model resnet8", 2, "--freeze 'layer9' is no part with parameters; the network has conv1, bn1, layer1, layer2, layer3, linear, and parts of these such as layer1.0. Name one of them." },
        { "train --freeze layer1,,layer2", 2, "--freeze: 'layer1,,layer2', expected all-but-head, or parts of the network such as conv1,bn1,layer1." + Train },

        // Optimisation and run.
        { "train --epochs 0", 2, "--epochs: '0', expected an integer, 1 to 1,000,000." + Train },
        { "train --lr nan", 2, "--lr: 'nan', expected a number, 1e-12 to 1e+12." + Train },
        { "train --lr 1,5", 2, "--lr: '1,5', expected a number, 1e-12 to 1e+12." + Train },
        { "train --threads -1", 2, "--threads: '-1', expected an integer, 0 to 1,024." + Train },
        { "train --seed -1", 2, "--seed: '-1', expected an integer, 0 or more." + Train },
        { "train --schedule multi-step --milestones 5,x", 2, "--milestones: '5,x', expected rising epoch numbers such as 80,120." + Train },
        { "train --schedule multi-step --milestones 5,3", 2, "--milestones: '5,3', expected rising epoch numbers such as 80,120." + Train },
        { "train --milestones 3,5", 2, "--milestones belong to --schedule multi-step, not to one-cycle. Leave them out or choose multi-step." },
        { "train --gamma 0.5", 2, "--gamma belongs to --schedule multi-step, not to one-cycle. Leave it out or choose multi-step." },
        { "train --warmup 12", 2, "--warmup 12 does not end within --epochs 12. Give fewer epochs of warm-up than of training." },
        { "train --step-gain 5", 2, "--step-gain belongs to --step auto. Give both, or leave it out." },
        { "inspect --step auto", 2, "--step: 'auto' is not a coefficient. *" },
        { "inspect --bounds nowhere", 2, "'nowhere' has no config.yaml. Name the folder of a run that stepnet train has finished." },
        { "inspect --bounds nowhere --model resnet8", 2, "--model does not go with --bounds: the run has its network and its data. Leave it out." },
        { "train --taps weights", 2, "--taps needs --taps-every: the steps between two rows. Give it, or leave --taps out." },
        { "train --taps-every 1 --taps weights,wieghts", 2, "--taps: 'wieghts', expected all, or some of coefficients, weights, gradients, activations, blocks, with commas between them." + Train },
        { "train --taps-every 0", 2, "--taps-every: '0', expected an integer, 1 or more." + Train },
        { "train --optimizer adan", 2, "--optimizer: 'adan', expected sgd or adam or adamw or rmsprop. Did you mean adam?" + Train },
        { "train --optimizer adam --nesterov", 2, "--nesterov belongs to --optimizer sgd, not to adam. Leave it out or choose another optimizer." },
        { "train --optimizer adamw --momentum 0.9", 2,
            "--momentum belongs to --optimizer sgd or rmsprop, not to adamw. Leave it out or choose another optimizer." },
        { "train --beta2 0.9", 2,
            "--beta2 belongs to --optimizer adam or adamw or rmsprop, not to sgd. Leave it out or choose another optimizer." },
        { "train --nesterov --momentum 0", 2, "--nesterov needs a momentum, and --momentum is 0. Leave one of them out." },
        { "train --clip-norm 0", 2, "--clip-norm: '0', expected a number, 1e-12 to 1e+12." + Train },
        { "train --out file", 2, "--out 'file' is a file. Name a new or an empty folder." },
        { "train --out full", 2, "--out 'full' is not empty. Name a new or an empty folder, or add --resume to go on with its run." },

        // Data.
        { "train --data shape", 2, "--data: 'shape', expected shapes or two-moons or phrases or cifar10 or cifar100 or mnist or fashion-mnist or ag-news, or a folder of images or a .csv, .tsv or .jsonl file that is there. Did you mean shapes?" + Train },
        { "train --data-dir full", 2, "--data-dir: the items of shapes are generated. Leave --data-dir out, or name another --data." },
        { "train --moons-noise 0.2", 2, "--moons-noise belongs to --data two-moons, not to shapes. Leave it out." },
        { "train --augment crop:4,filp", 2, "--augment: 'filp', expected none, or words such as crop:4,flip from *. Did you mean flip?" + Train },
        { "train --data phrases --augment flip", 2, "--augment flip: items of [128] are no images; choose none." },
        { "train --data two-moons --noise-pixels 1", 2, "--noise-pixels belongs to images. Leave it out." },
        { "train --noise-characters 0.1", 2, "--noise-characters belongs to texts. Leave it out." },
        { "train --noise-labels 2", 2, "--noise-labels: '2', expected a number, 0 to 1." + Train },
        { "train --data cifar10 --data-dir nowhere", 3, "CIFAR-10: there is no folder or archive 'nowhere'. Name the folder that holds "
            + "cifar-10-batches-bin or cifar-10-binary.tar.gz." },
        { "train --data cifar10 --data-dir full", 3, "CIFAR-10: folder 'full' holds neither data_batch_1.bin, nor cifar-10-batches-bin, nor "
            + "cifar-10-binary.tar.gz. Put the official binary version there, packed or unpacked." },
        { "train --data cifar10 --data-dir cut", 3, "CIFAR-10: '{here}/cut/data_batch_3.bin' is truncated: 6246 bytes are 2 whole records of "
            + "3073 bytes, then record 2 breaks off after 100 bytes. Fetch it anew." },
        { "train --data cifar10 --data-dir labels", 3, "CIFAR-10: record 1 of data_batch_2.bin in 'labels' has label 12; labels lie in 0 to 9. "
            + "The file is damaged or another set: fetch it anew." },
        { "train --data cifar10 --data-dir cut.tar.gz", 3, "CIFAR-10: archive 'cut.tar.gz' is damaged or no .tar.gz (*). Fetch "
            + "cifar-10-binary.tar.gz anew." },
        { "train --data cifar10 --data-dir file", 3, "CIFAR-10: archive 'file' is damaged or no .tar.gz (*). Fetch cifar-10-binary.tar.gz anew." },

        // Data of one's own.
        { "train --data none", 3, "'{here}/none' has no sub-folders; expected two or more, one for each class, with the class's images in it." },
        { "train --data full", 3, "'{here}/full' has the one sub-folder 'of'; expected two or more, one for each class, with the class's images in it." },
        { "train --data empty", 3, "class folder '{here}/empty/b' holds no files. Put its images there, or remove the folder." },
        { "train --data bad", 3, "'{here}/bad/a/1.png' cannot be used: the file begins with 776F7264, which is none of JPEG, PNG, BMP. Mend or remove it, or leave bad files out with --bad-files skip." },
        { "train --data bad --bad-files skip", 3, "'{here}/bad': class 'a' has no readable image to train on. Put some there, or remove its folder." },
        { "train --data bad --bad-files skp", 2, "--bad-files: 'skp', expected stop or skip. Did you mean skip?" + Train },
        { "train --data parts", 3, "'{here}/parts' has test/ but no train/. Put the training images into train/, a sub-folder for each class." },
        { "train --data beside", 3, "'{here}/beside' has 'more' beside train/; expected train/, test/ and val/ alone, with the class folders in them. Move or remove it; where train is a class, put all class folders into a folder train/." },
        { "train --data stranger", 3, "'{here}/stranger/test/c' is a class that train/ does not have. Put training images of it there, or remove it." },
        { "train --data file", 3, "'{here}/file' is no file of texts by its name; expected .csv, .tsv or .jsonl. Rename or convert it." },
        { "train --data texts.csv --text-column title", 3, "'{here}/texts.csv' has no column 'title'; it has text, label. Correct --text-column: a name, or a number from 1." },
        { "train --data texts.csv --label-column text --text-column text", 3, "'{here}/texts.csv': column 'text' cannot be both text and label. Name two columns with --text-column and --label-column." },
        { "train --data texts.csv --test-data nowhere.csv", 3, "texts: 'nowhere.csv' cannot be read (*). Check the disk and the rights." },
        { "train --data texts.csv --image-size 32", 2, "--image-size belongs to images, and --data is a file of texts. Leave it out." },
        { "train --data texts.csv --data-dir full", 2, "--data-dir does not go with --data '{here}/texts.csv', a file of texts. Leave it out." },
        { "train --data bad --label-column x", 2, "--label-column belongs to texts, and --data is a folder of images. Leave it out." },
        { "train --data bad --length 9", 2, "--length does not go with --data '{here}/bad', a folder of images. Leave it out." },
        { "train --image-size 64", 2, "--image-size belongs to folders and files of your own, and --data is shapes. Leave it out." },
        { "data inspect texts.cvs", 2, "'texts.cvs', expected shapes or two-moons or phrases or cifar10 or cifar100 or mnist or fashion-mnist or ag-news, or a folder of images or a .csv, .tsv or .jsonl file that is there." },
        { "data inspect texts.csv --grid grid.png", 2, "--grid belongs to images, and texts has none. Leave it out." },
        { "data inspect bad --bad-files stop", 3, "'{here}/bad/a/1.png' cannot be used: *" },

        // Export.
        { "export", 2, "--output is missing. Name the file to write, such as model.onnx." },
        { "export --output x.onnx", 2, "--weights is missing. Name a model file, or the folder of a run." },
        { "export --output x.bin --weights file", 2, "--output 'x.bin' ends neither in .onnx nor in .safetensors. Name the kind with --format." },
        { "export --output nowhere/x.onnx --weights file", 2, "--output 'nowhere/x.onnx': there is no folder '{here}/nowhere'. Make it first." },
        { "export --output full --weights file", 2, "--output 'full' is a folder. Name a file in it." },
        { "export --format onx", 2, "--format: 'onx', expected onnx or safetensors. Did you mean onnx? See 'stepnet export --help'." },
        { "export --output x.safetensors --no-preprocessing", 2, "--no-preprocessing belongs to --format onnx: a safetensors file holds values alone. Leave it out." },
        { "export --output x.onnx --weights nowhere", 3, "'nowhere' cannot be read (*). Name a model file, or the folder of a run." },
        { "export --output x.onnx --weights full", 3, "'full' has no model.safetensors. Name the folder of a run of 'stepnet train', or a model file." },
        { "export --output x.onnx --weights file", 3, "'file': the header's length at byte 0 is *; the file is damaged or no safetensors file, write or download it again." },

        // Evaluate.
        { "evaluate", 2, "Required argument 'run' missing for command: 'evaluate'. See 'stepnet evaluate --help'." },
        { "evaluate full", 2, "'full' has no config.yaml. Name the folder of a run that stepnet train has finished." },
        { "evaluate full --noise 0.1,x", 2, "--noise: '0.1,x', expected numbers above 0 such as 0.1,0.5, or none. See 'stepnet evaluate --help'." },
        { "evaluate nowhere --data shapes", 3, "'nowhere' cannot be read (*). Name a model file, or the folder of a run." },

        // Predict.
        { "predict --weights file", 2, "--input is missing. Name a picture, a folder, a file of texts or a .npy file, or - for lines of text on standard input." },
        { "predict --input file", 2, "--weights is missing. Name a model file, or the folder of a run." },
        { "predict --input file --output x.csv", 2, "--output: 'x.csv', expected a name that ends in .npy. See 'stepnet predict --help'." },
        { "predict --format jsn", 2, "--format: 'jsn', expected table or csv or json. Did you mean json? See 'stepnet predict --help'." },
        { "predict --input file --weights nowhere", 3, "'nowhere' cannot be read (*). Name a model file, or the folder of a run." },

        // Configuration files.
        { "train --config nowhere", 2, "--config 'nowhere' cannot be read (Could not find file '{here}/nowhere'). Name a YAML file of options." },
        { "train --config bracket.yaml", 2, "bracket.yaml: no YAML: a bracket is not closed. Expected lines such as 'lr: 0.1'." },
        { "train --config quote.yaml", 2, "quote.yaml:1: no YAML (While scanning a quoted scalar, found unexpected end of stream). "
            + "Expected lines such as 'lr: 0.1'." },
        { "train --config list.yaml", 2, "list.yaml:1: no options. Expected lines such as 'lr: 0.1'." },
        { "train --config documents.yaml", 2, "documents.yaml:3: the first of 1 further documents; expected one." },
        { "train --config key.yaml", 2, "key.yaml:3: 'epoch' is no key. Did you mean epochs? Keys are the options of 'stepnet train --help' "
            + "without dashes." },
        { "train --config value.yaml", 2, "value.yaml:1: --lr: 'fast', expected a number, 1e-12 to 1e+12." },
        { "train --config items.yaml", 2, "items.yaml:1: --milestones: '5,x', expected rising epoch numbers such as 80,120." },
        { "train --config flag.yaml", 2, "flag.yaml:1: --json: 'maybe', expected true or false." },
        { "train --config twice.yaml", 2, "twice.yaml:2: no YAML (Duplicate key lr). Expected lines such as 'lr: 0.1'." },
        { "train --config novalue.yaml", 2, "novalue.yaml:1: 'lr' has no value. Give one, or delete the line for the default." },
        { "train --config nested.yaml", 2, "nested.yaml:1: 'lr' holds more than a value. Expected a line such as 'lr: 0.1'." },

        // The environment: a variable before the command, as in a shell.
        { "STEPNET_THREADS=many train", 2, "STEPNET_THREADS='many' is no number of threads. Give 1 to 1024, or leave it unset for one per processor." },
        { "SLURM_CPUS_PER_TASK=0 train", 2, "SLURM_CPUS_PER_TASK='0' is no number of threads. Give 1 to 1024, or leave it unset for one per processor." },
        { "STEPNET_SIMD=mmx train --quiet", 2, "STEPNET_SIMD='mmx' is no instruction set of this machine. It has: *." },
        { "STEPNET_EXECUTOR=gpu train --quiet", 2, "STEPNET_EXECUTOR='gpu' is no executor. Use 'cpu' (default) or 'reference'." },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void WrongUse_Always_IsOneLineAndACodeAndLeavesNothing(string arguments, int code, string message)
    {
        string[] parts = arguments.Split(' ', 2), variable = parts[0].Split('=');
        (int exitCode, string output, string error) = variable.Length == 2
            ? files.StepNet.Run(parts[1], (variable[0], variable[1]))
            : files.StepNet.Run(arguments);

        Assert.Equal("", output);
        AssertMatches($"stepnet: {message}\n", error.ReplaceLineEndings("\n").Replace(files.StepNet.Folder, "{here}", StringComparison.Ordinal));
        Assert.Equal(code, exitCode);
        Assert.Equal(files.Made, files.Entries());
    }

    [Fact]
    public void OutFolder_NotToBeMade_IsOneLineAndCode2()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("Only Linux has a folder, /proc, that refuses a new entry whoever asks.");
        }

        (int code, string output, string error) = files.StepNet.Run("train --out /proc/run");

        Assert.Equal((2, ""), (code, output));
        AssertMatches("stepnet: --out '/proc/run' cannot be made (*). Name a folder that you may write to.\n", error);
    }

    // A star stands for words of the system.
    private static void AssertMatches(string expected, string actual)
    {
        string[] parts = expected.Split('*');
        bool same = parts.Length == 1 ? actual == expected
            : actual.StartsWith(parts[0], StringComparison.Ordinal) && actual.EndsWith(parts[1], StringComparison.Ordinal)
                && !actual[..^1].Contains('\n', StringComparison.Ordinal);
        Assert.True(same, $"expected: {expected}actual:   {actual}");
    }

    /// <summary>A working folder of damaged files, one for all cases.</summary>
    public sealed class Files : IDisposable
    {
        public Files()
        {
            Directory.CreateDirectory(StepNet.PathOf("full", "of", "folders"));
            File.WriteAllText(StepNet.PathOf("file"), "no archive");
            byte[] record = new byte[3073];
            record[0] = 3;
            foreach (string name in (string[])["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"])
            {
                byte[] second = [.. record];
                second[0] = (byte)(name == "data_batch_2" ? 12 : 0);
                Write(["labels", $"{name}.bin"], [.. record, .. second]);
                Write(["cut", $"{name}.bin"], [.. record, .. record, .. record[..(name == "data_batch_3" ? 100 : 0)]]);
            }

            byte[] batch = new byte[20 * record.Length];
            new Random(1).NextBytes(batch);
            using MemoryStream zipped = new();
            using (GZipStream gzip = new(zipped, CompressionLevel.Fastest, leaveOpen: true))
            using (TarWriter tar = new(gzip))
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "data_batch_1.bin") { DataStream = new MemoryStream(batch) });
            }

            Write(["cut.tar.gz"], zipped.ToArray()[..(batch.Length / 2)]);
            Directory.CreateDirectory(StepNet.PathOf("none"));
            Directory.CreateDirectory(StepNet.PathOf("empty", "b"));
            foreach (string image in (string[])["empty/a", "bad/a", "bad/b", "parts/test/a", "beside/train/a", "beside/train/b", "beside/more/a",
                "stranger/train/a", "stranger/train/b", "stranger/test/c"])
            {
                Write([image, "1.png"], [.. "words"u8]);
            }

            Write(["texts.csv"], [.. "text,label\na,x\nb,y\nc,x\nd,y\n"u8]);
            Yaml("bracket", "epochs: [1\nbatch: 4");
            Yaml("quote", "data-dir: 'folder\nlr: 0.1");
            Yaml("list", "- lr\n- 0.1");
            Yaml("documents", "lr: 0.1\n---\nlr: 0.2");
            Yaml("key", "# Comments count as lines.\nlr: 0.1\nepoch: 3");
            Yaml("value", "lr: fast");
            Yaml("items", "milestones: [5, x]\nschedule: multi-step");
            Yaml("flag", "json: maybe");
            Yaml("twice", "lr: 0.1\nlr: 0.2");
            Yaml("novalue", "lr:");
            Yaml("nested", "lr: {start: 0.1}");
            Made = Entries();
        }

        internal StepNetProcess StepNet { get; } = new();

        internal string[] Made { get; }

        public void Dispose() => StepNet.Dispose();

        // The run folders' parent stays: another run may be at work in it.
        internal string[] Entries() =>
            [.. Directory.GetFileSystemEntries(StepNet.Folder, "*", SearchOption.AllDirectories).Where(e => e != StepNet.PathOf("runs")).Order()];

        private void Yaml(string name, string text) => File.WriteAllText(StepNet.PathOf($"{name}.yaml"), text + "\n");

        private void Write(string[] path, byte[] bytes)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(StepNet.PathOf(path))!);
            File.WriteAllBytes(StepNet.PathOf(path), bytes);
        }
    }
}
