using Portal.Domain.Pricing;
using Portal.Domain.Stock;

namespace Portal.Infrastructure.Stock;

/// <summary>
/// Puts what is written later for earlier into its place, or goes on without what was taken back: from the end of the month before, the movements of the item in all warehouses are replayed month by month, and what costs otherwise now is written,
/// with the difference. Its work grows with the movements since then, and it holds those of one month.
/// </summary>
internal static class StockBackdating
{
    /// <param name="from">from its month on</param>
    /// <param name="lines">new movements of the product on that day, all of one document</param>
    /// <param name="left">cards from which movements of that day were taken away</param>
    /// <param name="posted">receives what became of the lines</param>
    public static async Task ReplayAsync(StockBooks books, ProductId product, DateOnly from, List<WrittenLine> lines, IReadOnlySet<long> left, Dictionary<long, KnownSource> sources, StockWriting writing, PostedLine[] posted, CancellationToken ct)
    {
        var known = books.Cards.Where(c => c.Product == product).ToList();
        var (ids, first) = (known.Select(c => c.Id).ToArray(), new DateOnly(from.Year, from.Month, 1));
        var states = await books.StatesAsync(ids, first, ct);
        StockCard[] cards = [.. known.Select(c => states.TryGetValue(c.Id, out var s) ? c.Of(s) : c.Empty())];

        var before = await books.SourcesOfAsync(ids, first, ct);
        foreach (var line in lines)
            if (line.Movement.Source is { } at && sources.GetValueOrDefault(at.Sequence) is { } source && source.At.Day < first) before.TryAdd(at.Sequence, source);
        var beginning = new StockMoment(first, TimeOnly.MinValue, 0);
        var replay = new StockReplay(books.Currency, cards, before.Values.Where(s => s.IsOutflow).Select(s => s.Before(beginning, books.Currency)));

        var (places, named) = (lines.ToDictionary(l => l.Movement.At.Sequence), lines.Select(l => l.Movement.Source?.Sequence).OfType<long>().ToHashSet());
        var costs = new StockCosts();
        foreach (var month in (await books.MonthsAsync(ids, first, ct)).Append(first).Distinct().Order())
        {
            var there = await books.MovementsAsync(ids, month, ct);
            StockMovement[] movements = [.. there.Select(m => named.Contains(m.Movement.At.Sequence) ? m.Movement.Referred() : m.Movement)];
            if (month == first) movements = [.. movements.Concat(lines.Select(l => l.Movement.On(known.IndexOf(l.Card)))).OrderBy(m => m.At)];
            costs.Clear();
            replay.Run(movements, costs);

            var next = 0;
            for (var i = 0; i < movements.Length; i++)
            {
                var (at, cost) = (movements[i].At, costs.Movements[i]);
                if (places.TryGetValue(at.Sequence, out var line)) posted[line.Place] = writing.Add(line.Card.Id, movements[i], costs, cost);
                else if (there[next++] is var was && (was.Value != cost.Value || was.Difference != cost.Difference || !was.Parts.AsSpan().SequenceEqual(costs.PartsOf(cost)))) writing.Change(ids[movements[i].Card], was, costs, cost);
            }
            foreach (var last in movements.GroupBy(m => m.Card).Select(m => m.Last()))
            {
                writing.Month(ids[last.Card], month, cards[last.Card]);
                writing.Card(ids[last.Card], cards[last.Card], (last.At.Day, last.At.Time));
            }
            // nothing is left there that would tell
            if (month == first)
                foreach (var (i, card) in known.Index().Where(c => left.Contains(c.Item.Id) && movements.All(m => m.Card != c.Index)))
                {
                    writing.NoMonth(card.Id, month);
                    writing.Card(card.Id, cards[i], card.Last!.Value);
                }
            await writing.FlushAsync(ct);
        }
    }
}
