using Portal.Domain.Identity;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Leads;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Leads;

/// <summary>The list of leads and the figures of their control as files: the filter of the page, the rights of who asks, a line in the audit.</summary>
internal static class LeadExports
{
    /// <summary>Maps <c>/export/leads.*</c> and <c>/export/lead-control.*</c>.</summary>
    public static void MapLeadExports(this IEndpointRouteBuilder app)
    {
        app.MapGet("/export/leads.{format}", async (string format, [AsParameters] Asked asked, HttpContext http, LeadListQuery list, LeadChoicesQuery offers, AuditLog audit, TimeProvider time, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.LeadsRead);
            actor.Require(Permissions.LeadsExport);
            var page = await list.ListAsync(asked.Filter(actor.UserId), LeadAddress.Sort(asked.Sort), asked.Asc != true, Slice.All, actor, http.RequestAborted);
            return await TableFile.OfAsync(audit, actor, format, "leads", Columns(await offers.ReadAsync(actor, http.RequestAborted), LocalTime.For(actor, time), t), page.Rows, http.RequestAborted);
        }).RequireAuthorization();
        app.MapGet("/export/lead-control.{format}", async (string format, string? by, DateOnly? from, DateOnly? until, HttpContext http, LeadControlQuery query, LeadChoicesQuery offers, AuditLog audit, TimeProvider time, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.LeadsExport);
            var grouped = Named.Of<LeadControlBy>(by) ?? LeadControlBy.Manager;
            var (first, last) = LeadAddress.Days(from, until, LocalTime.For(actor, time).Today);
            var control = await query.ReadAsync(grouped, first, last, actor, http.RequestAborted);
            return await TableFile.OfAsync(audit, actor, format, "lead-control", Figures(grouped, control.All, await offers.ReadAsync(actor, http.RequestAborted), t), control.Rows, http.RequestAborted);
        }).RequireAuthorization();
    }

    private sealed record Asked(
        string? Text, string? State, string? Manager, string? Source, Guid? Stream, string? Channel, string? Signal, string? Step, bool? Doubted, bool? Archived, DateOnly? From, DateOnly? Until, Guid? Client, string? Sort, bool? Asc)
    {
        public LeadFilter Filter(Guid me) => LeadAddress.Filter(me, Text, State, Manager, Source, Stream, Channel, Signal, Step, From, Until, Client, Doubted == true, Archived == true);
    }

    private static TableColumn<LeadRow>[] Columns(LeadChoices choices, LocalTime clock, Texts t)
    {
        return
        [
            new(t["leads.number"], l => l.Number), new(t["leads.subject"], l => l.Subject), new(t["leads.name"], l => l.Name), new(t["leads.company"], l => l.Company), new(t["leads.phone"], l => l.Phone), new(t["leads.mail"], l => l.Mail),
            new(t["leads.territory"], l => l.Territory), new(t["leads.client"], l => l.Partner), new(t["leads.state"], l => t[$"leadState.{l.State}"]), new(t["leads.interest"], l => t[$"leadInterest.{l.Interest}"]),
            new(t["leads.manager"], l => l.Manager), new(t["leads.next-step"], l => t.Step(l.NextStep)), new(t["leads.by-when"], l => At(l.NextStepAt)), new(t["leads.signals"], l => string.Join(", ", l.Signs.Select(t.Sign))),
            new(t["leads.control.by.Channel"], l => t[$"leadChannel.{l.Channel}"]), new(t["leads.stream"], l => choices.Streams.FirstOrDefault(s => s.Id == l.Stream.Value) is { } stream ? t.Stream(stream) : null),
            new(t["leads.source"], l => choices.Sources.FirstOrDefault(s => s.Id == l.Source?.Value) is { } source ? t.Source(source) : null), new(t["leads.group"], l => choices.Groups.FirstOrDefault(g => g.Id == l.Group)?.Name),
            new(t["leads.rejection"], l => l.Rejection is { } why ? t[$"leadRejection.{why}"] : null), new(t["leads.came"], l => At(l.CreatedAt)), new(t["leads.first-talk"], l => At(l.FirstContactAt)), new(t["leads.closed-at"], l => At(l.ClosedAt)),
        ];

        DateTime? At(DateTimeOffset? at) => at is { } then ? clock.Of(then).DateTime : null;
    }

    private static TableColumn<LeadControlRow>[] Figures(LeadControlBy by, LeadControlRow all, LeadChoices choices, Texts t) =>
    [
        new(t[$"leads.control.by.{by}"], r => t.Whose(r, by, choices)) { Sum = t["leads.control.total"] }, new(t["leads.control.came"], r => r.Came) { Sum = all.Came }, new(t["leads.control.open"], r => r.Open) { Sum = all.Open },
        new(t["leads.control.no-contact"], r => r.Untouched) { Sum = all.Untouched }, new(t["leads.control.overdue"], r => r.Overdue) { Sum = all.Overdue },
        new(t["leads.control.first-contact-hours"], r => Hours(r.ToContact)) { Sum = Hours(all.ToContact) }, new(t["leads.control.qualified"], r => r.Qualified) { Sum = all.Qualified }, new(t["leads.control.converted"], r => r.Converted) { Sum = all.Converted },
        new(t["leads.control.share"], r => r.Share) { Sum = all.Share }, new(t["leads.control.disqualified"], r => r.Disqualified) { Sum = all.Disqualified },
    ];

    private static double? Hours(TimeSpan? time) => time is { } lasted ? Math.Round(lasted.TotalHours, 1) : null;
}
