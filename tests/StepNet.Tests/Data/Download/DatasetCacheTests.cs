using System.Diagnostics;
using System.Runtime.CompilerServices;
using StepNet.Data;
using StepNet.Data.Download;
using static StepNet.Tests.Data.Download.FileServer;

namespace StepNet.Tests.Data.Download;

public sealed class DatasetCacheTests : IDisposable
{
    private const string WorkerCache = "STEPNET_TEST_CACHE", WorkerUrl = "STEPNET_TEST_URL";

    // Larger than any buffer on the way, so that a cut in the middle is one for the reader too.
    private static readonly byte[] s_content = [.. Enumerable.Range(0, 3_000_000).Select(i => (byte)((i * 7) ^ (i >> 9)))];

    private static readonly byte[] s_wrong = [.. s_content.Select(b => (byte)~b)];

    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-test-").FullName;
    private readonly FileServer _server = new();
    private readonly List<string> _notes = [];
    private readonly List<DownloadProgress> _progress = [];

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Fetch_EmptyCache_BringsTheFileOnceAndTellsHowFar()
    {
        Uri url = _server.Add("/a", Whole(s_content));

        string place = await Fetch([url]);
        await Fetch([url]);

        Assert.Equal(Path.Combine(_folder, "pictures"), place);
        AssertFetched();
        Assert.Equal([("/a", 0)], _server.Requests);
        Assert.Equal(_progress.Select(p => p.Bytes).Order(), _progress.Select(p => p.Bytes));
        Assert.Equal(new DownloadProgress("pictures.bin", 3_000_000, 3_000_000, _progress[^1].BytesPerSecond), _progress[^1]);
        Assert.True(_progress[^1].IsComplete && _progress[^1].BytesPerSecond > 0);
    }

    [Fact]
    public async Task Fetch_ConnectionCut_GoesOnWhereItBroke()
    {
        await Fetch([_server.Add("/a", CutAt(s_content, 1_000_000), CutAt(s_content, 2_000_000), Whole(s_content))]);

        AssertFetched();
        Assert.Equal([("/a", 0), ("/a", 1_000_000), ("/a", 2_000_000)], _server.Requests);
    }

