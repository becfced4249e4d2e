using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Portal.Tests.Support;

/// <summary>Keeps what a host logs from a level on, for tests that ask what an operator would read.</summary>
public sealed class LogLines(LogLevel from) : ILoggerProvider
{
    private readonly LogLevel from = from;
    private readonly ConcurrentQueue<string> lines = [];

    /// <summary>Category and message of each entry so far.</summary>
    public IReadOnlyCollection<string> Lines => lines;

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose() { }

    private sealed class Category(LogLines log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel level) => level >= log.from;

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(level)) log.lines.Enqueue($"{name}: {formatter(state, exception)}");
        }
    }
}
