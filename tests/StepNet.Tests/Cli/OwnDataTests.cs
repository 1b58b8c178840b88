using System.Text.Json;
using StepNet.Data;
using StepNet.Export;
using StepNet.Imaging;
using StepNet.Models;
using StepNet.Tests.Data;

namespace StepNet.Tests.Cli;

/// <summary>From a user's own folder or file to a trained model, as a process.</summary>
public sealed class OwnDataTests : IDisposable
{
    private readonly StepNetProcess _stepnet = new();
    private readonly PictureFolder _folder = new();

    public void Dispose()
    {
        _stepnet.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Train_FolderOfImages_LeavesAModelThatKnowsItsClasses()
    {
        _folder.AddMany("red, 5%2C", 20, blue: 0).AddMany("blue", 60, blue: 255).Add("blue/readme", [.. "words"u8]);

        (int code, string output, string error) = _stepnet.Run(
            $"train --data {_folder.Path} --bad-files skip --balance --image-size 16 --model resnet8 --epochs 2 --threads 1 --out run --json");

        Assert.True(code == 0, error);
        Assert.Contains("blue 48, red, 5%2C 16", error, StringComparison.Ordinal);
        Assert.Contains("note: the largest class has 3.0 times the images of the smallest; --balance draws all evenly.", error, StringComparison.Ordinal);
        Assert.Contains("note: 1 left out, the first: blue/readme: the file begins with", error, StringComparison.Ordinal);
        JsonElement summary = JsonDocument.Parse(output).RootElement;
        Assert.Equal(16, summary.GetProperty("test_items").GetInt32());

        // Of 64 training images six are held out; of the rest both classes come as often.
        Assert.Equal(6, summary.GetProperty("validation_items").GetInt32());
        Assert.Equal(0, summary.GetProperty("train_items").GetInt32() % 2);
        ModelCard card = ModelCard.Parse(SafeTensors.Read(_stepnet.PathOf("run", "model.safetensors")).Metadata);
        DatasetEntry entry = ImageFolder.Open(_folder.Path, new ImageFolderOptions { BadFiles = BadItems.Skip });
        Assert.Equal(["blue", "red, 5%2C"], card.Classes);
        Assert.Equal([3, 16, 16], card.Item.Dims);
        Assert.Equal(entry.Mean, card.Mean);
        Assert.Equal(entry.Std, card.Std);

        (code, _, error) = _stepnet.Run("train --config run/config.yaml --out again --quiet");
        Assert.True(code == 0, error);
        Assert.Equal(File.ReadAllBytes(_stepnet.PathOf("run", "model.safetensors")), File.ReadAllBytes(_stepnet.PathOf("again", "model.safetensors")));
    }

    [Fact]
    public void Train_FileOfTexts_LeavesAModelThatKnowsItsClasses()
    {
        IEnumerable<string> rows = Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? $"\"good\nnumber {i}\",praise" : $"bad number {i},blame");
        File.WriteAllText(_stepnet.PathOf("own.csv"), "\uFEFFtext,label\r\n" + string.Join("\r\n", rows));

        (int code, string output, string error) = _stepnet.Run(
            "train --data own.csv --width 8 --epochs 2 --batch 8 --threads 1 --out run --json");

        Assert.True(code == 0, error);
        Assert.Contains("own: training texts by class: blame 16, praise 16", error, StringComparison.Ordinal);
        Assert.Equal("own", JsonDocument.Parse(output).RootElement.GetProperty("data").GetString());
        ModelCard card = ModelCard.Parse(SafeTensors.Read(_stepnet.PathOf("run", "model.safetensors")).Metadata);
        Assert.Equal(["blame", "praise"], card.Classes);
        Assert.Equal([64], card.Item.Dims);
        string config = File.ReadAllText(_stepnet.PathOf("run", "config.yaml"));
        Assert.Contains($"data: {_stepnet.PathOf("own.csv")}\n", config, StringComparison.Ordinal);
        Assert.Contains("length: 64\n", config, StringComparison.Ordinal);
        Assert.Contains("head: max\n", config, StringComparison.Ordinal);

        (code, _, error) = _stepnet.Run("train --resume --out run --quiet");
        Assert.True(code == 0, error);
    }

