using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Infrastructure.Dispatch;
using Portal.Web.Dispatch;
using Portal.Web.Shared;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public class UndoJournalTests
{
    private static readonly LocalTime Clock = LocalTime.For(Dispatcher("Ida Marsh"), TimeProvider.System);

    private readonly Toasts toasts = new();
    private readonly List<TripStanding> back = [];
    private readonly HashSet<TripStanding> passed = [];
    private readonly UndoJournal journal;

    public UndoJournalTests() => journal = new(toasts, new Texts(new TextCatalog(typeof(Texts).Assembly), Clock), done =>
    {
        if (passed.Contains(done)) return Task.FromResult<string?>("somebody was faster");
        back.Add(done);
        return Task.FromResult<string?>(null);
    });

    [Fact]
    public async Task Toast_TakesItsOwnEntryBack_AndZThenTheOneBefore()
    {
        var (first, second) = (Done(), Done());
        journal.Add("first", [first]);
        journal.Add("second", [second]);

        await Toast("second").Undo!();
        await journal.TakeLastBackAsync();

        Assert.Equal([second, first], back);
    }

    [Fact]
    public async Task Toast_OfAnEarlierEntry_LeavesTheLaterOne()
    {
        var (first, second) = (Done(), Done());
        journal.Add("first", [first]);
        journal.Add("second", [second]);

        await Toast("first").Undo!();

        Assert.Equal([first], back);
        await journal.TakeLastBackAsync();
        Assert.Equal([first, second], back);
    }

    [Fact]
    public void Add_OnTheSameTrip_TakesTheOlderToastAway()
    {
        var given = Done();
        journal.Add("given", [given]);
        journal.Add("another trip", [Done()]);
        journal.Add("released", [given with { Action = Guid.NewGuid() }]);

        Assert.Equal(["another trip", "released"], toasts.Shown.Select(t => t.Text));
    }

    [Fact]
    public async Task TakeLastBack_OfManyTrips_TakesTheWholePressBack()
    {
        TripStanding[] press = [Done(), Done(), Done()];
        journal.Add("assigned all", press);

        await journal.TakeLastBackAsync();

        Assert.Equal(press, back);
        Assert.DoesNotContain(toasts.Shown, t => t.Undo is not null);
    }

    [Fact]
    public async Task TakeLastBack_WithNothingDone_SaysSo()
    {
        await journal.TakeLastBackAsync();

        Assert.Empty(back);
        Assert.Equal(ToastKind.Warn, Assert.Single(toasts.Shown).Kind);
    }

    [Fact]
    public async Task Look_OnceOthersWentOn_OffersNothingMore_AndZSaysWhy()
    {
        var (taken, mine) = (Done(), Done());
        passed.Add(taken);
        journal.Add("mine", [mine]);
        journal.Add("taken", [taken]);

        // neither what the board shows from before the action nor the action itself is another's
        journal.Look(Board((mine, mine.Version - 1), (taken, taken.Version)));
        Assert.Equal(["mine", "taken"], toasts.Shown.Where(t => t.Undo is not null).Select(t => t.Text));
        journal.Look(Board((mine, mine.Version), (taken, taken.Version + 5)));
        Assert.Equal(["mine"], toasts.Shown.Where(t => t.Undo is not null).Select(t => t.Text));
        // what was done stays said
        Assert.Equal(["mine", "taken"], toasts.Shown.Select(t => t.Text));

        await journal.TakeLastBackAsync();
        Assert.Empty(back);
        Assert.Equal("somebody was faster", toasts.Shown[^1].Text);
    }

    [Fact]
    public void Look_WhileOneTripOfAPressCanBeTakenBack_LeavesItsToast()
    {
        TripStanding[] press = [Done(), Done()];
        journal.Add("both", press);

        journal.Look(Board((press[0], press[0].Version + 1), (press[1], press[1].Version)));

        Assert.Equal("both", Assert.Single(toasts.Shown).Text);
    }

    [Fact]
    public async Task TakeLastBack_OfManyThatOthersWentOnWith_WarnsOnceWithTheCount()
    {
        TripStanding[] press = [Done(), Done(), Done(), Done()];
        passed.UnionWith(press[..3]);
        journal.Add("assigned all", press);

        await journal.TakeLastBackAsync();

        Assert.Equal([press[3]], back);
        Assert.StartsWith("3 trips could not", Assert.Single(toasts.Shown, t => t.Kind == ToastKind.Warn).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(7u, 7u, false)]
    [InlineData(8u, 7u, true)]
    [InlineData(6u, 7u, false)]
    [InlineData(3u, uint.MaxValue, true)]
    [InlineData(uint.MaxValue, 3u, false)]
    public void IsLaterThan_GoesByTheNumberOfTheTransaction(uint seen, uint done, bool later) => Assert.Equal(later, Row(Done() with { Version = done }, seen).IsLaterThan(Done() with { Version = done }));

    private static BoardSnapshot Board(params (TripStanding Of, uint Version)[] rows) => new(1, Now, [.. rows.Select(r => Row(r.Of, r.Version))], [], TimeSpan.Zero);

    private static BoardTrip Row(TripStanding of, uint version) => new()
    {
        Id = of.Id, Number = of.Number, Version = version, Branch = BranchId.New(), Who = "x", CallerName = "x", From = "a", To = "b", PickupFrom = Now, PickupUntil = Now,
        Passengers = 1, Seats = 1, PayloadKg = 0, HasNote = false, State = of.State, RequestedAt = Now,
    };

    private Toast Toast(string text) => toasts.Shown.Single(t => t.Text == text);

    private static TripStanding Done() => new(TripId.New(), 7, TripState.Assigned, 100, Guid.NewGuid());
}
