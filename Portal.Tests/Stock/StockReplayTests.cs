using Portal.Domain.Shared;
using Portal.Domain.Stock;

namespace Portal.Tests.Stock;

/// <summary>What stock is worth, by example: those of the definitions, and one for each decision.</summary>
public sealed class StockReplayTests
{
    private readonly List<StockMovement> movements = [];
    private readonly StockCosts costs = new();
    private StockCard[] cards = [];

    private StockMovement Move(int day, MovementKind kind, decimal quantity, decimal? value = null, StockMovement? source = null, int card = 0)
    {
        var movement = new StockMovement(new(new(2026, 3, day), TimeOnly.MinValue, movements.Count + 1), card, kind, quantity, value, source?.At, isReferredTo: true);
        movements.Add(movement);
        return movement;
    }

    private void Replay(params StockCard[] from)
    {
        cards = from;
        costs.Clear();
        movements.Sort((a, b) => a.At.CompareTo(b.At));
        new StockReplay("EUR", cards).Run([.. movements], costs);
    }

    private MovementCost CostOf(StockMovement movement) => costs.Movements[movements.IndexOf(movement)];

    private string PartsOf(StockMovement movement) => Told(costs.PartsOf(CostOf(movement)));

    private decimal CostOfGoodsSold()
    {
        decimal sum = 0;
        for (var i = 0; i < movements.Count; i++)
            sum += costs.Movements[i].Difference + costs.Movements[i].Value * movements[i].Kind switch { MovementKind.Issue => 1, MovementKind.CustomerReturn => -1, _ => 0 };
        return sum;
    }

    private static StockCard Empty(StockModel model) => model == StockModel.Batch ? StockCard.InBatches("Chain") : StockCard.AtAverage("Chain");

    /// <summary>Batches as <c>quantity = value of day</c>.</summary>
    private static string Told(ReadOnlySpan<StockBatch> batches) => string.Join(", ", batches.ToArray().Select(b => $"{b.Quantity:0.######} = {b.Value:0.###} of {b.Age.Day.Day}"));

    private string Refused(params StockCard[] from) => Assert.Throws<RuleBrokenException>(() => Replay(from)).Code;

    [Theory]
    [InlineData(StockModel.Batch, 1600, 600, 320, 920, 1400, 280, 1480)]
    [InlineData(StockModel.Average, 1650, 550, 330, 880, 1560, 312, 1352)]
    public void Replay_OfAReturn_AndOfAReceiptWrittenLater(StockModel model, int cost, int left, int back, int after, int laterCost, int laterBack, int laterAfter)
    {
        Move(1, MovementKind.Receipt, 10, 1000);
        Move(5, MovementKind.Receipt, 10, 1200);
        Replay(Empty(model));
        Assert.Equal(2200, cards[0].Value);

        var issue = Move(10, MovementKind.Issue, 15);
        Replay(Empty(model));
        Assert.Equal((cost, left), (CostOf(issue).Value, cards[0].Value));

        var returned = Move(12, MovementKind.CustomerReturn, 3, source: issue);
        Replay(Empty(model));
        Assert.Equal((back, after), (CostOf(returned).Value, cards[0].Value));

        Move(3, MovementKind.Receipt, 5, 400);
        Replay(Empty(model));
        Assert.Equal((laterCost, laterBack, laterAfter, 13m), (CostOf(issue).Value, CostOf(returned).Value, cards[0].Value, cards[0].Quantity));
    }

    [Fact]
    public void Average_BelowNothing_TakesTheRateOfWhatComesIn_AndTheDifferenceIsSold()
    {
        Move(1, MovementKind.Issue, 50);
        Replay(StockCard.AtAverage("Chain", lastRate: 8));
        Assert.Equal(-400, cards[0].Value);

        var first = Move(2, MovementKind.Receipt, 40, 600);
        Replay(StockCard.AtAverage("Chain", lastRate: 8));
        Assert.Equal((-150, 350), (cards[0].Value, CostOf(first).Difference));

        Move(3, MovementKind.Receipt, 20, 500);
        Replay(StockCard.AtAverage("Chain", lastRate: 8));
        Assert.Equal((10m, 250m, 850m), (cards[0].Quantity, cards[0].Value, CostOfGoodsSold()));
    }

