using System.Threading.Channels;

namespace Portal.Infrastructure.Dispatch;

/// <summary>
/// One look at the board: the snapshot in force when it began, then every newer one. Holds at most the newest unread snapshot and none
/// that was read, so a slow reader skips what he missed, holds nobody up, and old boards are not kept alive by those who look.
/// </summary>
public sealed class BoardWatch : IDisposable
{
    private readonly LiveBoard board;
    private readonly Channel<BoardSnapshot> newest =
        Channel.CreateBounded<BoardSnapshot>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    internal BoardWatch(LiveBoard board, BoardSnapshot now)
    {
        this.board = board;
        Offer(now);
    }

    /// <summary>The board now, then every newer one until cancelled or disposed. One reader.</summary>
    public IAsyncEnumerable<BoardSnapshot> ReadAsync(CancellationToken ct) => newest.Reader.ReadAllAsync(ct);

    /// <summary>Ends the watch and its stream.</summary>
    public void Dispose()
    {
        board.Leave(this);
        newest.Writer.TryComplete();
    }

    internal void Offer(BoardSnapshot snapshot) => newest.Writer.TryWrite(snapshot);
}
