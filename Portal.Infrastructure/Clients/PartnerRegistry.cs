using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Clients.Network;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients;

/// <summary>What people say of a partner. <paramref name="Responsible"/> is a user of ours.</summary>
public sealed record PartnerDetails(
    string Name, PartnerKinds Kinds, PartnerStanding Standing = PartnerStanding.Prospect, string? Phone = null, string? Email = null, string? Website = null, string? Note = null,
    PartnerId? Parent = null, NetworkLevel Level = NetworkLevel.Single, Guid? Responsible = null, BranchId? Branch = null);

/// <summary>Keeps the base of partners. All methods need <see cref="Permissions.ClientsManage"/> and end at the actor's reach.</summary>
public sealed class PartnerRegistry(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Takes a party into the base; whoever may only work with his own answers for it, and of a team who names nobody.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>clients.kind-required</c>, <c>clients.partner-unknown</c>, <c>clients.network-circle</c>, <c>clients.network-too-deep</c>, <c>work.person-unknown</c>, <c>work.heir-without-clients</c>, <c>identity.out-of-reach</c>, those of <see cref="PhoneNumber.Require"/> and <see cref="MailAddress.Require"/></exception>
    public async Task<PartnerId> AddAsync(PartnerDetails details, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = contexts.CreateFor(actor);
        var partner = new Partner(PartnerId.New(), details.Name, details.Kinds);
        await TakeInAsync(db, partner, details, actor, ct);
        await db.SaveChangesAsync(ct);
        return partner.Id;
    }

    /// <summary>Adds a new partner to what is being saved.</summary>
    internal async Task TakeInAsync(PortalDb db, Partner partner, PartnerDetails details, Actor actor, CancellationToken ct)
    {
        db.Add(partner);
        var his = actor.Scope == ActorScope.Own || actor.Scope == ActorScope.Team && details.Responsible is null;
        await DescribeAsync(db, partner, his ? details with { Responsible = actor.UserId } : details, actor, ct);
        Tell(db, partner, "partner.added", actor);
    }

    /// <summary>Changes a partner that the user saw in version <paramref name="seen"/>; what is hidden from him stays.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>shared.changed-by</c>, <c>clients.take-over</c></exception>
    public async Task ChangeAsync(PartnerId id, PartnerDetails details, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var partner = await TakeAsync(db, id, actor, ct);
        db.ExpectVersion(partner, seen);
        if (details.Parent != partner.Parent) await db.TakeNetworkTurnAsync(ct);
        var (standing, responsible, hidden) = (partner.Standing, partner.Responsible, actor.HiddenOf(partner.Responsible));
        actor.RequireNoTakeOver(responsible, details.Responsible);
        if (hidden.Has(ConfidentialFields.Phones)) details = details with { Phone = partner.Phone ?? details.Phone };
        if (hidden.Has(ConfidentialFields.Mails)) details = details with { Email = partner.Email ?? details.Email };
        if (hidden.Has(ConfidentialFields.Notes)) details = details with { Note = partner.Note ?? details.Note };
        await DescribeAsync(db, partner, details, actor, ct);
        if (partner.Standing != standing) Tell(db, partner, $"partner.{partner.Standing.ToString().ToLowerInvariant()}", actor);
        if (partner.Responsible != responsible) Tell(db, partner, "partner.handed", actor, await HeirAsync(db, partner.Responsible, actor, ct));
        await db.SaveOrExplainAsync(new(ObjectKind.Partner, id.Value), ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Puts a partner, and with it all that is below it, under another of its network, or makes it a head of its own. Who was in no network becomes an outlet.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c>, <c>clients.own-parent</c>, <c>clients.network-circle</c>, <c>clients.network-too-deep</c>, <c>shared.changed-by</c></exception>
    public async Task MoveAsync(PartnerId id, PartnerId? above, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeNetworkTurnAsync(ct);
        var partner = await TakeAsync(db, id, actor, ct);
        db.ExpectVersion(partner, seen);
        var level = above is not null && partner.Level == NetworkLevel.Single ? NetworkLevel.Outlet : partner.Level;
        if (above != id) await NetworkPlace.RequireRoomAsync(db, id, above, actor, ct);
        partner.JoinNetwork(above, level);
        await db.SaveOrExplainAsync(new(ObjectKind.Partner, id.Value), ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Takes partners out of lists, all or none; what happened with them stays.</summary>
    public Task ArchiveAsync(IReadOnlyCollection<PartnerId> ids, Actor actor, CancellationToken ct) =>
        EachAsync(ids, actor, (db, partner) =>
        {
            if (partner.Archived) return;
            partner.Archive();
            Tell(db, partner, "partner.archived", actor);
        }, ct);

    /// <summary>Brings partners back. Who was merged with another stays where he is, and is named.</summary>
    /// <returns>the names of those that stay</returns>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c>, <c>clients.merged-away</c> where none comes back</exception>
    public async Task<IReadOnlyList<string>> RestoreAsync(IReadOnlyCollection<PartnerId> ids, Actor actor, CancellationToken ct)
    {
        var merged = new List<string>();
        await EachAsync(ids, actor, (db, partner) =>
        {
            if (partner.MergedInto is not null) merged.Add(partner.Name);
            else if (partner.Archived)
            {
                partner.Restore();
                Tell(db, partner, "partner.restored", actor);
            }
        }, ct);
        return merged.Count < ids.Distinct().Count() ? merged : throw new RuleBrokenException("clients.merged-away");
    }

    /// <summary>Gives partners to a user of ours, all or none; null leaves them without.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c>, <c>work.person-unknown</c>, <c>work.heir-without-clients</c>, <c>clients.take-over</c></exception>
    public async Task HandToAsync(IReadOnlyCollection<PartnerId> ids, Guid? responsible, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        string? name = null;
        await using (var db = await contexts.CreateDbContextAsync(ct)) name = await HeirAsync(db, responsible, actor, ct);
        await EachAsync(ids, actor, (db, partner) =>
        {
            if (partner.Responsible == responsible) return;
            actor.RequireNoTakeOver(partner.Responsible, responsible);
            partner.HandTo(responsible, partner.Branch);
            Tell(db, partner, "partner.handed", actor, name);
        }, ct);
    }

    private async Task EachAsync(IReadOnlyCollection<PartnerId> ids, Actor actor, Action<PortalDb, Partner> change, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = contexts.CreateFor(actor);
        var partners = await db.Set<Partner>().Within(actor).Where(p => ids.Contains(p.Id)).ToListAsync(ct);
        if (partners.Count != ids.Distinct().Count()) throw new RuleBrokenException("clients.partner-unknown");
        foreach (var partner in partners) change(db, partner);
        await db.SaveChangesAsync(ct);
    }

    /// <summary>The partner within the actor's reach, to be changed.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c>, <c>clients.merged-away</c></exception>
    internal static async Task<Partner> TakeAsync(PortalDb db, PartnerId id, Actor actor, CancellationToken ct)
    {
        var partner = await db.Set<Partner>().Within(actor).FirstOrDefaultAsync(p => p.Id == id, ct) ?? throw new RuleBrokenException("clients.partner-unknown");
        return partner.MergedInto is null ? partner : throw new RuleBrokenException("clients.merged-away");
    }

    private static async Task DescribeAsync(PortalDb db, Partner partner, PartnerDetails details, Actor actor, CancellationToken ct)
    {
        partner.Describe(details.Name, details.Kinds);
        if (details.Phone != partner.Phone) PhoneNumber.Require(details.Phone);
        if (details.Email != partner.Email) MailAddress.Require(details.Email);
        partner.Reach(details.Phone, details.Email);
        partner.Annotate(details.Website, details.Note);
        partner.Stand(details.Standing);
        if (details.Responsible != partner.Responsible) await HeirAsync(db, details.Responsible, actor, ct);
        partner.HandTo(details.Responsible, details.Branch);
        actor.RequireReach(partner);
        if (details.Parent != partner.Parent) await NetworkPlace.RequireRoomAsync(db, partner.Id, details.Parent, actor, ct);
        partner.JoinNetwork(details.Parent, details.Level);
    }

    /// <summary>The name of who is to answer for a client, who has to be able to see it; null for nobody.</summary>
    /// <exception cref="RuleBrokenException"><c>work.person-unknown</c>, <c>work.heir-without-clients</c></exception>
    internal static async Task<string?> HeirAsync(PortalDb db, Guid? user, Actor actor, CancellationToken ct)
    {
        if (user is null) return null;
        if (user == actor.UserId && actor.Can(Permissions.ClientsRead)) return actor.Name;
        var people = db.Set<PortalUser>().OfStaff().Where(u => u.Id == user);
        var seeing = people.Holding(Permissions.ClientsRead, db).Select(u => u.Id);
        var heir = await people.Select(u => new { u.DisplayName, Sees = seeing.Contains(u.Id) }).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("work.person-unknown");
        return heir.Sees ? heir.DisplayName : throw new RuleBrokenException("work.heir-without-clients", heir.DisplayName);
    }

    private void Tell(PortalDb db, Partner partner, string what, Actor actor, string? words = null) =>
        db.Add(new TimelineEntry(partner.Id, what, new(ObjectKind.Partner, partner.Id.Value), words, time.GetUtcNow(), actor));
}
