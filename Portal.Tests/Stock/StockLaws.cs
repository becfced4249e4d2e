using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Shared;
using Portal.Domain.Stock;

namespace Portal.Tests.Stock;

/// <summary>What holds for every stream of documents, in both models and between them.</summary>
public sealed class StockLaws
{
    private static readonly MovementKind[] Often = [MovementKind.Receipt, MovementKind.Receipt, MovementKind.Issue, MovementKind.Issue, MovementKind.TransferOut, .. Enum.GetValues<MovementKind>()];

    private static Gen<StockWish> Wish(int gap) =>
        from kind in Gen.Elements(Often)
        from card in Gen.Choose(0, 2)
        from steps in Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(1, 40))
        from cents in Gen.OneOf(Gen.Choose(0, 300), Gen.Choose(0, 1_000_000))
        from pick in Gen.Choose(0, 100)
        from linked in Gen.Elements(true, true, false)
        from days in Gen.Choose(0, gap)
        select new StockWish(kind, card, steps, cents, pick, linked, days);

    /// <summary>Any stream of up to sixty movements on three cards of any models.</summary>
    /// <param name="gap">days between two of them at most</param>
    internal static Arbitrary<StockStream> Streams(int gap) => (
        from models in Gen.Elements(StockModel.Batch, StockModel.Average).ArrayOf(3)
        from step in Gen.Elements(1m, 0.1m, 0.333333m)
        from count in Gen.Choose(1, 60)
        from wishes in Wish(gap).ArrayOf(count)
        select new StockStream(models, step, wishes)).ToArbitrary();

    private static void ForAll(Func<StockStream, bool> law) => Prop.ForAll(Streams(2), law).QuickCheckThrowOnFailure();

    private static (StockCard[] Cards, StockCosts Costs) Straight(StockStream stream)
    {
        var (cards, costs) = (stream.EmptyCards(), new StockCosts());
        new StockReplay(StockStream.Currency, cards).Run([.. stream.Movements], costs);
        return (cards, costs);
    }

    private static StockCard Copy(StockCard card) =>
        card.Model == StockModel.Batch ? StockCard.InBatches(card.Name, card.Batches, card.LastRate) : StockCard.AtAverage(card.Name, card.Quantity, card.Value, card.LastRate);

    private static string Told(StockCard card) => $"{card.Quantity:0.######} = {card.Value:0.##}, {card.LastRate:0.######}: {Told(card.Batches)}";

    private static string Told(ReadOnlySpan<StockBatch> batches) => string.Join(", ", batches.ToArray().Select(b => $"{b.Age.Sequence}: {b.Quantity:0.######} = {b.Value:0.##}"));

    private static string Told(StockCosts costs, int i) => $"{costs.Movements[i].Value:0.##} {costs.Movements[i].Difference:0.##} {Told(costs.PartsOf(costs.Movements[i]))}";

    /// <summary>What went out earlier and is named later, as far as it has not come back.</summary>
    private static IEnumerable<StockOutflow> Open(IReadOnlyList<StockMovement> before, IReadOnlyList<StockMovement> after, Func<StockMovement, (decimal Value, StockBatch[] Parts)> costOf)
    {
        foreach (var source in before.Where(m => !m.IsInflow && after.Any(later => later.Source == m.At)))
        {
            var (value, parts) = costOf(source);
            var outflow = new StockOutflow(source.At.Sequence, source.Quantity, value, parts, StockStream.Currency);
            foreach (var back in before.Where(m => m.Source == source.At))
                if (back.Kind == MovementKind.TransferIn) outflow.Arrive(back.Quantity, []);
                else outflow.Return(back.Quantity, []);
            yield return outflow;
        }
    }

    [Fact]
    public void Quantity_IsWhatCameLessWhatWent_AndTheOldestWentFirst() => ForAll(stream =>
    {
        var cards = Straight(stream).Cards;
        return Enumerable.Range(0, 3).All(i => cards[i].Quantity == stream.Quantity(i)
            && (cards[i].Model == StockModel.Average || cards[i].Batches.ToArray().Select(b => (b.Age.Sequence, b.Quantity)).SequenceEqual(stream.Batches(i))));
    });

    [Fact]
    public void Consumed_IsWhatMoved_InQuantityAndValue() => ForAll(stream =>
    {
        var costs = Straight(stream).Costs;
        return stream.Movements.Index().All(m =>
        {
            var parts = costs.PartsOf(costs.Movements[m.Index]).ToArray();
            if (stream.Models[m.Item.Card] == StockModel.Average) return parts.Length == 0;
            return parts.Sum(p => p.Quantity) == m.Item.Quantity && parts.Sum(p => p.Value) == costs.Movements[m.Index].Value && parts.All(p => p is { Quantity: > 0, Value: >= 0 });
        });
    });

    [Fact]
    public void Value_InLessOut_IsWhatIsLeft_AfterEveryMovement_AndNothingIsWorthNothing() => ForAll(stream =>
    {
        var (cards, costs, sums) = (stream.EmptyCards(), new StockCosts(), new decimal[3]);
        var replay = new StockReplay(StockStream.Currency, cards);
        foreach (var (i, movement) in stream.Movements.Index())
        {
            replay.Run([movement], costs);
            var (cost, card) = (costs.Movements[i], cards[movement.Card]);
            sums[movement.Card] += movement.IsInflow ? cost.Value - cost.Difference : -cost.Value;
            var isWhole = card.Model == StockModel.Average || card.Batches.ToArray() is var batches && batches.Sum(b => b.Quantity) == card.Quantity && batches.Sum(b => b.Value) == card.Value;
            if (!isWhole || card.Value != sums[movement.Card] || card.Quantity == 0 && card.Value != 0 || card.Quantity * card.Value < 0) return false;
            if (cost.Value < 0 || decimal.Round(cost.Value, 2) != cost.Value || decimal.Round(cost.Difference, 2) != cost.Difference) return false;
        }
        return true;
    });

    [Fact]
    public void Replay_FromAnyState_EqualsStraightEntry() => Prop.ForAll(Streams(2), Gen.Choose(0, 60).ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), (stream, at, piece) =>
    {
        var (straight, costs) = Straight(stream);
        var cut = Math.Min(at, stream.Movements.Count);
        var (before, after) = (stream.Movements[..cut], stream.Movements[cut..]);
        var (cards, earlier, again) = (stream.EmptyCards(), new StockCosts(), new StockCosts());
        new StockReplay(StockStream.Currency, cards).Run([.. before], earlier);
        cards = [.. cards.Select(Copy)];
        var replay = new StockReplay(StockStream.Currency, cards, Open(before, after, m => earlier.Movements[before.IndexOf(m)] is var cost ? (cost.Value, earlier.PartsOf(cost).ToArray()) : default));
        foreach (var chunk in after.Chunk(piece)) replay.Run(chunk, again);
        return cards.Select(Told).SequenceEqual(straight.Select(Told)) && Enumerable.Range(0, after.Count).All(i => Told(again, i) == Told(costs, cut + i));
    }).QuickCheckThrowOnFailure();

    /// <summary>As posting does it: what is written later for earlier is replayed from there on, and what cannot be is left out.</summary>
    [Fact]
    public void Entry_InAnyOrder_EqualsStraightEntry_OfWhatWasAccepted() => Prop.ForAll(Streams(2), Gen.Choose(0, int.MaxValue).ToArbitrary(), (stream, seed) =>
    {
        var accepted = new List<StockMovement>();
        var known = new Dictionary<long, (MovementCost Cost, StockBatch[] Parts)>();
        foreach (var movement in stream.Movements.OrderBy(m => unchecked((m.At.Sequence + seed) * 2654435761 % 1009)))
        {
            var cut = accepted.Count(m => m.At < movement.At);
            List<StockMovement> before = accepted[..cut], after = [movement, .. accepted[cut..]];
            var (cards, costs) = (stream.EmptyCards(), new StockCosts());
            new StockReplay(StockStream.Currency, cards).Run([.. before], new());
            try
            {
                new StockReplay(StockStream.Currency, cards, Open(before, after, m => (known[m.At.Sequence].Cost.Value, known[m.At.Sequence].Parts))).Run([.. after], costs);
            }
            catch (RuleBrokenException)
            {
                continue;
            }
            accepted.Insert(cut, movement);
            foreach (var (i, replayed) in after.Index()) known[replayed.At.Sequence] = (costs.Movements[i], costs.PartsOf(costs.Movements[i]).ToArray());
        }
        var straight = new StockCosts();
        new StockReplay(StockStream.Currency, stream.EmptyCards()).Run([.. accepted], straight);
        return accepted.Index().All(m => known[m.Item.At.Sequence] is var (cost, parts) && $"{cost.Value:0.##} {cost.Difference:0.##} {Told(parts)}" == Told(straight, m.Index));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Transfer_ThatHasArrived_BroughtTheValue_AndEachBatchWithItsAge() => ForAll(stream =>
    {
        var costs = Straight(stream).Costs;
        MovementCost Cost(StockMovement m) => costs.Movements[stream.Movements.IndexOf(m)];
        IEnumerable<(long, decimal, decimal)> Ages(IEnumerable<StockMovement> moved) => moved.SelectMany(m => costs.PartsOf(Cost(m)).ToArray())
            .GroupBy(p => p.Age.Sequence).OrderBy(age => age.Key).Select(age => (age.Key, age.Sum(p => p.Quantity), age.Sum(p => p.Value)));
        return stream.Movements.Where(m => m.Kind == MovementKind.TransferOut).All(sent =>
        {
            var arrived = stream.Movements.Where(m => m.Kind == MovementKind.TransferIn && m.Source == sent.At).ToList();
            if (arrived.Sum(m => m.Quantity) < sent.Quantity) return arrived.Sum(m => Cost(m).Value) <= Cost(sent).Value;
            return arrived.Sum(m => Cost(m).Value) == Cost(sent).Value
                && (arrived.Append(sent).Any(m => stream.Models[m.Card] == StockModel.Average) || Ages(arrived).SequenceEqual(Ages([sent])));
        });
    });

    [Fact]
    public void Return_OfAWholeIssue_RestoresWhatWasThere() => Prop.ForAll(Streams(2), Gen.Choose(0, 2).ToArbitrary(), Gen.Choose(1, 200).ToArbitrary(), (stream, card, steps) =>
    {
        var cards = Straight(stream).Cards;
        var (before, quantity, at) = (Copy(cards[card]), steps * 0.5m, new StockMoment(new(2027, 1, 1), default, 1000));
        if (before.Quantity < quantity) return true;
        new StockReplay(StockStream.Currency, cards).Run(
            [new(at, card, MovementKind.Issue, quantity, isReferredTo: true), new(at with { Sequence = 1001 }, card, MovementKind.CustomerReturn, quantity, source: at)], new());
        return Told(cards[card].Batches) == Told(before.Batches) && cards[card].Quantity == before.Quantity && cards[card].Value == before.Value;
    }).QuickCheckThrowOnFailure();
}
