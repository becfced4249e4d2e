using Portal.Domain.Clients;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Infrastructure.Sales.Leads;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Leads;

/// <summary>The filter of leads as addresses hold it. What cannot be meant narrows nothing; without a state the open ones are meant.</summary>
internal static class LeadAddress
{
    /// <summary>Stands in addresses for the leads that were confirmed, whatever became of them.</summary>
    public const string Confirmed = "confirmed";

    private const int UsualDays = 30;

    /// <summary>What an address asks for.</summary>
    /// <param name="me">who reads it</param>
    public static LeadFilter Filter(
        Guid me, string? text, string? state, string? manager, string? source, Guid? stream, string? channel, string? signal, string? step, DateOnly? from, DateOnly? until, Guid? client, bool doubted, bool archived)
    {
        var (named, (user, nobody)) = (Named.Of<LeadState>(state), SalesAddress.Manager(manager, me));
        return new(
            text, named, named is null && state is not (SalesAddress.Any or Confirmed) ? true : null, user, nobody,
            Guid.TryParse(source, out var his) ? new LeadSourceId(his) : null, source == SalesAddress.None, stream is { } way ? new(way) : null, Named.Of<LeadChannel>(channel), Named.Of<LeadTrend>(signal), Named.Of<LeadStep>(step),
            LocalTime.Known(from), LocalTime.Known(until), client is { } partner ? new(partner) : null, doubted, archived, state == Confirmed);
    }

    /// <summary>The days whose leads an address means: those of the last month where it names none.</summary>
    public static (DateOnly First, DateOnly Last) Days(DateOnly? from, DateOnly? until, DateOnly today)
    {
        var last = LocalTime.Known(until) ?? today;
        return (LocalTime.Known(from) ?? last.AddDays(1 - UsualDays), last);
    }

    /// <summary>The column that an address sorts by.</summary>
    public static LeadSort Sort(string? named) => Named.Of<LeadSort>(named) ?? LeadSort.Created;
}
