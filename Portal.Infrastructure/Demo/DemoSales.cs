using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Plans;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Demo;

/// <summary>A year of deals of the demo company: won, lost and open ones on every stage, with competitors, teams and reasons, and the plans of its managers. The same at every founding.</summary>
public sealed class DemoSales(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private const int Deals = 64;

    private static readonly string[] Subjects =
    [
        "Shelves for the new shop", "Counter and back wall", "Twelve display cabinets", "Oak benches for the terrace", "Storage racks, second floor", "Reception desk", "Wardrobes for the staff room",
        "Bookcases to measure", "Refit before the season", "Panelling of the tasting room", "Tables for the canteen", "Showcase with lighting",
    ];

    private static readonly string[] Steps = ["Call the buyer", "Send the drawing", "Show the samples", "Agree on the date", "Ask for the decision", "Visit the site"];

    private static readonly string[] Losses = ["price", "competitor", "time", "budget", "price", "withdrew"];

    private static readonly (string Name, string Strengths)[] Rivals = [("Quick Plane Joiners", "Ready a week earlier"), ("Humble Shelf Works", "Cheaper, thinner boards"), ("Gilded Drawer & Sons", "Known to the architect")];

    /// <summary>Founds them once.</summary>
    public async Task FoundAsync(CancellationToken ct)
    {
        await using var db = contexts.CreateFor(Actor.System("demo"));
        if (await db.Set<Deal>().AnyAsync(ct)) return;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var clients = await db.Set<Partner>().Where(p => !p.Archived && p.Standing != PartnerStanding.Lost && (p.Kinds & PartnerKinds.Client) != 0 && p.Responsible != null).OrderBy(p => p.Name).ToListAsync(ct);
        var technologist = await db.Set<PortalUser>().Where(u => u.UserName == "tess").Select(u => (Guid?)u.Id).FirstOrDefaultAsync(ct);
        var (sources, reasons) = (await db.Set<LeadSource>().OrderBy(s => s.Position).ToListAsync(ct), await db.Set<LossReason>().ToDictionaryAsync(r => r.Key, ct));
        var ready = await db.Set<Pipeline>().Where(p => p.Map != null).OrderBy(p => p.Position).FirstAsync(ct);
        var repeat = new Pipeline(PipelineId.New(), "Repeat orders", 2);
        Stage[] ours = [.. new[] { ("Request", 30m, 3), ("Quote", 60m, 7), ("Order", 90m, 5) }.Select((s, i) => new Stage(StageId.New(), repeat.Id, $"repeat-{i + 1}", s.Item1, i + 1, s.Item2, s.Item3))];
        db.Add(repeat);
        db.AddRange(ours);
        // the database looks at a deal's stage as the deal comes in
        await db.SaveChangesAsync(ct);
        var drawn = await db.Set<Stage>().Where(s => s.Pipeline == ready.Id).OrderBy(s => s.Position).ToArrayAsync(ct);
        var numbers = await db.Database.SqlQuery<long>($"select nextval('sales.deal_number') as \"Value\" from generate_series(1, {Deals})").ToListAsync(ct);
        for (var i = 0; i < Deals && clients.Count > 0; i++)
            Tell(db, i, numbers[i], clients[i * 7 % clients.Count], i % 3 == 2 ? ours : drawn, sources[i * 5 % sources.Count].Id, reasons, technologist);
        foreach (var pipeline in new[] { ready, repeat }) Plan(db, pipeline.Id);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    // last year's and this year's months: somewhat more than the manager won in a month on average, less in summer, more before the year's end; this month was planned anew
    private void Plan(PortalDb db, PipelineId pipeline)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = new DateOnly(today.Year - 1, 1, 1);
        var deals = db.ChangeTracker.Entries<Deal>().Select(e => e.Entity).Where(d => d.Pipeline == pipeline && d.Manager is not null).ToList();
        foreach (var his in deals.GroupBy(d => d.Manager).OrderBy(g => g.Min(d => d.Number)))
        {
            var usual = Math.Max(1_500, his.Where(d => d.State == DealState.Won).Sum(d => d.AmountBase) / 12);
            for (var month = first; month.Year <= today.Year; month = month.AddMonths(1))
            {
                var amount = Round(usual * (month.Month switch { 7 or 8 => 0.8m, 11 or 12 => 1.3m, _ => 1.1m }));
                db.Add(new SalesPlan(SalesPlanId.New(), month, pipeline, his.Key, amount, month < today ? month : today));
                if (month.Year == today.Year && month.Month == today.Month && month < today) db.Add(new SalesPlan(SalesPlanId.New(), month, pipeline, his.Key, amount + 500, today));
            }
        }
        // what nobody has taken on yet
        if (today.Month < 12) db.Add(new SalesPlan(SalesPlanId.New(), new(today.Year, 12, 1), pipeline, null, 2_000, today));

        static decimal Round(decimal amount) => Math.Round(amount / 100) * 100;
    }

    // by its number: how long ago it began, how far it came, and how it ended
    private void Tell(PortalDb db, int number, long called, Partner client, Stage[] stages, LeadSourceId source, IReadOnlyDictionary<string, LossReason> reasons, Guid? technologist)
    {
        var now = time.GetUtcNow();
        var begun = now.AddDays(-358 + number * 5.5).AddHours(number % 7);
        var seen = Actor.System("demo") with { UserId = client.Responsible!.Value, Name = "Demo" };
        var deal = new Deal(DealId.New(), called, Subjects[number % Subjects.Length], stages[0], source, DateOnly.FromDateTime(begun.UtcDateTime), begun);
        deal.Concern(client.Id, null);
        deal.HandTo(client.Responsible, client.Branch);
        deal.Value(800 + number * 977 % 24_000, "EUR", 1);
        deal.Earn(Math.Round(deal.Amount * (18 + number % 17) / 100), null);
        db.Add(deal);
        db.Add(new TimelineEntry(client.Id, "deal.opened", new(ObjectKind.Deal, deal.Id.Value), deal.Title, begun, seen));
        var (at, reached, open) = (begun, (number * 3 + 2 + number / 3) % stages.Length, now - begun < TimeSpan.FromDays(150) && number % 4 != 3);
        var won = number % 5 < 3;
        // open ones came to where they stand not long ago
        var pace = open ? (int)((now - begun).TotalDays / (reached + 1.2)) : 4;
        // every seventh skips a stage, every eleventh goes back once
        for (var step = 1; step <= (open || !won ? reached : stages.Length - 1); step++)
        {
            if (number % 7 == 3 && step == 2) continue;
            at = Later(at, Math.Max(1, pace - 2 + (number + step) % 4));
            deal.MoveTo(stages[step], at);
            if (number % 11 == 5 && step == 2)
            {
                deal.MoveTo(stages[1], at = Later(at, 2));
                deal.MoveTo(stages[2], at = Later(at, 3));
            }
        }
        if (number % 4 == 1)
        {
            var rival = Rivals[number % Rivals.Length];
            db.Add(new DealCompetitor(Guid.CreateVersion7(), deal.Id, null, rival.Name, Math.Round(deal.Amount * (88 + number % 20) / 100), rival.Strengths, open ? CompetitorOutcome.Open : won ? CompetitorOutcome.Beaten : CompetitorOutcome.Chosen));
        }
        if (technologist is { } who && who != deal.Manager && number % 3 == 0) deal.Join(who, "drawings");
        if (open)
        {
            deal.Describe(deal.Title, DateOnly.FromDateTime(now.UtcDateTime).AddDays(5 + number * 3 % 40), null);
            if (number % 6 != 4) deal.Plan(Steps[number % Steps.Length], DateOnly.FromDateTime(now.UtcDateTime).AddDays(number % 9 - 3));
            return;
        }
        at = Later(at, 3);
        if (won) deal.Win(DateOnly.FromDateTime(at.UtcDateTime), at);
        else deal.Lose(reasons[Losses[number % Losses.Length]].Id, number % 2 == 0 ? "Told us on the phone" : null, DateOnly.FromDateTime(at.UtcDateTime), at);
        if (won) deal.Earn(deal.PlannedMargin, Math.Round(deal.PlannedMargin!.Value * (85 + number % 25) / 100));
        db.Add(new TimelineEntry(client.Id, won ? "deal.won" : "deal.lost", new(ObjectKind.Deal, deal.Id.Value), deal.Title, at, seen));

        DateTimeOffset Later(DateTimeOffset from, int days) => from.AddDays(days) < now ? from.AddDays(days) : now;
    }
}
