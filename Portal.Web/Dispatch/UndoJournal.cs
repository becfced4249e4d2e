using Portal.Domain.Dispatch;
using Portal.Infrastructure.Dispatch;
using Portal.Web.Shared;

namespace Portal.Web.Dispatch;

/// <summary>
/// What one dispatcher did on the open board and may take back; one entry for one press, whether it moved one trip or fifty.
/// Z takes the newest entry back, an entry's toast that entry and no other. When he acts on the same trip again, the older toast goes:
/// it names an action that is no longer the last. When others did, it stays as the word of what was done, without the offer (<see cref="Look"/>); Z then says why nothing is taken back.
/// </summary>
/// <param name="toasts">Shows what was done.</param>
/// <param name="texts">The words.</param>
/// <param name="takeBack">Takes one action back; says why not, or null when it did.</param>
public sealed class UndoJournal(Toasts toasts, Texts texts, Func<TripStanding, Task<string?>> takeBack)
{
    /// <summary>Further back nobody remembers what Z would do.</summary>
    private const int Most = 100;

    private readonly List<Entry> entries = [];

    /// <summary>What was taken from drivers: trips released or ended.</summary>
    public IReadOnlyList<TripStanding> Taken => [.. entries.SelectMany(e => e.Done).Where(d => d.State == TripState.Requested || d.State.IsEnded())];

    /// <summary>Notes what was done and offers to take it back.</summary>
    public void Add(string words, IReadOnlyList<TripStanding> done)
    {
        var trips = done.Select(d => d.Id).ToHashSet();
        foreach (var older in entries.Where(e => e.Done.Any(d => trips.Contains(d.Id)))) Withdraw(older);
        if (entries.Count == Most) entries.RemoveAt(0);
        var entry = new Entry(done);
        entries.Add(entry);
        entry.Toast = toasts.Show(ToastKind.Good, words, () => TakeBackAsync(entry));
    }

    /// <summary>Looks at the board: what others have gone on with on every trip of an entry is offered for taking back no longer.</summary>
    public void Look(BoardSnapshot board)
    {
        foreach (var entry in entries.Where(e => e.IsOffered && e.Done.All(d => board.Find(d.Id)?.IsLaterThan(d) == true)))
        {
            entry.IsOffered = false;
            toasts.Settle(entry.Toast);
        }
    }

    /// <summary>Takes the newest entry back.</summary>
    public async Task TakeLastBackAsync()
    {
        if (entries.Count > 0) await TakeBackAsync(entries[^1]);
        else toasts.Show(ToastKind.Warn, texts["board.undo-nothing"]);
    }

    private async Task TakeBackAsync(Entry entry)
    {
        if (!entries.Remove(entry)) return;
        Withdraw(entry);
        var (back, refused) = (new List<TripStanding>(), new List<string>());
        foreach (var done in entry.Done)
            if (await takeBack(done) is { } why) refused.Add(why);
            else back.Add(done);
        if (refused.Count > 0) toasts.Show(ToastKind.Warn, refused.Count == 1 ? refused[0] : texts.Count("board.not-undone", refused.Count));
        if (back.Count > 0) toasts.Show(ToastKind.Good, back.Count == 1 ? texts["board.undone", back[0].Number] : texts.Count("board.undone-count", back.Count));
    }

    private void Withdraw(Entry entry)
    {
        entry.IsOffered = false;
        toasts.Remove(entry.Toast);
    }

    private sealed class Entry(IReadOnlyList<TripStanding> done)
    {
        public IReadOnlyList<TripStanding> Done { get; } = done;
        public Guid Toast { get; set; }
        public bool IsOffered { get; set; } = true;
    }
}
