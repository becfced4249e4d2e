using Portal.Domain.Stock;

namespace Portal.Tests.Stock;

/// <summary>What somebody would do next, if it is possible: the kind, where, how many, for how much, and which of the earlier movements is meant.</summary>
internal sealed record StockWish(MovementKind Kind, int Card, int Steps, int Cents, int Pick, bool Linked, int Gap);

/// <summary>
/// Movements on three cards that are possible one after the other, and what they leave by another way of counting: step by step and without money.
/// </summary>
internal sealed class StockStream
{
    public const string Currency = "EUR";

    private readonly decimal step;
    private readonly Dictionary<long, int>[] there;
    private readonly Dictionary<long, List<(long? Age, int Steps)>> gone = [];

    public StockStream(IReadOnlyList<StockModel> models, decimal step, IEnumerable<StockWish> wishes)
    {
        (Models, this.step) = (models, step);
        there = [.. models.Select(_ => new Dictionary<long, int>())];
        var day = new DateOnly(2026, 1, 1);
        foreach (var wish in wishes)
        {
            day = day.AddDays(wish.Gap);
            if (Possible(wish, Movements.Count + 1) is not { } source) continue;
            Movements.Add(new(new(day, new(0, Movements.Count / 2), Movements.Count + 1), wish.Card, wish.Kind, wish.Steps * step,
                wish.Kind == MovementKind.Receipt || wish.Kind == MovementKind.Surplus && wish.Linked ? wish.Cents / 100m : null, source.At, isReferredTo: true));
        }
    }

    public IReadOnlyList<StockModel> Models { get; }
    public List<StockMovement> Movements { get; } = [];

    public StockCard[] EmptyCards() => [.. Models.Select(model => model == StockModel.Batch ? StockCard.InBatches("Chain") : StockCard.AtAverage("Chain", lastRate: 2.5m))];

    /// <summary>The batches of a card as numbers of receipts and quantities, the oldest first.</summary>
    public IEnumerable<(long Age, decimal Quantity)> Batches(int card) => there[card].Where(b => b.Value != 0).OrderBy(b => b.Key).Select(b => (b.Key, b.Value * step));

    /// <summary>How many are on a card.</summary>
    public decimal Quantity(int card) => there[card].Values.Sum() * step;

    // the source of a possible movement, none for one that needs none; null where it is not possible
    private Found? Possible(StockWish wish, long sequence)
    {
        var card = there[wish.Card];
        var isBatch = Models[wish.Card] == StockModel.Batch;
        if (wish.Kind == MovementKind.Receipt || wish.Kind == MovementKind.Surplus || wish is { Kind: MovementKind.CustomerReturn, Linked: false })
        {
            Put(card, isBatch, sequence, wish.Steps);
            return new(null);
        }
        if (wish.Kind is MovementKind.CustomerReturn or MovementKind.TransferIn)
        {
            var wanted = wish.Kind == MovementKind.CustomerReturn ? MovementKind.Issue : MovementKind.TransferOut;
            var open = Movements.Where(m => m.Kind == wanted && gone[m.At.Sequence].Sum(p => p.Steps) >= wish.Steps).ToList();
            if (open.Count == 0) return null;
            var source = open[wish.Pick % open.Count].At;
            foreach (var (age, steps) in Off(gone[source.Sequence], wish.Steps)) Put(card, isBatch, age ?? sequence, steps);
            return new(source);
        }
        if (wish.Kind == MovementKind.SupplierReturn && isBatch)
        {
            var receipts = Movements.Where(m => card.GetValueOrDefault(m.At.Sequence) >= wish.Steps).ToList();
            if (receipts.Count == 0) return null;
            var receipt = receipts[wish.Pick % receipts.Count].At;
            card[receipt.Sequence] -= wish.Steps;
            return new(receipt);
        }
        if (isBatch && card.Values.Sum() < wish.Steps) return null;
        var left = card.Where(b => b.Value > 0).OrderBy(b => b.Key).Select(b => ((long?)b.Key, b.Value)).ToList();
        gone[sequence] = isBatch ? [.. Off(left, wish.Steps)] : [(null, wish.Steps)];
        if (isBatch) foreach (var (age, steps) in gone[sequence]) card[age!.Value] -= steps;
        else card[0] = card.GetValueOrDefault(0) - wish.Steps;
        return new(null);
    }

    private static void Put(Dictionary<long, int> card, bool isBatch, long age, int steps)
    {
        var key = isBatch ? age : 0;
        card[key] = card.GetValueOrDefault(key) + steps;
    }

    private static List<(long? Age, int Steps)> Off(List<(long? Age, int Steps)> from, int steps)
    {
        List<(long?, int)> off = [];
        while (steps > 0)
        {
            var some = Math.Min(steps, from[0].Steps);
            off.Add((from[0].Age, some));
            steps -= some;
            if (some == from[0].Steps) from.RemoveAt(0);
            else from[0] = (from[0].Age, from[0].Steps - some);
        }
        return off;
    }

    private sealed record Found(StockMoment? At);
}
