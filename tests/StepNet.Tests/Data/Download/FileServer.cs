using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StepNet.Tests.Data.Download;

/// <summary>A server of files on this machine that can be told to misbehave, one connection for each request.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, Queue<Answer>> _answers = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    internal FileServer()
    {
        _listener.Start();
        _serving = Serve();
    }

    /// <summary>Writes the reply to a request whose range begins at <c>from</c>, 0 where it has none.</summary>
    internal delegate Task Answer(Stream connection, long from, CancellationToken stop);

    /// <summary>Every request so far: path, and where its range begins.</summary>
    internal ConcurrentQueue<(string Path, long From)> Requests { get; } = new();

    internal Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Replies to requests for <paramref name="path"/> one after the other; the last one stays.</summary>
    internal Uri Add(string path, params Answer[] answers)
    {
        _answers[path] = new Queue<Answer>(answers);
        return new Uri(Url, path);
    }

    internal static Answer Whole(byte[] content) => (connection, from, stop) => Send(connection, content, from, content.Length, stop);

    internal static Answer WithoutRanges(byte[] content) => (connection, _, stop) => Send(connection, content, 0, content.Length, stop);

    /// <summary>Closes the connection before byte <paramref name="end"/>.</summary>
    internal static Answer CutAt(byte[] content, int end) => (connection, from, stop) => Send(connection, content, from, end, stop);

    /// <summary>Falls silent before byte <paramref name="end"/> until the server ends.</summary>
    internal static Answer StallAt(byte[] content, int end) => async (connection, from, stop) =>
    {
        await Send(connection, content, from, end, stop);
        await Task.Delay(Timeout.Infinite, stop);
    };

    internal static Answer Redirect(Uri to) => (connection, _, stop) => Head(connection, $"302 Found\r\nLocation: {to}", 0, stop);

    internal static Answer Status(string status) => (connection, _, stop) => Head(connection, status, 0, stop);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _serving.GetAwaiter().GetResult();
        _stop.Dispose();
    }

    private static async Task Send(Stream connection, byte[] content, long from, int end, CancellationToken stop)
    {
        if (from >= content.Length)
        {
            await Head(connection, "416 Range Not Satisfiable", 0, stop);
            return;
        }

        string status = from == 0 ? "200 OK" : $"206 Partial Content\r\nContent-Range: bytes {from}-{content.Length - 1}/{content.Length}";
        await Head(connection, status, content.Length - from, stop);
        await connection.WriteAsync(content.AsMemory((int)from, Math.Max(0, end - (int)from)), stop);
    }

    private static async Task Head(Stream connection, string status, long length, CancellationToken stop) =>
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"), stop);

    private async Task Serve()
    {
        List<Task> open = [];
        try
        {
            while (true)
            {
                open.Add(Reply(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task Reply(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream connection = client.GetStream();
                using StreamReader reader = new(connection, leaveOpen: true);
                if ((await reader.ReadLineAsync(_stop.Token))?.Split(' ') is not [_, string path, ..])
                {
                    // The client left before it had asked for anything.
                    return;
                }

                long from = 0;
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
                {
                    const string Range = "Range: bytes=";
                    from = header.StartsWith(Range, StringComparison.OrdinalIgnoreCase)
                        ? long.Parse(header[Range.Length..].TrimEnd('-'), CultureInfo.InvariantCulture) : from;
                }

                Requests.Enqueue((path, from));
                await Next(path)(connection, from, _stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client left, or the test is over.
            }
        }
    }

    private Answer Next(string path)
    {
        if (!_answers.TryGetValue(path, out Queue<Answer>? answers))
        {
            return Status("404 Not Found");
        }

        lock (answers)
        {
            return answers.Count > 1 ? answers.Dequeue() : answers.Peek();
        }
    }
}