    [Fact]
    public void Average_WithNothingLeft_RemembersWhatTheLastCost()
    {
        Move(1, MovementKind.Receipt, 3, 10);
        Move(2, MovementKind.Issue, 2);
        var last = Move(3, MovementKind.Issue, 1);
        var beyond = Move(4, MovementKind.Issue, 3);
        Replay(StockCard.AtAverage("Chain"));

        Assert.Equal((3.33m, 9.99m, 3.33m, -9.99m), (CostOf(last).Value, CostOf(beyond).Value, cards[0].LastRate, cards[0].Value));
    }

    [Fact]
    public void Average_BroughtToNothingFromBelow_IsWorthNothing_AndCostsWhatCameIn()
    {
        Move(1, MovementKind.Issue, 4);
        var receipt = Move(2, MovementKind.Receipt, 4, 50);
        var next = Move(3, MovementKind.Issue, 1);
        Replay(StockCard.AtAverage("Chain", lastRate: 10));

        Assert.Equal((10m, 12.5m, -12.5m), (CostOf(receipt).Difference, CostOf(next).Value, cards[0].Value));
    }

    [Fact]
    public void Batches_AreTakenOldestFirst_TheLastUnitTakesWhatIsLeft()
    {
        Move(1, MovementKind.Receipt, 3, 10);
        Move(2, MovementKind.Receipt, 3, 20);
        var one = Move(3, MovementKind.Issue, 1);
        var two = Move(3, MovementKind.WriteOff, 1);
        var more = Move(4, MovementKind.Shortage, 2);
        Replay(StockCard.InBatches("Chain"));

        Assert.Equal(("1 = 3.33 of 1", "1 = 3.34 of 1", "1 = 3.33 of 1, 1 = 6.67 of 2", "2 = 13.33 of 2"), (PartsOf(one), PartsOf(two), PartsOf(more), Told(cards[0].Batches)));
    }

    [Fact]
    public void Batches_DoNotGiveMoreThanThereIs()
    {
        Move(1, MovementKind.Receipt, 10, 100);
        Move(3, MovementKind.Issue, 11);
        Move(4, MovementKind.Receipt, 10, 100);

        Assert.Equal(["Chain", new DateOnly(2026, 3, 3), 11m, 10m], Assert.Throws<RuleBrokenException>(() => Replay(StockCard.InBatches("Chain"))).Args);
        Assert.Equal("stock.beyond-batches", Refused(StockCard.InBatches("Chain")));
        Replay(StockCard.AtAverage("Chain"));
        Assert.Equal(9m, cards[0].Quantity);
    }

    [Fact]
    public void Issue_WrittenLaterForEarlier_IsRefused_WhereALaterOneWouldFindNothing()
    {
        Move(1, MovementKind.Receipt, 10, 100);
        Move(5, MovementKind.Issue, 8);
        Replay(StockCard.InBatches("Chain"));

        Move(3, MovementKind.Issue, 3);

        Assert.Equal("stock.beyond-batches", Refused(StockCard.InBatches("Chain")));
    }

    [Fact]
    public void Return_OfAll_BringsBackWhatWasThere()
    {
        Move(1, MovementKind.Receipt, 3, 10);
        Move(2, MovementKind.Receipt, 9, 100);
        var issue = Move(3, MovementKind.Issue, 7);
        Move(4, MovementKind.CustomerReturn, 7, source: issue);
        Replay(StockCard.InBatches("Chain"));

        Assert.Equal("3 = 10 of 1, 9 = 100 of 2", Told(cards[0].Batches));
    }

