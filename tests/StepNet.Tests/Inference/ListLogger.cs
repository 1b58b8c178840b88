using Microsoft.Extensions.Logging;

namespace StepNet.Tests.Inference;

/// <summary>Keeps what it is told, a line each.</summary>
internal sealed class ListLogger : ILogger
{
    internal List<string> Lines { get; } = [];

    /// <summary>Told the number of lines behind each.</summary>
    internal Action<int>? OnLine { get; init; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        int count;
        lock (Lines)
        {
            Lines.Add($"{logLevel} {formatter(state, exception)}");
            count = Lines.Count;
        }

        OnLine?.Invoke(count);
    }
}
