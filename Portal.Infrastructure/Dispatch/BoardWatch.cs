using System.Threading.Channels;

namespace Portal.Infrastructure.Dispatch;

/// <summary>
/// One look at the board: the snapshot in force when it began, then every newer one. Holds at most the newest unread snapshot,
/// so a slow reader skips what he missed, never holds others up and needs no resynchronising.
/// </summary>
public sealed class BoardWatch : IDisposable
{
    private readonly LiveBoard board;
    private readonly Channel<BoardSnapshot> newest =
        Channel.CreateBounded<BoardSnapshot>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    internal BoardWatch(LiveBoard board, BoardSnapshot snapshot)
    {
        this.board = board;
        Snapshot = snapshot;
    }

    /// <summary>The board when the watch began.</summary>
    public BoardSnapshot Snapshot { get; }

    /// <summary>Newer snapshots until cancelled or disposed. One reader.</summary>
    public IAsyncEnumerable<BoardSnapshot> ReadAsync(CancellationToken ct) => newest.Reader.ReadAllAsync(ct);

    /// <summary>Ends the watch and its stream.</summary>
    public void Dispose()
    {
        board.Leave(this);
        newest.Writer.TryComplete();
    }

    internal void Offer(BoardSnapshot snapshot) => newest.Writer.TryWrite(snapshot);
}
