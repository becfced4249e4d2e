using Portal.Domain.Dispatch;
using Portal.Web.Dispatch;
using Portal.Web.Shared;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public class OrderDraftTests
{
    private static readonly LocalTime Clock = LocalTime.For(Dispatcher("Ida Marsh"), new StillClock(Now));

    [Theory]
    [InlineData(OrderTime.Now)]
    [InlineData(OrderTime.At)]
    [InlineData(OrderTime.Between)]
    public void Demand_RanksForThePromiseThatIsSaved(OrderTime time)
    {
        var draft = new OrderDraft
        {
            Who = "Ada Quill", From = TripStop.At("Mill Lane 12", Mill), To = TripStop.At("Harbour Gate 3", Harbour), Time = time,
            At = OrderDraft.Local(Now.AddHours(2), Clock), Until = OrderDraft.Local(Now.AddHours(5), Clock),
        };

        var (order, demand) = (draft.Order(Clock), draft.Demand(Clock, null)!);

        Assert.Equal((order.PickupFrom, order.PickupUntil, order.PickupFrom), (demand.PickupFrom, demand.PickupUntil, draft.LeavesAt(Clock)));
        Assert.Equal(Harbour, demand.Dropoff);
    }

    [Fact]
    public void Demand_WhileTheTimeIsHalfTyped_IsForNow()
    {
        var draft = new OrderDraft { From = TripStop.At("Mill Lane 12", Mill), Time = OrderTime.At, At = null };

        Assert.Equal(Now, draft.Demand(Clock, null)!.PickupFrom);
        Assert.Equal("text.required", RefusalOf(() => draft.Order(Clock)));
    }
}