    [Fact]
    public void Return_OfAPart_IsWorthItsShareOfTheIssue_AndGoesBackToTheOldestBatch()
    {
        Move(1, MovementKind.Receipt, 2, 20);
        Move(2, MovementKind.Receipt, 4, 100);
        var issue = Move(3, MovementKind.Issue, 3);
        var first = Move(4, MovementKind.CustomerReturn, 1, source: issue);
        var rest = Move(5, MovementKind.CustomerReturn, 2, source: issue);
        Replay(StockCard.InBatches("Chain"));

        Assert.Equal(45, CostOf(issue).Value);
        Assert.Equal(("1 = 15 of 1", "1 = 8.57 of 1, 1 = 21.43 of 2"), (PartsOf(first), PartsOf(rest)));
        Assert.Equal((120m, 6m), (cards[0].Value, cards[0].Quantity));
    }

    [Fact]
    public void Return_OfMoreThanWasIssued_IsRefused()
    {
        Move(1, MovementKind.Receipt, 9, 90);
        var issue = Move(3, MovementKind.Issue, 3);
        Move(4, MovementKind.CustomerReturn, 2, source: issue);
        Move(5, MovementKind.CustomerReturn, 2, source: issue);

        Assert.Equal("stock.more-than-issued", Refused(StockCard.InBatches("Chain")));
        Assert.Equal("stock.more-than-issued", Refused(StockCard.AtAverage("Chain")));
    }

    [Fact]
    public void Return_BeforeItsIssue_IsRefused()
    {
        Move(1, MovementKind.Receipt, 9, 90);
        var issue = Move(5, MovementKind.Issue, 3);
        Move(4, MovementKind.CustomerReturn, 2, source: issue);

        Assert.Equal("stock.source-later", Refused(StockCard.InBatches("Chain")));
    }

    [Fact]
    public void Return_WithoutItsIssue_CostsInBatchesAsTheLatestIssue_AtTheAverageTheAverage_ElseNothing()
    {
        var unknown = Move(1, MovementKind.CustomerReturn, 1);
        Move(2, MovementKind.Receipt, 10, 100);
        Move(3, MovementKind.Issue, 3);
        Move(4, MovementKind.Receipt, 10, 300);
        var known = Move(5, MovementKind.CustomerReturn, 2);

        Replay(StockCard.InBatches("Chain"));
        Assert.Equal((0m, 13.33m), (CostOf(unknown).Value, CostOf(known).Value)); // 3 for 20
        Replay(StockCard.AtAverage("Chain"));
        Assert.Equal((0m, 41.41m), (CostOf(unknown).Value, CostOf(known).Value)); // 18 for 372.73
    }

    [Fact]
    public void SupplierReturn_TakesOfItsReceiptOnly()
    {
        Move(1, MovementKind.Receipt, 5, 50);
        var receipt = Move(2, MovementKind.Receipt, 5, 100);
        var back = Move(3, MovementKind.SupplierReturn, 2, source: receipt);
        Replay(StockCard.InBatches("Chain"));
        Assert.Equal(("2 = 40 of 2", "5 = 50 of 1, 3 = 60 of 2"), (PartsOf(back), Told(cards[0].Batches)));

        Move(4, MovementKind.SupplierReturn, 4, source: receipt);
        Assert.Equal("stock.beyond-receipt", Refused(StockCard.InBatches("Chain")));
    }

    [Fact]
    public void SupplierReturn_WithoutItsReceipt_IsRefusedInBatches_AndGoesAtTheAverage()
    {
        Move(1, MovementKind.Receipt, 5, 50);
        Move(2, MovementKind.Receipt, 5, 100);
        var back = Move(3, MovementKind.SupplierReturn, 2);

        Assert.Equal("stock.source-missing", Refused(StockCard.InBatches("Chain")));
        Replay(StockCard.AtAverage("Chain"));
        Assert.Equal(30, CostOf(back).Value);
    }

