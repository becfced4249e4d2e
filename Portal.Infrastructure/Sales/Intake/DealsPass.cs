using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Sales.Intake;

/// <summary>One pass over a file of deals.</summary>
internal sealed class DealsPass(
    ImportRun run, string currency, ImportedPipelines pipelines, ImportedSellers sellers, ImportedProducts products, List<LeadSource> sources, List<LossReason> reasons, TimeProvider time) : IImportPass
{
    private const string NotStated = "not-stated";

    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(run.TimeZone);

    public void Check(ImportRow row)
    {
        var deal = Read(row);
        row.Document = deal.Document;
        if (deal.Currency is { } named && !named.Equals(currency, StringComparison.OrdinalIgnoreCase)) row.Refuse("other-currency", named, currency);
        if (deal.Manager is { } seller && sellers.IsShared(seller)) row.Refuse("responsible-unknown", seller);
        CheckKnown(row, deal);
        if (deal.Client is null) row.Note("deal-without-client");
        if (deal.Opened is null) row.Note("deal-opened-unknown");
        if (deal.Product is not { } product) return;
        var fit = products.Find(product).Fit;
        if (fit == SpellingFit.Alike) row.Note("product-alike");
        if (fit == SpellingFit.Unknown) row.Note("product-unknown");
    }

    public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
    {
        var deals = rows.Select(row => (Row: row, Deal: Read(row))).ToList();
        pipelines.Found(db);
        sellers.Open(db, deals.Select(d => d.Deal.Manager).OfType<string>(), run.Branch is { } own ? new BranchId(own) : null);
        var clients = await ImportedClients.OfAsync(db, run, deals.Select(d => d.Deal.Client).OfType<string>(), time.GetUtcNow(), ct);
        foreach (var (row, read) in deals) ImportedClients.Require(row, read.Client, clients);
        foreach (var name in deals.Select(d => d.Deal.Source).OfType<string>()) Source(db, name);
        foreach (var name in deals.Select(d => d.Deal.LossReason).OfType<string>()) Reason(db, name);
        await db.SaveChangesAsync(ct);

        var kept = new List<Deal>();
        var told = new List<TimelineEntry>();
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone).DateTime);
        var numbers = await NumbersAsync(db, deals.Count, ct);
        foreach (var ((row, read), number) in deals.Zip(numbers))
        {
            if (row.Refusal is not null) continue;
            if (pipelines.StandingOf(read) is not { } stage)
            {
                row.Refuse("stage-unknown", read.Stage!);
                continue;
            }
            var deal = Take(read, number, stage, read.Client is { } client ? clients[client] : null, today);
            kept.Add(deal);
            told.AddRange(Told(deal));
        }
        await db.InsertAsync(kept.SelectMany(d => d.Stages.Prepend<object>(d)).Concat(told), time.GetUtcNow(), ct);
        return kept.Count;
    }

    private static OpportunityRow Read(ImportRow row) => OpportunityRow.Of(row);

    private void CheckKnown(ImportRow row, OpportunityRow deal)
    {
        if (deal.Manager is { } seller && sellers.Find(seller) is null) Missing("seller-new", "responsible-unknown", seller);
        if (deal.Pipeline is { } pipeline && !pipelines.Knows(pipeline)) Missing("pipeline-new", "pipeline-unknown", pipeline);
        if (deal.Stage is { } stage && !pipelines.Knows(deal.Pipeline, stage)) Missing("stage-new", "stage-unknown", stage);
        if (deal.Source is { } source && Find(sources, source) is null) Missing("source-new", "source-unknown", source);
        if (deal.LossReason is { } reason && Find(reasons, reason) is null) Missing("loss-reason-new", "loss-reason-unknown", reason);

        // a slip of the pen is seen before anything is made of it
        void Missing(string note, string refusal, string name)
        {
            if (run.CreateMissing) row.Note(note);
            else row.Refuse(refusal, name);
        }
    }

    private Deal Take(OpportunityRow read, long number, Stage stage, PartnerId? client, DateOnly today)
    {
        // of a deal whose opening nobody wrote down it is known that it is there today, or was when it was decided
        var opened = read.Opened ?? read.Closed ?? today;
        var deal = new Deal(DealId.New(), number, read.Title, stage, read.Source is { } source ? Find(sources, source)!.Id : null, opened, zone.BeginOf(opened));
        deal.Describe(read.Title, read.Expected, read.Product is { } product ? products.Find(product).Product : null);
        deal.Concern(client, null);
        deal.Value(read.Amount, currency, 1);
        var manager = sellers.Find(read.Manager);
        deal.HandTo(manager, run.Scope != ActorScope.All && run.Branch is { } own ? new BranchId(own) : sellers.BranchOf(manager));
        if (read.State == DealState.Won) deal.Win(read.Closed!.Value, zone.BeginOf(read.Closed.Value));
        if (read.State == DealState.Lost) deal.Lose((read.LossReason is { } reason ? Find(reasons, reason)! : reasons.First(r => r.Key == NotStated)).Id, read.Note, read.Closed!.Value, zone.BeginOf(read.Closed.Value));
        return deal;
    }

    private IEnumerable<TimelineEntry> Told(Deal deal)
    {
        if (deal.Partner is not { } partner) yield break;
        var about = new ObjectRef(ObjectKind.Deal, deal.Id.Value);
        yield return new(partner, "deal.opened", about, deal.Title, zone.BeginOf(deal.OpenedOn), run.Importer);
        if (deal.ClosedOn is { } closed) yield return new(partner, deal.State == DealState.Won ? "deal.won" : "deal.lost", about, deal.Title, zone.BeginOf(closed), run.Importer);
    }

    private static async Task<List<long>> NumbersAsync(PortalDb db, int count, CancellationToken ct) =>
        await db.Database.SqlQuery<long>($"select nextval('sales.deal_number') as \"Value\" from generate_series(1, {count})").ToListAsync(ct);

    private void Source(PortalDb db, string name)
    {
        if (Find(sources, name) is not null) return;
        var added = new LeadSource(LeadSourceId.New(), name.ToLowerInvariant(), name, sources.Count + 1);
        sources.Add(added);
        db.Add(added);
    }

    private void Reason(PortalDb db, string name)
    {
        if (Find(reasons, name) is not null) return;
        var added = new LossReason(LossReasonId.New(), name.ToLowerInvariant(), name, reasons.Count + 1);
        reasons.Add(added);
        db.Add(added);
    }

    private static LeadSource? Find(List<LeadSource> sources, string name) => sources.Find(s => Is(s.Name, s.Key, name));

    private static LossReason? Find(List<LossReason> reasons, string name) => reasons.Find(r => Is(r.Name, r.Key, name));

    private static bool Is(string? name, string key, string wanted) => wanted.Equals(name, StringComparison.OrdinalIgnoreCase) || wanted.Equals(key, StringComparison.OrdinalIgnoreCase);
}
