using Microsoft.AspNetCore.Mvc;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;
using Portal.Web.Api;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Leads;

/// <summary>A lead to be taken in. Stream and source are named by their keys.</summary>
/// <param name="Manager">id of the user the client asked for</param>
/// <param name="Apart">not joined to the open lead of the same phone or mail</param>
public sealed record ApiNewLead(string? Subject, string? Text, string? Name, string? Company, string? Phone, string? Mail, string? Territory, string? Stream, string? Source, Guid? Manager, bool Apart);

/// <summary>What became of an appeal.</summary>
public sealed record ApiLeadTaken(Guid Id);

/// <summary>A lead.</summary>
/// <param name="Signals">what tells that it cools or that its client is ready</param>
public sealed record ApiLead(
    Guid Id, long Number, string Subject, string? Name, string? Company, string? Phone, string? Mail, string? Territory, string Channel, string? Stream, string? Source, string State, string Interest, string? Manager, Guid? ManagerId, string Route,
    string? NextStep, DateTimeOffset? NextStepAt, int Appeals, IReadOnlyList<string> Signals, Guid? Client, Guid? Deal, string? Rejection, DateTimeOffset CreatedAt, DateTimeOffset? FirstContactAt, DateTimeOffset? ClosedAt);

/// <summary>A page of leads.</summary>
public sealed record ApiLeads(IReadOnlyList<ApiLead> Rows, int Total);

/// <summary>Leads for other programs.</summary>
internal static class LeadApi
{
    private const int PageRows = 100;

    /// <summary>Maps <c>/api/v1/leads</c>.</summary>
    public static void MapLeadApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapApiGroup("sales");
        ProcessApi.Command(api.MapPost("/leads", TakeAsync)).Accepts<ApiNewLead>("application/json").Produces<ApiLeadTaken>(StatusCodes.Status201Created)
            .WithSummary("Takes an appeal in: the company's rules say whose it becomes. One of a phone or mail that has an open lead joins that lead, whose id is answered then.");
        ProcessApi.Read(api.MapGet("/leads", ListAsync)).Produces<ApiLeads>().WithSummary("Leads, the newest first, a hundred a page; narrowed by text, state, open, manager (id), stream and source (keys), from and until (days on which they came).");
        ProcessApi.Read(api.MapGet("/leads/{id:guid}", FindAsync)).Produces<ApiLead>().WithSummary("A lead.");
    }

    private static async Task<IResult> TakeAsync(HttpContext http, [FromHeader(Name = ProcessApi.KeyHeader)] string? key, LeadIntake intake, LeadChoicesQuery choices, CommandLog log, Texts texts)
    {
        var (given, hash) = await ProcessApi.BodyAsync<ApiNewLead>(http);
        var answer = await log.OnceAsync(new(ProcessApi.Key(key), $"api lead {hash}"), await http.ActorAsync(), async actor =>
        {
            actor.Require(Permissions.LeadsManage);
            var offered = await choices.ReadAsync(actor, http.RequestAborted);
            var stream = Named(offered.Streams, given.Stream, "leads.stream-unknown") is { } s ? new LeadStreamId(s) : (LeadStreamId?)null;
            var source = Named(offered.Sources, given.Source, "sales.source-unknown") is { } from ? new LeadSourceId(from) : (LeadSourceId?)null;
            await intake.TakeAsync(new(new(given.Subject, given.Text), new(given.Name, given.Company, given.Phone, given.Mail, given.Territory), LeadChannel.Api, stream, source, Chosen: given.Manager, Apart: given.Apart), actor, http.RequestAborted);
        }, texts.Of, http.RequestAborted);
        return ProcessApi.Refused(answer) ?? Results.Json(new ApiLeadTaken(Guid.Parse(answer.Result!)), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, LeadListQuery list, LeadChoicesQuery choices, string? text = null, string? state = null, bool? open = null, string? manager = null, string? stream = null, string? source = null, DateOnly? from = null, DateOnly? until = null, int page = 0)
    {
        var actor = await http.ActorAsync();
        actor.Require(Permissions.LeadsRead);
        var offered = await choices.ReadAsync(actor, http.RequestAborted);
        var filter = new LeadFilter(
            text, Portal.Web.Shared.Named.Of<LeadState>(state), open, Guid.TryParse(manager, out var his) ? his : null, From: from, Until: until,
            Stream: Named(offered.Streams, stream, "leads.stream-unknown") is { } s ? new LeadStreamId(s) : null, Source: Named(offered.Sources, source, "sales.source-unknown") is { } f ? new LeadSourceId(f) : null);
        var found = await list.ListAsync(filter, LeadSort.Created, true, new(Math.Clamp(page, 0, 10_000) * PageRows, PageRows), actor, http.RequestAborted);
        return Results.Json(new ApiLeads([.. found.Rows.Select(row => Told(row, offered))], found.Total));
    }

    private static async Task<IResult> FindAsync(HttpContext http, Guid id, LeadCardQuery cards, LeadChoicesQuery choices)
    {
        var actor = await http.ActorAsync();
        actor.Require(Permissions.LeadsRead);
        var card = await cards.FindAsync(new(id), actor, http.RequestAborted) ?? throw new RuleBrokenException("leads.unknown");
        return Results.Json(Told(card.Lead, await choices.ReadAsync(actor, http.RequestAborted)));
    }

    private static Guid? Named(IReadOnlyList<SalesTerm> terms, string? key, string unknown) =>
        string.IsNullOrWhiteSpace(key) ? null : terms.FirstOrDefault(t => t.Key.Equals(key.Trim(), StringComparison.OrdinalIgnoreCase))?.Id ?? throw new RuleBrokenException(unknown);

    private static ApiLead Told(LeadRow l, LeadChoices offered) => new(
        l.Id.Value, l.Number, l.Subject, l.Name, l.Company, l.Phone, l.Mail, l.Territory, l.Channel.ToString(), offered.Streams.FirstOrDefault(s => s.Id == l.Stream.Value)?.Key, offered.Sources.FirstOrDefault(s => s.Id == l.Source?.Value)?.Key,
        l.State.ToString(), l.Interest.ToString(), l.Manager, l.ManagerId, l.Route.ToString(), l.NextStep, l.NextStepAt, l.Appeals, [.. l.Signs.Select(s => s.Signal.ToString())], l.PartnerId?.Value, l.Deal?.Value, l.Rejection?.ToString(),
        l.CreatedAt, l.FirstContactAt, l.ClosedAt);
}