    [Fact]
    public void SupplierReturn_OfWhatAClientBroughtBack_FindsItsReceipt()
    {
        var receipt = Move(1, MovementKind.Receipt, 2, 20);
        var issue = Move(2, MovementKind.Issue, 2);
        Move(3, MovementKind.CustomerReturn, 1, source: issue);
        Move(4, MovementKind.SupplierReturn, 1, source: receipt);
        Replay(StockCard.InBatches("Chain"));

        Assert.Equal((0m, 0m), (cards[0].Quantity, cards[0].Value));
    }

    [Fact]
    public void Transfer_TakesRateAndAgeAlong_InParts()
    {
        Move(1, MovementKind.Receipt, 3, 10);
        Move(2, MovementKind.Receipt, 3, 20);
        Move(3, MovementKind.Receipt, 3, 99, card: 1);
        var sent = Move(4, MovementKind.TransferOut, 5);
        var first = Move(5, MovementKind.TransferIn, 2, source: sent, card: 1);
        var rest = Move(6, MovementKind.TransferIn, 3, source: sent, card: 1);
        var issue = Move(7, MovementKind.Issue, 4, card: 1);
        Replay(StockCard.InBatches("Chain"), StockCard.InBatches("Chain"));

        Assert.Equal(("2 = 6.67 of 1", "1 = 3.33 of 1, 2 = 13.33 of 2"), (PartsOf(first), PartsOf(rest)));
        Assert.Equal(("3 = 10 of 1, 1 = 6.67 of 2", "1 = 6.66 of 2, 3 = 99 of 3", "1 = 6.67 of 2"), (PartsOf(issue), Told(cards[1].Batches), Told(cards[0].Batches)));
    }

    [Fact]
    public void Transfer_IsReplayedWhereItWent()
    {
        Move(2, MovementKind.Receipt, 4, 40);
        var sent = Move(4, MovementKind.TransferOut, 2);
        Move(5, MovementKind.TransferIn, 2, source: sent, card: 1);
        var issue = Move(6, MovementKind.Issue, 2, card: 1);
        Replay(StockCard.InBatches("Chain"), StockCard.AtAverage("Chain"));
        Assert.Equal(20, CostOf(issue).Value);

        Move(1, MovementKind.Receipt, 1, 4);
        Replay(StockCard.InBatches("Chain"), StockCard.AtAverage("Chain"));
        Assert.Equal((14m, 30m, 0m), (CostOf(issue).Value, cards[0].Value, cards[1].Value));
    }

    [Fact]
    public void Transfer_OfMoreThanWasSent_DoesNotArrive()
    {
        Move(2, MovementKind.Receipt, 4, 40);
        var sent = Move(4, MovementKind.TransferOut, 2);
        Move(5, MovementKind.TransferIn, 3, source: sent, card: 1);

        Assert.Equal("stock.more-than-sent", Refused(StockCard.InBatches("Chain"), StockCard.InBatches("Chain")));
        movements.RemoveAt(2);
        Move(6, MovementKind.TransferIn, 1, card: 1);
        Assert.Equal("stock.source-missing", Refused(StockCard.InBatches("Chain"), StockCard.InBatches("Chain")));
    }

    [Fact]
    public void Transfer_FromTheAverageIntoBatches_IsABatchOfItsArrival()
    {
        Move(2, MovementKind.Receipt, 4, 40);
        var sent = Move(4, MovementKind.TransferOut, 2);
        Move(5, MovementKind.TransferIn, 2, source: sent, card: 1);
        Replay(StockCard.AtAverage("Chain"), StockCard.InBatches("Chain"));

        Assert.Equal("2 = 20 of 5", Told(cards[1].Batches));
    }

    [Theory]
    [InlineData(StockModel.Batch)]
    [InlineData(StockModel.Average)]
    public void Surplus_CostsWhatLiesThere_UnlessItIsSaid(StockModel model)
    {
        Move(1, MovementKind.Receipt, 4, 40);
        Move(2, MovementKind.Receipt, 4, 80);
        var found = Move(3, MovementKind.Surplus, 2);
        var said = Move(4, MovementKind.Surplus, 1, 7);
        Replay(Empty(model));

        Assert.Equal((30m, 7m, 157m), (CostOf(found).Value, CostOf(said).Value, cards[0].Value));
    }

