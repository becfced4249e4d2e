using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>A saved view as its page lists it.</summary>
public sealed record SavedViewRow(Guid Id, string Name, string Query, bool Shared, bool Own);

/// <summary>Named pages with their query string. A view holds no data: whoever opens it sees what his own rights show.</summary>
public sealed class SavedViews(IDbContextFactory<PortalDb> contexts)
{
    private const int MostPerPage = 100;

    /// <summary>The actor's own views of a page and those others share, by name.</summary>
    public async Task<IReadOnlyList<SavedViewRow>> OfPageAsync(string page, Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<SavedView>().AsNoTracking().Where(v => v.Page == page && (v.Owner == actor.UserId || v.Shared))
            .OrderBy(v => v.Name).ThenBy(v => v.Id).Take(MostPerPage)
            .Select(v => new SavedViewRow(v.Id, v.Name, v.Query, v.Shared, v.Owner == actor.UserId)).ToListAsync(ct);
    }

    /// <summary>Saves the query string under a name; the actor's view of that name is replaced.</summary>
    /// <exception cref="RuleBrokenException">the name is empty or too long</exception>
    public async Task SaveAsync(string page, string name, string query, bool shared, Actor actor, CancellationToken ct = default)
    {
        name = Required.Text(name, "view.name", 60);
        await using var db = contexts.CreateFor(actor);
        var view = await db.Set<SavedView>().SingleOrDefaultAsync(v => v.Page == page && v.Owner == actor.UserId && v.Name == name, ct);
        if (view is null) db.Add(view = new SavedView { Page = page, Name = name, Owner = actor.UserId });
        view.Query = Required.Optional(query, "view.query", 2000) ?? "";
        view.Shared = shared;
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Removes the actor's own view; another's stays.</summary>
    public async Task RemoveAsync(Guid id, Actor actor, CancellationToken ct = default)
    {
        await using var db = contexts.CreateFor(actor);
        if (await db.Set<SavedView>().SingleOrDefaultAsync(v => v.Id == id && v.Owner == actor.UserId, ct) is not { } view) return;
        db.Remove(view);
        await db.SaveChangesAsync(ct);
    }
}