    [Fact]
    public void Train_OwnValidationPart_IsUsedAndNotHeldOutTwice()
    {
        _folder.AddMany("train/a", 6, blue: 0).AddMany("train/b", 6, blue: 255).AddMany("val/a", 2, blue: 0).AddMany("test/b", 3, blue: 255);
        string train = $"train --data {_folder.Path} --image-size 8 --model resnet8 --epochs 1 --batch 4 --threads 1 --json";

        (int code, string output, string error) = _stepnet.Run(train);
        (int refused, _, string refusal) = _stepnet.Run($"{train} --validation 3");

        Assert.True(code == 0, error);
        JsonElement summary = JsonDocument.Parse(output).RootElement;
        Assert.Equal([12, 2, 3], new[] { "train_items", "validation_items", "test_items" }.Select(key => summary.GetProperty(key).GetInt32()));
        Assert.Equal(2, refused);
        Assert.EndsWith("has validation items of its own. Leave it out, or give 0 for none.\n", refusal.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    // Labels by other classes, pictures of another shape, another split: numbers that would be wrong without a word.
    [Fact]
    public void Evaluate_OtherData_AreTestedWholeOrRefused()
    {
        _folder.AddMany("pics/ant", 10, blue: 0).AddMany("pics/bee", 10, blue: 255).AddMany("new/ant", 3, blue: 0).AddMany("new/bee", 2, blue: 255);
        string pics = Path.Combine(_folder.Path, "pics"), fresh = Path.Combine(_folder.Path, "new");
        (int code, _, string error) = _stepnet.Run($"train --data {pics} --image-size 16 --model resnet8 --width 4 --epochs 1 --threads 1 --quiet --out run");
        Assert.True(code == 0, error);

        Assert.Equal(5, Items($"--data {fresh}"));
        Assert.Equal(4, Items(""));
        Assert.Equal(4, Items($"--data {pics}"));
        Assert.Equal(4, Items($"--data {pics}", "run/model.safetensors"));

        // Elsewhere nothing says what it was trained on.
        File.Copy(_stepnet.PathOf("run", "model.safetensors"), _stepnet.PathOf("bare.safetensors"));
        Assert.Equal(20, Items($"--data {pics}", "bare.safetensors"));
        Refused("evaluate run --split-seed 3", 2, "--split-seed: the test items of a run's own data are those that it held out.");
        Refused("evaluate run --report nowhere/page.html", 2, "--report 'nowhere/page.html': there is no folder");
        Refused("predict --weights run --input pics --output nowhere/x.npy", 2, "--output 'nowhere/x.npy': there is no folder");
        Directory.Delete(Path.Combine(pics, "ant"), recursive: true);
        _folder.AddMany("pics/wasp", 10, blue: 9);
        Refused("evaluate run", 2, "the run in 'run' trained on other items than '");
        Refused($"evaluate bare.safetensors --data {pics}", 2, "has the classes bee, wasp; the model tells ant, bee.");

        int Items(string more, string path = "run")
        {
            (int code, string output, string error) = _stepnet.Run($"evaluate {path} --json --noise none {more}");
            Assert.True(code == 0, error);
            return JsonDocument.Parse(output).RootElement.GetProperty("items").GetInt32();
        }
    }

    [Fact]
    public void DataDigest_OtherItemsThanThoseOfTheDigest_AreRefused()
    {
        _folder.AddMany("a", 10, blue: 0).AddMany("b", 10, blue: 255);
        (int code, string output, string error) = _stepnet.Run($"data inspect {_folder.Path}");
        Assert.True(code == 0, error);
        string digest = output.TrimEnd().Split('\n')[^1]["digest      ".Length..];
        string train = $"train --data {_folder.Path} --image-size 8 --model resnet8 --width 4 --epochs 1 --max-steps 1 --threads 1 --quiet --data-digest {digest}";

        (code, _, error) = _stepnet.Run($"{train} --out run");
        Assert.True(code == 0, error);
        Assert.DoesNotContain("digest", File.ReadAllText(_stepnet.PathOf("run", "config.yaml")), StringComparison.Ordinal);

        _folder.AddMany("a/more", 1, blue: 7);
        Refused($"{train} --out again", 2, $"--data-digest {digest}: the items of '{_folder.Path}' have ");
        Refused("train --data shapes --data-digest 00", 2, "--data-digest belongs to folders and files of your own, and --data is shapes. Leave it out.");
    }

    [Fact]
    public void Resume_DataThatChangedOrAModelWithoutCheckpoint_IsOneLine()
    {
        _folder.AddMany("a", 10, blue: 0).AddMany("b", 10, blue: 255);
        string train = $"train --data {_folder.Path} --image-size 8 --model resnet8 --width 4 --epochs 1 --batch 4 --threads 1 --quiet --out run";
        (int code, _, string error) = _stepnet.Run(train);
        Assert.True(code == 0, error);
        byte[] model = File.ReadAllBytes(_stepnet.PathOf("run", "model.safetensors"));

        _folder.AddMany("a/more", 4, blue: 7);
        Refused("train --resume --out run --quiet", 2, "the run in 'run' trained on other items than '");

        foreach (string checkpoint in Directory.GetFiles(_stepnet.PathOf("run"), "checkpoint*"))
        {
            File.Delete(checkpoint);
        }

        Refused("train --resume --out run --quiet", 2, "'run' has model.safetensors and no checkpoint.safetensors: a run from the beginning would write over it.");
        Assert.Equal(model, File.ReadAllBytes(_stepnet.PathOf("run", "model.safetensors")));
    }

    [Fact]
    public void Predict_TableOfTexts_IsRefused()
    {
        File.WriteAllText(_stepnet.PathOf("own.csv"), "text,label\n" + string.Join('\n', Enumerable.Range(0, 20).Select(i => $"text {i},{(i % 2 == 0 ? "even" : "odd")}")));
        (int code, _, string error) = _stepnet.Run("train --data own.csv --width 4 --epochs 1 --batch 8 --threads 1 --quiet --out run");
        Assert.True(code == 0, error);

        Refused("predict --weights run --input own.csv", 2, "--input 'own.csv' is no file of texts by its name");
    }

    private void Refused(string arguments, int expected, string message)
    {
        (int code, _, string error) = _stepnet.Run(arguments);
        Assert.Equal(expected, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'), line => line.StartsWith("stepnet: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Inspect_Folder_ListsAndDraws()
    {
        _folder.Add("train/a/1.png", 1, 2, 3).Add("train/a/2.png", 9, 8, 7).Add("train/b/1.png", 200, 0, 0).Add("test/b/1.png", 1, 2, 3)
            .Add("test/b/2.png", [1, 2, 3]);

        (int code, string output, string error) = _stepnet.Run($"data inspect {_folder.Path} --grid grid.png --image-size 4");

        Assert.True(code == 0, error);
        Assert.Equal(
            $"""
            {Path.GetFileName(_folder.Path)}: 4 images, 2 classes

            class  train  validation  test
            a          2           0     0
            b          1           0     1

            size    min  median  max
            width     8       8    8
            height    8       8    8

            channels    0 grey, 4 colour
            imbalance   2.0 training items of the largest class for one of the smallest
            duplicates  1, of which 1 across parts, 1 across classes
              test/b/1.png = train/a/1.png  (across parts)  (across classes)
            unreadable  1
              test/b/2.png: the file begins with 010203, which is none of JPEG, PNG, BMP
            left out    0 beside the class folders
            digest      {ImageFolder.Open(_folder.Path, new ImageFolderOptions { BadFiles = BadItems.Skip }).Inspection!.Digest}

            """.ReplaceLineEndings("\n"),
            output.ReplaceLineEndings("\n"));

        // Two rows of ten places of 4 x 4 pixels, two pixels of white around each.
        RgbImage grid = ImageDecoders.Load(_stepnet.PathOf("grid.png"));
        Assert.Equal((62, 14), (grid.Width, grid.Height));
        Assert.Equal([255, 255, 255], grid.Row(1)[..3].ToArray());
        Assert.Equal([200, 0, 0], grid.Row(2 + 4 + 2).Slice(3 * 2, 3).ToArray());
        Assert.Equal([255, 255, 255], grid.Row(8).Slice(3 * 8, 3).ToArray());
    }

    [Fact]
    public void Inspect_SetOfTheCatalogue_IsJson()
    {
        (int code, string output, string error) = _stepnet.Run("data inspect two-moons --json");

        Assert.True(code == 0, error);
        JsonElement inspection = JsonDocument.Parse(output).RootElement;
        Assert.Equal("points", inspection.GetProperty("kind").GetString());
        Assert.Equal(3000, inspection.GetProperty("classes")[0].GetProperty("train").GetInt32());
        Assert.Equal(2, inspection.GetProperty("sizes")[0].GetProperty("max").GetInt32());
        Assert.Empty(inspection.GetProperty("duplicates").EnumerateArray());
    }
}