    [Theory]
    [InlineData("JPY", 333, 334)]
    [InlineData("EUR", 333.33, 333.34)]
    [InlineData("KWD", 333.333, 333.334)]
    public void Money_IsInMinorUnits_RoundedHalfAwayFromZero(string currency, double third, double half)
    {
        static StockMovement Move(int sequence, MovementKind kind, decimal quantity, decimal? value = null) => new(new(new(2026, 3, 1), default, sequence), 0, kind, quantity, value);
        new StockReplay(currency, [StockCard.InBatches("Chain")]).Run([Move(1, MovementKind.Receipt, 3, 1000.00049m), Move(2, MovementKind.Issue, 1), Move(3, MovementKind.Issue, 1), Move(4, MovementKind.Issue, 1)], costs);

        Assert.Equal([1000, (decimal)third, (decimal)half, (decimal)third], costs.Movements.ToArray().Select(c => c.Value));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0.0000001")]
    [InlineData("1000000001")]
    public void Quantity_ThatIsNone_IsRefused(string quantity) =>
        Assert.Equal("number.out-of-range", Assert.Throws<RuleBrokenException>(() => Move(1, MovementKind.Issue, decimal.Parse(quantity, System.Globalization.CultureInfo.InvariantCulture))).Code);

    [Fact]
    public void Receipt_WithoutAValue_OrBelowNothing_IsRefused()
    {
        Assert.Equal("number.out-of-range", Assert.Throws<RuleBrokenException>(() => Move(1, MovementKind.Receipt, 1)).Code);
        Assert.Equal("number.out-of-range", Assert.Throws<RuleBrokenException>(() => Move(1, MovementKind.Receipt, 1, -0.01m)).Code);
    }

    [Theory]
    [InlineData(StockModel.Batch)]
    [InlineData(StockModel.Average)]
    public void Numbers_BeyondReckoning_AreRefused_AndDoNotOverflow(StockModel model)
    {
        Move(1, MovementKind.Receipt, 0.000001m, 1_000_000_000_000_000m);
        Move(2, MovementKind.Surplus, 1_000_000_000m);

        Assert.Equal("stock.too-much", Refused(Empty(model)));
    }

    [Fact]
    public void Average_OfAnAbsurdRate_IsRefused_WhenItIsToBeRemembered()
    {
        Move(1, MovementKind.Receipt, 0.000001m, 1_000_000_000_000_000m);
        Move(2, MovementKind.Issue, 0.000001m);

        Assert.Equal("stock.too-much", Refused(StockCard.AtAverage("Chain")));
    }

    [Fact]
    public void Movements_OutOfOrder_AreAFaultOfTheCaller()
    {
        var (later, earlier) = (Move(2, MovementKind.Receipt, 1, 1), Move(1, MovementKind.Receipt, 1, 1));

        Assert.Throws<ArgumentException>(() => new StockReplay("EUR", [StockCard.InBatches("Chain")]).Run([later, earlier], costs));
    }

    [Fact]
    public void Replay_InPieces_AsksForNoMemoryOfItsOwn()
    {
        var all = Enumerable.Range(1, 20_000).Select(i => new StockMovement(new(new(2026, 3, 1), default, i), i % 2, i % 10 < 6 ? MovementKind.Receipt : MovementKind.Issue, 1, i)).ToArray();
        var (used, pieces) = (new StockCosts(all.Length), new StockReplay("EUR", [StockCard.InBatches("Chain"), StockCard.AtAverage("Chain")]));
        pieces.Run(all.AsSpan(0, 10_000), used);
        used.Clear();

        var before = GC.GetAllocatedBytesForCurrentThread();
        pieces.Run(all.AsSpan(10_000), used);

        Assert.Equal(10_000, used.Movements.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500_000); // the queue of batches doubles once
    }
}
