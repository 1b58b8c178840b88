using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using StepNet.Graph;
using StepNet.Imaging;
using StepNet.Inference;
using StepNet.Models;

namespace StepNet.Tests.Inference;

/// <summary>The sample endpoint as its users meet it: a process of its own, called over HTTP.</summary>
public sealed partial class ClassifyEndpointTests(ClassifyEndpointTests.Server server) : IClassFixture<ClassifyEndpointTests.Server>
{
    private const int MaxBytes = 8 << 20;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Classify_APicture_IsWhatTheLibrarySays()
    {
        byte[] picture = Picture(1);
        using ByteArrayContent body = new(picture);
        using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/classify?top=2", UriKind.Relative), body, Stop);

        AssertSays(picture, 2, await Json(response));
    }

    [Fact]
    public async Task Classify_APictureUnderTheTypeThatCurlGives_IsTheSame()
    {
        byte[] picture = Picture(3);
        using ByteArrayContent body = new(picture);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/classify", UriKind.Relative), body, Stop);

        AssertSays(picture, 3, await Json(response));
    }

    [Fact]
    public async Task Classify_AFormWithAFile_IsTheSame()
    {
        byte[] picture = Picture(2);
        using MultipartFormDataContent form = [];
        using ByteArrayContent file = new(picture);
        file.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        form.Add(file, "image", "picture.png");
        using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/classify", UriKind.Relative), form, Stop);

        AssertSays(picture, 3, await Json(response));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Classify_AFormWithoutOneFile_IsABadRequest(int files)
    {
        using MultipartFormDataContent form = [];
        form.Add(new StringContent("words"), "note");
        for (int i = 0; i < files; i++)
        {
            form.Add(new ByteArrayContent(Picture(2)), "image", $"{i}.png");
        }

        using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/classify", UriKind.Relative), form, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("the form has no file, or several; expected one image.", (await Body(response)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Classify_ABrokenForm_IsABadRequest()
    {
        using StringContent body = new("--other\r\n");
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=here");
        using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/classify", UriKind.Relative), body, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Classes_Always_AreTheModels()
    {
        string text = await server.Client.GetStringAsync(new Uri("/classes", UriKind.Relative), Stop);

        Assert.Equal(["cat", "dog", "emu"], JsonSerializer.Deserialize<string[]>(text)!);
    }

    [Fact]
    public async Task Classify_WhatIsNoPicture_IsABadRequestInOneLine()
    {
        foreach ((byte[] content, string query, string expected) in ((byte[], string, string)[])
            [("word"u8.ToArray(), "", "the file begins with 776F7264, which is none of "), ([], "", "the file is empty"), (Picture(1), "?top=0", "top is 0; expected 1 to 100.")])
        {
            using ByteArrayContent body = new(content);
            using HttpResponseMessage response = await server.Client.PostAsync(new Uri($"/classify{query}", UriKind.Relative), body, Stop);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            string detail = (await Body(response)).GetProperty("detail").GetString()!;
            Assert.StartsWith(expected, detail, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', detail);
        }
    }

    [Fact]
    public async Task Classify_ABodyAboveTheLimit_IsRefused()
    {
        // Asked before it is sent: a refusal amid the body would end the connection.
        using HttpRequestMessage request = new(HttpMethod.Post, "/classify") { Content = new ByteArrayContent(new byte[MaxBytes + 1]) };
        request.Headers.ExpectContinue = true;
        using HttpResponseMessage response = await server.Client.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Classify_ManyCallersAtOnce_EachGetsItsOwn()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Stop }, async (i, stop) =>
        {
            byte[] picture = Picture((ulong)i % 8);
            using ByteArrayContent body = new(picture);
            using HttpResponseMessage response = await server.Client.PostAsync(new Uri("/classify?top=1", UriKind.Relative), body, stop);
            AssertSays(picture, 1, await Json(response));
        });
    }

    [Fact]
    public async Task Classify_AClientThatLeaves_HarmsNobody()
    {
        for (int i = 0; i < 10; i++)
        {
            using CancellationTokenSource leave = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            using ByteArrayContent body = new(Picture(1));
            Task<HttpResponseMessage> call = server.Client.PostAsync(new Uri("/classify", UriKind.Relative), body, leave.Token);
            await leave.CancelAsync();
            try
            {
                (await call).Dispose();
            }
            catch (OperationCanceledException)
            {
                // What was to happen; a call may also have been faster.
            }
        }

        await Classify_APicture_IsWhatTheLibrarySays();
    }

    private void AssertSays(byte[] picture, int top, JsonElement answer)
    {
        IReadOnlyList<ClassProbability> expected = server.Classifier.Predict(new MemoryStream(picture), Stop).Top(top);
        JsonElement[] said = [.. answer.EnumerateArray()];
        Assert.Equal(expected.Select(one => one.Name), said.Select(one => one.GetProperty("class").GetString()));
        Assert.All(expected.Zip(said), pair => Assert.Equal(pair.First.Probability, pair.Second.GetProperty("probability").GetDouble(), tolerance: 1e-9));
    }

    private static async Task<JsonElement> Json(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await Body(response);
    }

    private static async Task<JsonElement> Body(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement;

    private static byte[] Picture(ulong seed) => PngEncoder.Encode(
        new RgbImage(24, 20, [.. Compute.Uniform(24 * 20 * 3, seed).Select(value => (byte)(127 * (value + 1)))]));

    /// <summary>The sample at work on a port that the system chose.</summary>
    public sealed partial class Server : IDisposable
    {
        private readonly ModelFolder _folder = new();
        private readonly Process _process;

        public Server()
        {
            TrainedModel model = ModelFolder.Model(
                new CifarResNetOptions { Depth = 8, Width = 4, Classes = 3 }, Shape.Of(3, 16, 16), ["cat", "dog", "emu"], [0.5f, 0.4f, 0.3f], [0.2f, 0.3f, 0.4f]);
            string path = _folder.Save(model);
            Classifier = Classifier.Load(path);

            // The sample is built with the solution, in the configuration of the tests.
            string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            string sample = Path.Combine(Checkout.Root, "samples", "ClassifyEndpoint", "bin", configuration, "net10.0", "ClassifyEndpoint.dll");
            ProcessStartInfo start = new("dotnet", [sample, "--model", path, "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true };
            _process = Process.Start(start)!;
            string? address = null;
            while (address is null)
            {
                string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The sample ended before it listened.");
                address = Address().Match(line) is { Success: true } match ? match.Value : null;
            }

            // Read on: a full pipe would stop the process.
            _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            Client = new HttpClient { BaseAddress = new Uri(address) };
        }

        public HttpClient Client { get; }

        public Classifier Classifier { get; }

        public void Dispose()
        {
            Client.Dispose();
            Classifier.Dispose();
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _folder.Dispose();
        }

        [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
        private static partial Regex Address();
    }
}