    [Fact]
    public async Task Fetch_CutAgainAndAgainWithoutAByte_AsksTheNextMirror()
    {
        await Fetch([_server.Add("/a", CutAt(s_content, 500), CutAt(s_content, 0)), _server.Add("/b", Whole(s_content))]);

        AssertFetched();
        Assert.Equal([("/a", 0), ("/a", 500), ("/b", 500)], _server.Requests);
        Assert.Contains("/a: ", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_ServerFallsSilent_NextMirrorGoesOn()
    {
        await Fetch(
            [_server.Add("/a", StallAt(s_content, 1_000_000)), _server.Add("/b", Whole(s_content))],
            stallSeconds: 2);

        AssertFetched();
        Assert.Equal([("/a", 0), ("/b", 1_000_000)], _server.Requests);
        Assert.EndsWith("/a: silent for 2 s", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_Redirected_Follows()
    {
        Uri real = _server.Add("/real", Whole(s_content));

        await Fetch([_server.Add("/a", Redirect(new Uri(_server.Url, "/b"))), _server.Add("/b", Redirect(real))]);

        AssertFetched();
        Assert.Equal(["/a", "/b", "/real"], _server.Requests.Select(r => r.Path));
    }

    [Fact]
    public async Task Fetch_WrongBytes_AreDeletedAndTheNextMirrorAsked()
    {
        await Fetch([_server.Add("/a", Whole(s_wrong)), _server.Add("/b", Whole(s_content))]);

        AssertFetched();
        Assert.Equal([("/a", 0), ("/b", 0)], _server.Requests);
        Assert.Contains("/a: its bytes are not the published ones", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(3_000_000)]
    public async Task Fetch_PartOfAnEarlierRun_IsContinued(int length)
    {
        LeavePart(s_content[..length]);

        await Fetch([_server.Add("/a", Whole(s_content))]);

        AssertFetched();
        Assert.Equal([("/a", length)], _server.Requests);
    }

    [Fact]
    public async Task Fetch_PartWithWrongBytes_StartsOverAtTheSameMirror()
    {
        LeavePart(s_wrong[..1_000_000]);

        await Fetch([_server.Add("/a", Whole(s_content))]);

        AssertFetched();
        Assert.Equal([("/a", 1_000_000), ("/a", 0)], _server.Requests);
    }

    [Fact]
    public async Task Fetch_ServerWithoutRanges_StartsOver()
    {
        LeavePart(s_content[..1_000_000]);

        await Fetch([_server.Add("/a", WithoutRanges(s_content))]);

        AssertFetched();
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Fetch_CachedFileDamaged_IsReplaced()
    {
        Uri url = _server.Add("/a", Whole(s_content));
        await Fetch([url]);
        File.WriteAllBytes(CachedFile, s_wrong);

        await Fetch([url]);

        AssertFetched();
        Assert.Equal(2, _server.Requests.Count);
    }

    [Fact]
    public async Task Fetch_OwnMirror_IsAskedFirst()
    {
        _server.Add("/data/pictures/pictures.bin", Whole(s_content));

        await Fetch([_server.Add("/a", Whole(s_content))], mirror: new Uri(_server.Url, "/data"));

        AssertFetched();
        Assert.Equal(["/data/pictures/pictures.bin"], _server.Requests.Select(r => r.Path));
    }

    [Fact]
    public async Task Fetch_EveryMirrorFails_NamesThemAndWhatToDo()
    {
        Uri[] mirrors = [_server.Add("/a", Status("403 Forbidden")), _server.Add("/b", Whole(s_wrong)), _server.Add("/c", CutAt(s_content, 0))];

        DataException error = await Assert.ThrowsAsync<DataException>(() => Fetch(mirrors));

        Assert.All(
            ["pictures.bin could not be fetched", "/a: 403 Forbidden; ", "/b: its bytes are not", "/c: ", "--mirror", Path.GetDirectoryName(CachedFile)!],
            text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
        Assert.False(File.Exists(CachedFile));
    }

    [Fact]
    public async Task Fetch_Offline_AsksNobodyAndSaysWhatToPutWhere()
    {
        Uri url = _server.Add("/a", Whole(s_content));

        DataException error = await Assert.ThrowsAsync<DataException>(() => Fetch([url], offline: true));

        Assert.Contains($"'{Path.GetDirectoryName(CachedFile)}' lacks pictures.bin (MD5 {Sum(s_content)}, from {url})", error.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Fetch_OfflineAndCached_IsThere()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(CachedFile)!);
        File.WriteAllBytes(CachedFile, s_content);

        Assert.Equal(Path.GetDirectoryName(CachedFile), await Fetch([_server.Url], offline: true));
    }

    [Fact]
    public async Task Fetch_CacheIsAFile_SaysSo()
    {
        DatasetCache cache = new(Path.Combine(_folder, "file"));
        File.WriteAllText(Path.Combine(_folder, "file"), "");

        DataException error = await Assert.ThrowsAsync<DataException>(() => cache.FetchAsync(Pictures([_server.Url]), new DownloadOptions()));

        Assert.Contains("STEPNET_CACHE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_Cancelled_KeepsThePart()
    {
        using CancellationTokenSource cancellation = new();
        DownloadOptions options = new() { OnProgress = _ => cancellation.Cancel() };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new DatasetCache(_folder).FetchAsync(
            Pictures([_server.Add("/a", StallAt(s_content, 1_000_000))]), options, cancellation.Token));

        Assert.True(File.Exists($"{CachedFile}.part"));
    }

    [Fact]
    public async Task Fetch_TwoProcessesAtOnce_OneFetchesAndBothHaveIt()
    {
        // The first connection hangs until the second process waits for the lock, so that both are at it at the same time.
        TaskCompletionSource bothAtIt = new();
        Uri url = _server.Add("/a", async (connection, from, stop) =>
        {
            await bothAtIt.Task;
            await Whole(s_content)(connection, from, stop);
        });
        using Process first = Worker(url);
        await UntilAsync(() => !_server.Requests.IsEmpty);
        Task second = new DatasetCache(_folder).FetchAsync(Pictures([url]), new DownloadOptions { OnNote = note => { _notes.Add(note); bothAtIt.SetResult(); } });

        await second;
        string output = await first.StandardOutput.ReadToEndAsync();
        await first.WaitForExitAsync();

        Assert.True(first.ExitCode == 0, output);
        AssertFetched();
        Assert.Equal([("/a", 0)], _server.Requests);
        Assert.Equal(["pictures: another process is fetching it; waiting"], _notes);
    }

    [Fact]
    public async Task Fetch_OtherProcessKilled_TakesOverWhereItStood()
    {
        Uri url = _server.Add("/a", StallAt(s_content, 1_000_000), Whole(s_content));
        using Process first = Worker(url);
        await UntilAsync(() => File.Exists($"{CachedFile}.part") && new FileInfo($"{CachedFile}.part").Length == 1_000_000);

        await new DatasetCache(_folder).FetchAsync(Pictures([url]), new DownloadOptions { OnNote = _ => first.Kill() });

        AssertFetched();
        Assert.Equal([("/a", 0), ("/a", 1_000_000)], _server.Requests);
    }

    [Fact]
    public async Task Worker_StartedByAnotherTest_Fetches()
    {
        string? folder = Environment.GetEnvironmentVariable(WorkerCache), url = Environment.GetEnvironmentVariable(WorkerUrl);
        Assert.SkipWhen(folder is null || url is null, "The other process of the tests with two: they start it.");

        await new DatasetCache(folder!).FetchAsync(Pictures([new Uri(url!)]), new DownloadOptions());
    }

    private string CachedFile => Path.Combine(_folder, "pictures", "pictures.bin");

    private Process Worker(Uri url)
    {
        ProcessStartInfo start = new("dotnet", [typeof(DatasetCacheTests).Assembly.Location, "--filter-method", $"*{nameof(Worker_StartedByAnotherTest_Fetches)}"])
        {
            RedirectStandardOutput = true,
        };
        (start.Environment[WorkerCache], start.Environment[WorkerUrl]) = (_folder, url.AbsoluteUri);
        return Process.Start(start)!;
    }

    // The other process is a run of these tests, which takes its time to begin on a busy machine, but no minutes.
    private static async Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2), $"after two minutes still not: {text}");
            await Task.Delay(20);
        }
    }

    private async Task<string> Fetch(Uri[] mirrors, Uri? mirror = null, bool offline = false, double stallSeconds = 60) =>
        await new DatasetCache(_folder).FetchAsync(Pictures(mirrors), new DownloadOptions
        {
            Mirror = mirror,
            Offline = offline,
            StallTimeout = TimeSpan.FromSeconds(stallSeconds),
            OnNote = _notes.Add,
            OnProgress = _progress.Add,
        });

    private static DatasetEntry Pictures(Uri[] mirrors) => DatasetCatalog.Find("cifar10") with
    {
        Name = "pictures",
        Files = [new DatasetFile("pictures.bin", Sum(s_content), mirrors)],
    };

    private static string Sum(byte[] bytes) => DatasetFile.SumOf(new MemoryStream(bytes));

    private void LeavePart(byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(CachedFile)!);
        File.WriteAllBytes($"{CachedFile}.part", bytes);
    }

    private void AssertFetched()
    {
        Assert.True(s_content.AsSpan().SequenceEqual(File.ReadAllBytes(CachedFile)));
        Assert.Equal([".lock", "pictures.bin"], Directory.GetFiles(Path.GetDirectoryName(CachedFile)!).Select(Path.GetFileName).Order());
    }
}
