using System.Text.Json;
using StepNet.Tests.Data;
using StepNet.Tests.Data.Download;

namespace StepNet.Tests.Cli;

public sealed class DataCommandTests : IDisposable
{
    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Fact]
    public void Download_WrongBytesFromTheMirror_IsOneLineAndCode3()
    {
        using FileServer server = new();
        server.Add("/ag-news/train.csv", FileServer.Whole([1, 2, 3]));

        // A proxy where nobody listens: the published mirrors are out of reach wherever the test runs.
        (int code, string output, string error) = _stepnet.Run(
            $"data download ag-news --mirror {server.Url}",
            ("STEPNET_CACHE", _stepnet.PathOf("cache")), ("https_proxy", "http://127.0.0.1:9"), ("HTTPS_PROXY", "http://127.0.0.1:9"));

        Assert.Equal((3, ""), (code, output));
        Assert.Contains($"{server.Url}ag-news/train.csv: its bytes are not the published ones", error, StringComparison.Ordinal);
        Assert.Contains("train.csv  0.0 of 0.0 MB", error, StringComparison.Ordinal);
        string last = error.TrimEnd().Split('\n')[^1];
        Assert.StartsWith("stepnet: ag-news: train.csv could not be fetched (", last, StringComparison.Ordinal);
        Assert.Equal("/ag-news/train.csv", Assert.Single(server.Requests).Path);
        Assert.Equal([".lock"], Directory.GetFiles(_stepnet.PathOf("cache", "ag-news")).Select(Path.GetFileName));
    }

    [Fact]
    public void Train_MirrorOfTheEnvironment_IsAsked()
    {
        using FileServer server = new();

        (int code, _, string error) = _stepnet.Run(
            "train --data mnist",
            ("STEPNET_CACHE", _stepnet.PathOf("cache")), ("STEPNET_MIRROR", $"{server.Url}"),
            ("https_proxy", "http://127.0.0.1:9"), ("HTTPS_PROXY", "http://127.0.0.1:9"));

        Assert.True(code == 3, error);
        Assert.Equal("/mnist/train-images-idx3-ubyte.gz", Assert.Single(server.Requests).Path);
        Assert.Contains("404 Not Found", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data download minst", 2, "'minst' is no published data set; expected cifar10, cifar100, mnist, fashion-mnist, ag-news. Did you mean mnist?")]
    [InlineData("train --data ag-news --noise-pixels 1", 2, "--noise-pixels belongs to images.")]
    [InlineData("data download", 2, "See 'stepnet data download --help'.")]
    [InlineData("data", 2, "See 'stepnet data --help'.")]
    [InlineData("data download mnist --offlin", 2, "'--offlin' is no published data set; expected cifar10, cifar100, mnist, fashion-mnist, ag-news. Did you mean --offline?")]
    [InlineData("data download mnist --offline", 3, "mnist: --offline, and ")]
    [InlineData("train --data cifar10 --offline", 3, "lacks cifar-10-binary.tar.gz (MD5 c32a1d4ab5d03f1284b67883e8d87530, from https://")]
    [InlineData("train --data cifar10 --mirror here", 2, "--mirror: 'here', expected a folder's address such as https://")]
    [InlineData("train --data-dir x", 2, "--data-dir: the items of shapes are generated")]
    [InlineData("train --data mnist --length 10", 2, "--length: the items of mnist are no texts")]
    [InlineData("train --data ag-news --model resnet8", 2, "--model resnet8 reads images")]
    [InlineData("train --data mnist --model text-resnet9", 2, "--model text-resnet9 reads texts [L], not [1, 28, 28]")]
    [InlineData("train --data ag-news --augment flip", 2, "--augment flip: items of [1014] are no images; choose none.")]
    public void WrongUse_Always_IsOneLineAndACode(string arguments, int code, string message)
    {
        (int exitCode, string output, string error) = _stepnet.Run(arguments, ("STEPNET_CACHE", _stepnet.PathOf("cache")));

        Assert.StartsWith("stepnet: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal((code, ""), (exitCode, output));
        Assert.Equal(error.Length - 1, error.ReplaceLineEndings("\n").IndexOf('\n', StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(_stepnet.Folder));
    }

    [Fact]
    public void Train_OwnFiles_AreReadWithOneNote()
    {
        foreach (string split in (string[])["train", "t10k"])
        {
            File.WriteAllBytes(_stepnet.PathOf($"{split}-images-idx3-ubyte.gz"), IdxFilesTests.Zip(IdxFilesTests.ImageFile(3)));
            File.WriteAllBytes(_stepnet.PathOf($"{split}-labels-idx1-ubyte.gz"), IdxFilesTests.Zip(IdxFilesTests.LabelFile(7, 0, 9)));
        }

        (int code, string output, string error) = _stepnet.Run("train --data mnist --data-dir . --epochs 1 --threads 1 --json");

        Assert.True(code == 0, error);
        Assert.Equal("mnist", JsonDocument.Parse(output).RootElement.GetProperty("data").GetString());
        string note = Assert.Single(error.Split('\n'), line => line.StartsWith("note: ", StringComparison.Ordinal));
        Assert.Contains("train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz", note, StringComparison.Ordinal);
        Assert.Contains("differ from the published bytes", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_DataDownload_ShowsTheWholeCommandAndTheSets()
    {
        (int code, string output, _) = _stepnet.Run("data download --help");

        Assert.Equal(0, code);
        Assert.All(
            ["Usage: stepnet data download <data>... [options]", "cifar10, cifar100, mnist, fashion-mnist, ag-news", "--mirror <url>"],
            text => Assert.Contains(text, output, StringComparison.Ordinal));
    }

    [Fact]
    public void Train_Texts_AreReadByATextNetwork()
    {
        File.WriteAllText(_stepnet.PathOf("train.csv"), "\"1\",\"Peace\",\"in the world\"\n\"2\",\"Goal\",\"late\"\n");
        File.WriteAllText(_stepnet.PathOf("test.csv"), "\"4\",\"Chip\",\"smaller\"\n");

        (int code, string output, string error) = _stepnet.Run(
            "train --data ag-news --data-dir . --length 32 --head max --epochs 1 --batch 2 --threads 1 --json");

        Assert.True(code == 0, error);
        JsonElement summary = JsonDocument.Parse(output).RootElement;
        Assert.Equal(("text-resnet9", 2), (summary.GetProperty("model").GetString(), summary.GetProperty("train_items").GetInt32()));
    }
}
