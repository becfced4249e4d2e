using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>A line of a client's history. An interaction is told whole, other things by their code and words.</summary>
public sealed record TimelineRow(Guid Id, string What, ObjectRef About, string? Words, DateTimeOffset At, string ByName, InteractionRow? Interaction);

/// <summary>Which lines of a history are wanted; null means all.</summary>
public sealed record TimelineFilter(IReadOnlyCollection<InteractionKind>? Kinds = null, bool OnlyInteractions = false, string? Text = null);

/// <summary>Reads what happened with a client, the newest first, and what comes next.</summary>
public sealed class TimelineQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Planned interactions that a card shows at most.</summary>
    public const int MostAhead = 50;

    /// <summary>A slice of the history within the actor's reach.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c></exception>
    public async Task<PageOf<TimelineRow>> ListAsync(PartnerId partner, TimelineFilter filter, Slice slice, Actor actor, CancellationToken ct)
    {
        await using var db = await OpenAsync(partner, actor, ct);
        var untold = (await db.HiddenOfAsync(partner, actor, ct)).Has(ConfidentialFields.Mails);
        var entries = db.Set<TimelineEntry>().AsNoTracking().Where(e => e.Partner == partner);
        if (filter.OnlyInteractions || filter.Kinds is not null) entries = entries.Where(e => e.AboutKind == ObjectKind.Interaction);
        if (filter.Kinds is { } kinds)
            entries = entries.Where(e => db.Set<Interaction>().Any(i => (Guid)(object)i.Id == e.AboutId && kinds.Contains(i.Kind)));
        foreach (var pattern in LikePattern.ContainingEach(filter.Text))
            entries = entries.Where(e => (!untold || e.What != ClientLetters.Told) && EF.Functions.ILike(e.Words ?? "", pattern, LikePattern.Escape)
                || db.Set<Interaction>().Any(i => (Guid)(object)i.Id == e.AboutId
                    && (EF.Functions.ILike(i.Subject, pattern, LikePattern.Escape) || EF.Functions.ILike(i.Text ?? "", pattern, LikePattern.Escape) || EF.Functions.ILike(i.Outcome ?? "", pattern, LikePattern.Escape))));
        var page = await entries.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).PageAsync(slice, ct);
        var ids = page.Rows.Where(e => e.AboutKind == ObjectKind.Interaction).Select(e => new InteractionId(e.AboutId)).Distinct().ToList();
        var interactions = (await InteractionRows.ReadAsync(db, db.Set<Interaction>().Where(i => ids.Contains(i.Id)), ct)).ToDictionary(i => i.Id.Value);
        return new([.. page.Rows.Select(e => new TimelineRow(e.Id, e.What, new(e.AboutKind, e.AboutId), untold && e.What == ClientLetters.Told ? ClientLetters.WithoutAddress(e.Words) : e.Words, e.At, e.ByName, interactions.GetValueOrDefault(e.AboutId)))], page.Total);
    }

    /// <summary>Planned interactions, the earliest first; one whose time has passed is still here until somebody says what came of it.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c></exception>
    public async Task<IReadOnlyList<InteractionRow>> AheadAsync(PartnerId partner, Actor actor, CancellationToken ct)
    {
        await using var db = await OpenAsync(partner, actor, ct);
        return await InteractionRows.ReadAsync(db, db.Set<Interaction>().Where(i => i.Partner == partner && i.State == InteractionState.Planned).OrderBy(i => i.At).ThenBy(i => i.Id).Take(MostAhead), ct);
    }

    private async Task<PortalDb> OpenAsync(PartnerId partner, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Partner>().Within(actor).AnyAsync(p => p.Id == partner, ct)) return db;
        await db.DisposeAsync();
        throw new RuleBrokenException("clients.partner-unknown");
    }
}
