using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>What the register says of a legal entity.</summary>
public sealed record CounterpartyDetails(
    string Name, string? Country = null, string? LegalAddress = null, string? TaxNumber = null, string? RegisterNumber = null, CounterpartyId? Parent = null);

/// <summary>Keeps the legal entities of partners. All methods need <see cref="Permissions.ClientsManage"/> and end at the actor's reach.</summary>
public sealed class CounterpartyRegistry(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Adds a legal entity to a partner.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c>, <c>clients.entity-unknown</c>, <c>clients.entity-circle</c>, <c>clients.country-unknown</c>, <c>text.required</c>, those of <see cref="TaxNumber.Require"/></exception>
    public async Task<CounterpartyId> AddAsync(PartnerId partner, CounterpartyDetails details, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = contexts.CreateFor(actor);
        await PartnerRegistry.TakeAsync(db, partner, actor, ct);
        var entity = new Counterparty(CounterpartyId.New(), partner, details.Name, null);
        db.Add(entity);
        await DescribeAsync(db, entity, details, ct);
        await db.SaveChangesAsync(ct);
        return entity.Id;
    }

    /// <summary>Changes a legal entity that the user saw in version <paramref name="seen"/>; what is hidden from him stays.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>shared.changed-by</c></exception>
    public async Task ChangeAsync(CounterpartyId id, CounterpartyDetails details, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var entity = await TakeAsync(db, id, actor, ct);
        db.ExpectVersion(entity, seen);
        if ((await db.HiddenOfAsync(entity.Partner, actor, ct)).Has(ConfidentialFields.TaxNumbers))
            details = details with { TaxNumber = entity.TaxNumber ?? details.TaxNumber, RegisterNumber = entity.RegisterNumber ?? details.RegisterNumber };
        await DescribeAsync(db, entity, details, ct);
        await db.SaveOrExplainAsync(new(ObjectKind.Counterparty, id.Value), ct);
    }

    /// <summary>Takes it out of lists, or brings it back.</summary>
    public async Task SetArchivedAsync(CounterpartyId id, bool archived, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var entity = await TakeAsync(db, id, actor, ct);
        if (archived) entity.Archive();
        else entity.Restore();
        await db.SaveChangesAsync(ct);
    }

    private static Task<Counterparty> TakeAsync(PortalDb db, CounterpartyId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        return db.TakePartAsync<Counterparty>(id, entity => entity.Partner, "clients.entity-unknown", actor, ct);
    }

    private static async Task DescribeAsync(PortalDb db, Counterparty entity, CounterpartyDetails details, CancellationToken ct)
    {
        var before = (entity.TaxNumber, entity.Country);
        entity.Describe(details.Name, details.Country, details.LegalAddress, details.TaxNumber, details.RegisterNumber);
        // what was taken over as it was stays
        if ((entity.TaxNumber, entity.Country) != before) TaxNumber.Require(entity.TaxNumber, entity.Country);
        if (details.Parent != entity.Parent) await RequireNoCircleAsync(db, entity.Id, details.Parent, ct);
        entity.BelongTo(details.Parent);
    }

    private static async Task RequireNoCircleAsync(PortalDb db, CounterpartyId entity, CounterpartyId? above, CancellationToken ct)
    {
        if (above is not { } head) return;
        if (!await db.Set<Counterparty>().AnyAsync(c => c.Id == head, ct)) throw new RuleBrokenException("clients.entity-unknown");
        if (await LeadsToAsync(db, head, entity, ct)) throw new RuleBrokenException("clients.entity-circle");
    }

    /// <summary>Whether an entity is another one, stands below it, or so deep that nobody knows.</summary>
    internal static async Task<bool> LeadsToAsync(PortalDb db, CounterpartyId? entity, CounterpartyId other, CancellationToken ct)
    {
        for (var (step, next) = (0, entity); next is { } at; step++)
        {
            if (at == other || step == Partner.DeepestNetwork) return true;
            next = await db.Set<Counterparty>().Where(c => c.Id == at).Select(c => c.Parent).FirstOrDefaultAsync(ct);
        }
        return false;
    }
}
