using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>Keeps contracts and agreements with partners. All methods need <see cref="Permissions.ClientsManage"/> and end at the actor's reach.</summary>
public sealed class AgreementRegistry(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Agrees on something with a partner.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c>, <c>clients.entity-unknown</c>, <c>clients.agreement-ends-before-it-begins</c>, <c>clients.contract-without-entity</c>, <c>text.required</c></exception>
    public async Task<AgreementId> AddAsync(PartnerId partner, AgreementTerms terms, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = contexts.CreateFor(actor);
        await PartnerRegistry.TakeAsync(db, partner, actor, ct);
        await RequireEntityAsync(db, partner, terms, ct);
        var agreement = new Agreement(AgreementId.New(), partner, terms);
        db.Add(agreement);
        db.Add(new TimelineEntry(partner, $"agreement.{terms.Kind.ToString().ToLowerInvariant()}", new(ObjectKind.Agreement, agreement.Id.Value), agreement.Number, time.GetUtcNow(), actor));
        await db.SaveChangesAsync(ct);
        return agreement.Id;
    }

    /// <summary>Changes one that the user saw in version <paramref name="seen"/>; what is hidden from him stays.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>shared.changed-by</c>, <c>clients.agreement-unknown</c></exception>
    public async Task ChangeAsync(AgreementId id, AgreementTerms terms, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var agreement = await TakeAsync(db, id, actor, ct);
        db.ExpectVersion(agreement, seen);
        await RequireEntityAsync(db, agreement.Partner, terms, ct);
        if ((await db.HiddenOfAsync(agreement.Partner, actor, ct)).Has(ConfidentialFields.Terms))
            terms = terms with { PaymentDays = agreement.PaymentDays, CreditLimit = agreement.CreditLimit is { } limit ? new(limit, agreement.Currency!) : null, Note = agreement.Note };
        agreement.Agree(terms);
        await db.SaveOrExplainAsync(new(ObjectKind.Agreement, id.Value), ct);
    }

    /// <summary>Takes it out of lists, or brings it back.</summary>
    public async Task SetArchivedAsync(AgreementId id, bool archived, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var agreement = await TakeAsync(db, id, actor, ct);
        if (archived) agreement.Archive();
        else agreement.Restore();
        await db.SaveChangesAsync(ct);
    }

    private static Task<Agreement> TakeAsync(PortalDb db, AgreementId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        return db.TakePartAsync<Agreement>(id, agreement => agreement.Partner, "clients.agreement-unknown", actor, ct);
    }

    private static async Task RequireEntityAsync(PortalDb db, PartnerId partner, AgreementTerms terms, CancellationToken ct)
    {
        if (terms.Counterparty is { } entity && !await db.Set<Counterparty>().AnyAsync(c => c.Id == entity && c.Partner == partner, ct)) throw new RuleBrokenException("clients.entity-unknown");
    }
}
