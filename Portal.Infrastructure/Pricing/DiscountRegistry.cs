using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>A discount as its list shows it, with the names of what it asks for.</summary>
public sealed record DiscountRow(DiscountRuleId Id, int Position, DiscountTerms Terms, string? Group, string? Product, string? Segment, string? Agreement, bool Archived, uint Version);

/// <summary>Keeps discounts and their order. Changes need <see cref="Permissions.PricingManage"/>.</summary>
public sealed class DiscountRegistry(IDbContextFactory<PortalDb> contexts)
{
    private const int Most = 500;

    /// <summary>Discounts in the order in which they are looked at.</summary>
    public async Task<IReadOnlyList<DiscountRow>> ListAsync(bool archived, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var tree = await GroupTree.ReadAsync(db, ct);
        var agreements = PricingReferences.Reached(db, actor);
        var rows = await (from d in db.Set<DiscountRule>().AsNoTracking()
                          where d.Archived == archived
                          orderby d.Position, d.Id
                          select new
                          {
                              Rule = d,
                              Product = db.Set<Product>().Where(p => p.Id == d.Product).Select(p => p.Code + " " + p.Name).FirstOrDefault(),
                              Segment = db.Set<Segment>().Where(s => s.Id == d.Segment).Select(s => s.Name).FirstOrDefault(),
                              Agreement = agreements.Where(a => a.Id == d.Agreement).Select(a => a.Number + " · " + db.Set<Partner>().Where(p => p.Id == a.Partner).Select(p => p.Name).First()).FirstOrDefault(),
                          }).Take(Most).ToListAsync(ct);
        return [.. rows.Select(r => new DiscountRow(r.Rule.Id, r.Rule.Position, r.Rule.Terms, tree.Path(r.Rule.Group), r.Product, r.Segment, r.Agreement, r.Rule.Archived, r.Rule.Version))];
    }

    /// <summary>Sets a discount, to be looked at last.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.too-many-discounts</c>, <c>pricing.group-unknown</c>, <c>pricing.product-unknown</c>, <c>segments.unknown</c>, <c>clients.agreement-unknown</c>, and what the entity refuses</exception>
    public async Task<DiscountRuleId> AddAsync(DiscountTerms terms, Actor actor, CancellationToken ct)
    {
        var id = DiscountRuleId.New();
        await InTurnAsync(actor, id, async db =>
        {
            if (await db.Set<DiscountRule>().CountAsync(d => !d.Archived, ct) >= Most) throw new RuleBrokenException("pricing.too-many-discounts", Most);
            await CheckAsync(db, terms, null, actor, ct);
            db.Add(new DiscountRule(id, (await db.Set<DiscountRule>().MaxAsync(d => (int?)d.Position, ct) ?? 0) + 1, terms));
        }, ct);
        return id;
    }

    /// <summary>Changes a discount that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>pricing.discount-unknown</c>, <c>shared.changed-by</c></exception>
    public Task ChangeAsync(DiscountRuleId id, DiscountTerms terms, uint seen, Actor actor, CancellationToken ct) =>
        InTurnAsync(actor, id, async db =>
        {
            var rule = await TakeAsync(db, id, ct);
            db.ExpectVersion(rule, seen);
            await CheckAsync(db, terms, rule.Terms, actor, ct);
            rule.Agree(terms);
        }, ct);

    /// <summary>Gives a discount no longer, or again.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.discount-unknown</c></exception>
    public Task SetArchivedAsync(DiscountRuleId id, bool archived, Actor actor, CancellationToken ct) =>
        InTurnAsync(actor, id, async db =>
        {
            var rule = await TakeAsync(db, id, ct);
            if (archived) rule.Archive();
            else rule.Restore();
        }, ct);

    /// <summary>Moves a discount before another, or to the end.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.discount-unknown</c></exception>
    public Task MoveAsync(DiscountRuleId id, DiscountRuleId? before, Actor actor, CancellationToken ct) =>
        InTurnAsync(actor, id, async db =>
        {
            if (id == before) return;
            var rules = await db.Set<DiscountRule>().OrderBy(d => d.Position).ThenBy(d => d.Id).ToListAsync(ct);
            var moved = rules.Find(r => r.Id == id) ?? throw new RuleBrokenException("pricing.discount-unknown");
            rules.Remove(moved);
            var at = before is { } next ? rules.FindIndex(r => r.Id == next) : rules.Count;
            if (at < 0) throw new RuleBrokenException("pricing.discount-unknown");
            rules.Insert(at, moved);
            for (var i = 0; i < rules.Count; i++)
                if (rules[i].Position != i + 1) rules[i].MoveTo(i + 1);
        }, ct);

    private static async Task<DiscountRule> TakeAsync(PortalDb db, DiscountRuleId id, CancellationToken ct) =>
        await db.Set<DiscountRule>().FirstOrDefaultAsync(d => d.Id == id, ct) ?? throw new RuleBrokenException("pricing.discount-unknown");

    private static async Task CheckAsync(PortalDb db, DiscountTerms terms, DiscountTerms? before, Actor actor, CancellationToken ct)
    {
        if (terms.Group != before?.Group) await ProductGroups.RequireAsync(db, terms.Group, ct);
        await db.RequireProductAsync(terms.Product, ct);
        await db.RequireClientsAsync(terms.Segment == before?.Segment ? null : terms.Segment, terms.Agreement == before?.Agreement ? null : terms.Agreement, actor, ct);
    }

    // places are given by what is there, so discounts are changed one after the other
    private Task InTurnAsync(Actor actor, DiscountRuleId about, Func<PortalDb, Task> job, CancellationToken ct) => contexts.InTurnAsync("pricing.discounts", new(ObjectKind.DiscountRule, about.Value), actor, job, ct);
}
