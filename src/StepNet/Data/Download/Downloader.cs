using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace StepNet.Data.Download;

/// <summary>Fetches the files of one set, mirror by mirror, into a <c>.part</c> file that becomes the file when its sum is right.</summary>
internal sealed class Downloader : IDisposable
{
    // Six times the largest published file: a server that never ends must not fill the disk.
    private const long MaxBytes = 1L << 30;

    private const int MaxAttempts = 5;

    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private readonly string _set;
    private readonly string _folder;
    private readonly DownloadOptions _options;
    private readonly HttpClient _client;
    private readonly byte[] _buffer = new byte[1 << 16];

    /// <param name="set">Name of the set.</param>
    /// <param name="folder">Where the files go; locked by the caller.</param>
    /// <param name="options">How.</param>
    internal Downloader(string set, string folder, DownloadOptions options)
    {
        (_set, _folder, _options) = (set, folder, options);

        // Redirects are followed, though never from https to http. Silence is timed step by step, not the whole.
        _client = new HttpClient(new SocketsHttpHandler { MaxAutomaticRedirections = 10 }) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("StepNet", null));
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Fetches a file in place of whatever bears its name.</summary>
    /// <exception cref="DataException">No mirror had it.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    internal async Task FetchAsync(DatasetFile file, CancellationToken cancellation)
    {
        string target = Path.Combine(_folder, file.Name), part = $"{target}.part";
        File.Delete(target);
        List<string> failures = [];
        foreach (Uri mirror in Mirrors(file))
        {
            string? failure = await TryMirrorAsync(mirror, file, part, cancellation).ConfigureAwait(false);
            if (failure is null)
            {
                File.Move(part, target, overwrite: true);
                return;
            }

            failures.Add($"{mirror}: {failure}");
            _options.OnNote?.Invoke($"{_set}: {failures[^1]}");
        }

        throw new DataException($"{_set}: {file.Name} could not be fetched ({string.Join("; ", failures)}). Run again to go on where it "
            + $"stopped, name a mirror with --mirror, or put the file with MD5 {file.Md5} into '{_folder}'.");
    }

    private IEnumerable<Uri> Mirrors(DatasetFile file)
    {
        if (_options.Mirror is Uri own)
        {
            yield return new Uri($"{own.AbsoluteUri.TrimEnd('/')}/{_set}/{file.Name}");
        }

        foreach (Uri mirror in file.Mirrors)
        {
            yield return mirror;
        }
    }

    /// <returns>Null where the part file is whole; otherwise why it is not.</returns>
    private async Task<string?> TryMirrorAsync(Uri mirror, DatasetFile file, string part, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            long had = LengthOf(part);
            try
            {
                await AppendAsync(mirror, file, part, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException e)
            {
                return e.Message;
            }
            catch (HttpRequestException e)
            {
                // A connection that broke after it brought something is worth another; one that brought nothing is not.
                if (attempt < MaxAttempts && LengthOf(part) > had)
                {
                    continue;
                }

                return DataErrors.OneLine(e);
            }

            if (file.Matches(part))
            {
                return null;
            }

            File.Delete(part);

            // The wrong bytes may be those that an earlier run or another mirror left.
            if (had == 0 || attempt == MaxAttempts)
            {
                return $"its bytes are not the published ones (MD5 differs from {file.Md5})";
            }
        }
    }

    /// <summary>Asks for what the part file lacks, and appends it.</summary>
    /// <exception cref="HttpRequestException">The server refused, or the connection broke.</exception>
    /// <exception cref="TimeoutException">The server fell silent.</exception>
    private async Task AppendAsync(Uri mirror, DatasetFile file, string part, CancellationToken cancellation)
    {
        long had = LengthOf(part);
        using HttpRequestMessage request = new(HttpMethod.Get, mirror);
        request.Headers.Range = had > 0 ? new RangeHeaderValue(had, null) : null;
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(_options.StallTimeout);
        try
        {
            using HttpResponseMessage response =
                await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            if (had > 0 && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return; // nothing is left to ask for: the sum will tell
            }

            if (!response.IsSuccessStatusCode)
            {
                throw new HttpRequestException($"{(int)response.StatusCode} {response.ReasonPhrase}");
            }

            // A server without ranges sends everything again.
            bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == had;
            long start = goesOn ? had : 0;
            using FileStream output = new(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read);
            await CopyAsync(response.Content, file.Name, output, start, silence).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"silent for {_options.StallTimeout.TotalSeconds:g} s");
        }
    }

    private async Task CopyAsync(HttpContent content, string name, FileStream output, long start, CancellationTokenSource silence)
    {
        long bytes = start, began = Stopwatch.GetTimestamp(), told = 0;
        long? total = content.Headers.ContentLength + start;
        using Stream input = await content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        while (true)
        {
            silence.CancelAfter(_options.StallTimeout);
            int read = await ReadAsync(input, silence.Token).ConfigureAwait(false);
            if (read == 0 || told == 0 || Stopwatch.GetElapsedTime(told) > s_progressInterval)
            {
                told = Stopwatch.GetTimestamp();
                double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
                _options.OnProgress?.Invoke(new DownloadProgress(name, bytes, read == 0 ? bytes : total, (bytes - start) / seconds));
            }

            if (read == 0)
            {
                return;
            }

            bytes += read;
            if (bytes > MaxBytes)
            {
                output.SetLength(0);
                throw new HttpRequestException($"more than {MaxBytes} bytes came");
            }

            await output.WriteAsync(_buffer.AsMemory(0, read), silence.Token).ConfigureAwait(false);
        }
    }

    // What fails here is the connection; an IOException elsewhere is the disk.
    private async Task<int> ReadAsync(Stream input, CancellationToken cancellation)
    {
        try
        {
            return await input.ReadAsync(_buffer, cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    private static long LengthOf(string part)
    {
        FileInfo file = new(part);
        return file.Exists ? file.Length : 0;
    }
}
