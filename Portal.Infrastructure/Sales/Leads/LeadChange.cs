using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Plans;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>What every change of a lead begins and ends with.</summary>
internal static class LeadChange
{
    /// <summary>The lead within the actor's reach, to be changed.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.unknown</c></exception>
    public static async Task<Lead> TakeAsync(PortalDb db, LeadId id, Actor actor, CancellationToken ct) =>
        await db.Set<Lead>().Within(actor).FirstOrDefaultAsync(l => l.Id == id, ct) ?? throw new RuleBrokenException("leads.unknown");

    /// <summary>By when somebody who appeals now is to hear from us.</summary>
    public static async Task<DateTimeOffset> AnswerByAsync(PortalDb db, LeadRules rules, BranchId? branch, DateTimeOffset now, CancellationToken ct)
    {
        var zone = await db.CompanyZoneAsync(ct);
        var today = zone.DayOf(now);
        // a step lies within a year: beyond it the calendar says nothing yet
        var calendars = await PlanQuery.CalendarsAsync(db, today, today.AddDays(366), ct);
        return AnswerTime.Due(now, rules, calendars(branch), zone);
    }
}
