using System.Collections.Immutable;
using Portal.Domain.Dispatch;
using Portal.Infrastructure.Dispatch;

namespace Portal.Web.Dispatch;

/// <summary>
/// Rows of a list that does not jump under the cursor: while it is held, known rows keep their places, those that went
/// stay as they now are, and new ones come last. Released, the list takes its own order again.
/// </summary>
internal sealed class HeldOrder
{
    /// <summary>The rows to show.</summary>
    public ImmutableArray<BoardTrip> Rows { get; private set; } = [];

    /// <summary>Number of rows that belong to the list now; ghosts of a held list do not count.</summary>
    public int Count { get; private set; }

    /// <summary>Takes the list as it ought to be; <paramref name="newest"/> finds how a row that went stands now.</summary>
    public void Take(ImmutableArray<BoardTrip> proper, bool held, Func<TripId, BoardTrip?> newest)
    {
        Count = proper.Length;
        if (!held || Rows.Length == 0)
        {
            Rows = proper;
            return;
        }
        var known = Rows.Select(r => r.Id).ToHashSet();
        Rows = [.. Rows.Select(r => newest(r.Id) ?? r), .. proper.Where(r => !known.Contains(r.Id))];
    }

    /// <summary>Place of a row, −1 when it is not in the list.</summary>
    public int IndexOf(TripId? trip)
    {
        for (var i = 0; trip is not null && i < Rows.Length; i++)
            if (Rows[i].Id == trip) return i;
        return -1;
    }
}
