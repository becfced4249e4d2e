using Portal.Domain.Dispatch;
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
    private readonly UndoJournal journal;

    public UndoJournalTests() => journal = new(toasts, new Texts(new TextCatalog(typeof(Texts).Assembly), Clock), done =>
    {
        back.Add(done);
        return Task.FromResult(true);
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

    private Toast Toast(string text) => toasts.Shown.Single(t => t.Text == text);

    private static TripStanding Done() => new(TripId.New(), 7, TripState.Assigned, 1, Guid.NewGuid());
}
