using System.Threading.Channels;

namespace Portal.Infrastructure.Imports;

/// <summary>Runs that wait for work, in order. Only a hint: the truth is the run's state, which a restart finds again.</summary>
public sealed class ImportQueue
{
    private readonly Channel<Guid> runs = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });

    internal void Add(Guid run) => runs.Writer.TryWrite(run);

    internal IAsyncEnumerable<Guid> ReadAsync(CancellationToken ct) => runs.Reader.ReadAllAsync(ct);
}
