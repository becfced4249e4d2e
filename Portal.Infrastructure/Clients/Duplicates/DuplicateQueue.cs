using System.Threading.Channels;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>Searches that wait for work. Only a hint: the truth is the state of the search, which a restart finds again.</summary>
public sealed class DuplicateQueue
{
    private readonly Channel<Guid> runs = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });

    internal void Add(Guid run) => runs.Writer.TryWrite(run);

    internal IAsyncEnumerable<Guid> ReadAsync(CancellationToken ct) => runs.Reader.ReadAllAsync(ct);
}
