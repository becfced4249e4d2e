using Portal.Domain.Sales;
using Portal.Infrastructure.Sales;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Deals;

/// <summary>The filter of deals as addresses hold it, for the page and its file alike.</summary>
internal static class DealAddress
{
    /// <summary>Reads it; what cannot be meant narrows nothing. Without a state the open ones are meant.</summary>
    public static DealFilter Filter(
        Guid me, string? text, Guid? pipeline, Guid? stage, string? state, string? manager, Guid? team, Guid? source, Guid? loss, string? step, string? day, DateOnly? from, DateOnly? until, Guid? client, bool archived)
    {
        var (user, nobody) = SalesAddress.Manager(manager, me);
        return new(
            text, pipeline is { } p ? new(p) : null, stage is { } s ? new(s) : null, state == SalesAddress.Any ? null : Named.Of<DealState>(state) ?? DealState.Open, user, nobody,
            team is { } t ? new(t) : null, source is { } f ? new(f) : null, loss is { } l ? new(l) : null, Named.Of<StepFilter>(step), Named.Of<DealDay>(day) ?? DealDay.Opened,
            LocalTime.Known(from), LocalTime.Known(until), client is { } c ? new(c) : null, archived);
    }
}
