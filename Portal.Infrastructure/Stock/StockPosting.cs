using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Stock;

/// <summary>
/// The one place in which goods move. A document calls it in its own transaction when it is posted, and nothing has moved where it is refused. What stands after everything that is there already is reckoned
/// from where the cards stand; what is written later for earlier is put into its place, what is taken back leaves it, and whatever that changes is reckoned anew (<see cref="StockBackdating"/>).
/// </summary>
internal static class StockPosting
{
    /// <summary>Moves what a document moves.</summary>
    /// <returns>What became of each line.</returns>
    /// <exception cref="RuleBrokenException">
    /// <c>stock.period-closed</c>, <c>stock.warehouse-unknown</c>, <c>pricing.product-unknown</c>, <c>stock.not-goods</c>, <c>stock.source-unknown</c>, <c>stock.reserved</c>, <c>number.out-of-range</c>, and what <see cref="StockReplay"/> refuses
    /// </exception>
    public static async Task<IReadOnlyList<PostedLine>> PostAsync(this PortalDb db, StockEntry entry, DateTimeOffset now, CancellationToken ct)
    {
        RequireTransaction(db);
        await StockClosing.RequireOpenAsync(db, entry.Day, ct);
        var books = await StockBooks.TakeAsync(db, [.. entry.Lines.Select(l => (l.Warehouse, l.Product))], ct);
        var numbers = await books.NumbersAsync(entry.Lines.Count, ct);
        var sources = await books.SourcesAsync([.. entry.Lines.Select(l => l.Source).OfType<long>()], ct);
        var lines = WriteDown(entry, numbers, books, sources);

        var writing = new StockWriting(db, entry.Document, now);
        writing.Name(sources.Keys);
        var late = lines.Where(l => IsLate(l, entry, sources)).Select(l => l.Card.Product).ToHashSet();
        var posted = new PostedLine[lines.Count];
        Run([.. lines.Where(l => !late.Contains(l.Card.Product))], books, sources, writing, posted);
        foreach (var product in late) await StockBackdating.ReplayAsync(books, product, entry.Day, [.. lines.Where(l => l.Card.Product == product)], new HashSet<long>(), sources, writing, posted, ct);
        await writing.FlushAsync(ct);
        await StockReserves.SettleAsync(db, entry, lines, ct);
        return posted;
    }

    /// <summary>
    /// Takes back what a document moved: the books are as if it had never been posted, and what came after it is reckoned anew. What it cost goes into the differences, so that figures follow.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>stock.others-follow</c> where later movements bring its goods back or on, and as <see cref="PostAsync"/></exception>
    public static async Task TakeBackAsync(this PortalDb db, ObjectRef document, DateOnly day, DateTimeOffset now, CancellationToken ct)
    {
        RequireTransaction(db);
        await StockClosing.RequireOpenAsync(db, day, ct);
        var cards = await StockBooks.MovedByAsync(db, document, ct);
        if (cards.Count == 0) return;
        var books = await StockBooks.TakeAsync(db, [.. cards.Values], ct);
        await books.RemoveAsync(document, now, ct);
        var (writing, left) = (new StockWriting(db, document, now), cards.Keys.ToHashSet());
        foreach (var product in cards.Values.Select(c => c.Product).Distinct()) await StockBackdating.ReplayAsync(books, product, day, [], left, [], writing, [], ct);
    }

    private static void RequireTransaction(PortalDb db)
    {
        if (db.Database.CurrentTransaction is null) throw new InvalidOperationException("Goods move in the transaction of their document.");
    }

    /// <summary>The movements of the lines; each names its card.</summary>
    private static List<WrittenLine> WriteDown(StockEntry entry, long[] numbers, StockBooks books, Dictionary<long, KnownSource> sources)
    {
        var cards = books.Cards.ToDictionary(c => (c.Warehouse, c.Product));
        var named = entry.Lines.Select(l => l.SourceLine).OfType<int>().ToHashSet();
        List<WrittenLine> lines = [];
        foreach (var (i, line) in entry.Lines.Index())
        {
            var source = line.SourceLine is { } earlier ? lines[earlier].Movement.At : line.Source is { } sequence ? Known(sequence, line, sources).At : (StockMoment?)null;
            lines.Add(new(i, cards[(line.Warehouse, line.Product)], new(entry.At(numbers[i]), 0, line.Kind, line.Quantity, line.Value, source, named.Contains(i))));
        }
        return lines;
    }

    private static KnownSource Known(long sequence, StockLine line, Dictionary<long, KnownSource> sources)
    {
        var wanted = line.Kind switch
        {
            MovementKind.CustomerReturn => MovementKind.Issue,
            MovementKind.SupplierReturn => MovementKind.Receipt,
            MovementKind.TransferIn => MovementKind.TransferOut,
            _ => (MovementKind?)null,
        };
        return sources.GetValueOrDefault(sequence) is { } source && source.Kind == wanted && source.Product == line.Product ? source : throw new RuleBrokenException("stock.source-unknown");
    }

    /// <summary>True when something stands after it that it may change: on its card, or what came back of its source.</summary>
    private static bool IsLate(WrittenLine line, StockEntry entry, Dictionary<long, KnownSource> sources) =>
        line.Card.Last is { } last && last.CompareTo((entry.Day, line.Movement.At.Time)) > 0
        || line.Movement.Source is { } at && sources.GetValueOrDefault(at.Sequence) is { } source && (source.At > line.Movement.At || source.IsOutflow && source.Back.Any(b => b.At > line.Movement.At));

    private static void Run(List<WrittenLine> lines, StockBooks books, Dictionary<long, KnownSource> sources, StockWriting writing, PostedLine[] posted)
    {
        if (lines.Count == 0) return;
        var (cards, costs, at) = (lines.Select(l => l.Card).Distinct().ToList(), new StockCosts(lines.Count), lines[0].Movement.At);
        var outflows = lines.Select(l => l.Movement.Source?.Sequence).OfType<long>().Distinct().Select(s => sources.GetValueOrDefault(s)).OfType<KnownSource>().Where(s => s.IsOutflow);
        new StockReplay(books.Currency, [.. cards.Select(c => c.State)], outflows.Select(s => s.Before(at, books.Currency))).Run([.. lines.Select(l => l.Movement.On(cards.IndexOf(l.Card)))], costs);
        foreach (var (i, line) in lines.Index()) posted[line.Place] = writing.Add(line.Card.Id, line.Movement, costs, costs.Movements[i]);
        foreach (var card in cards)
        {
            writing.Month(card.Id, at.Day, card.State);
            writing.Card(card.Id, card.State, (at.Day, at.Time));
        }
    }
}

/// <summary>A line as a movement of a card.</summary>
/// <param name="Place">among the lines of its document</param>
internal sealed record WrittenLine(int Place, KnownCard Card, StockMovement Movement);
