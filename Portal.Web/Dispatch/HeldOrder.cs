using Portal.Domain.Dispatch;
using Portal.Infrastructure.Dispatch;

namespace Portal.Web.Dispatch;

/// <summary>
/// Rows of a list that does not jump under the cursor: while it is held, known rows keep their places, those that went
/// stay as they now are, and new ones come last. Released, the list takes its own order again.
/// </summary>
internal sealed class HeldOrder
{
    private List<BoardTrip> rows = [];

    /// <summary>The rows to show.</summary>
    public List<BoardTrip> Rows => rows;

    /// <summary>Number of rows that belong to the list now; ghosts of a held list do not count.</summary>
    public int Count { get; private set; }

    /// <summary>Takes the list as it ought to be; <paramref name="newest"/> finds how a row that went stands now.</summary>
    public void Take(List<BoardTrip> proper, bool held, Func<TripId, BoardTrip?> newest)
    {
        Count = proper.Count;
        if (!held || rows.Count == 0)
        {
            rows = proper;
            return;
        }
        var known = rows.Select(r => r.Id).ToHashSet();
        rows = [.. rows.Select(r => newest(r.Id) ?? r), .. proper.Where(r => !known.Contains(r.Id))];
    }
}
