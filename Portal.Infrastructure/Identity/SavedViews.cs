using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>A saved view as its page lists it.</summary>
/// <param name="Owner">name of who saved it</param>
/// <param name="Default">true for the one with which the page opens for the reader</param>
public sealed record SavedViewRow(Guid Id, string Name, string Query, bool Shared, bool Own, string Owner, bool Default);

/// <summary>
/// Named pages with their query string. A view holds no data: whoever opens it sees what his own rights show.
/// Its owner changes it; who manages users may also end the sharing of another's.
/// </summary>
public sealed class SavedViews(IDbContextFactory<PortalDb> contexts)
{
    private const int MostPerPage = 100;

    /// <summary>The actor's own views of a page, then those others share, by name.</summary>
    public async Task<IReadOnlyList<SavedViewRow>> OfPageAsync(string page, Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<SavedView>().AsNoTracking().Where(v => v.Page == page && (v.Owner == actor.UserId || v.Shared))
            .OrderByDescending(v => v.Owner == actor.UserId).ThenBy(v => v.Name).ThenBy(v => v.Id).Take(MostPerPage)
            .Select(v => new SavedViewRow(v.Id, v.Name, v.Query, v.Shared, v.Owner == actor.UserId,
                db.Set<PortalUser>().Where(u => u.Id == v.Owner).Select(u => u.DisplayName).FirstOrDefault()!,
                db.Set<DefaultView>().Any(d => d.UserId == actor.UserId && d.View == v.Id)))
            .ToListAsync(ct);
    }

    /// <summary>Saves the query string under a name. Another's view of that name is another view.</summary>
    /// <param name="shared">whether everybody finds it; null leaves it as it was, a new one to the actor alone</param>
    /// <param name="replace">whether the actor's own view of that name may be overwritten</param>
    /// <exception cref="RuleBrokenException"><c>identity.view-name-taken</c>; the name is empty or too long</exception>
    public async Task SaveAsync(string page, string name, string query, bool? shared, bool replace, Actor actor, CancellationToken ct = default)
    {
        await using var db = contexts.CreateFor(actor);
        name = Required.Text(name, "view.name", 60);
        var view = await db.Set<SavedView>().SingleOrDefaultAsync(v => v.Page == page && v.Owner == actor.UserId && v.Name == name, ct);
        if (view is not null && !replace) throw new RuleBrokenException("identity.view-name-taken", name);
        if (view is null) db.Add(view = new SavedView { Page = page, Name = name, Owner = actor.UserId });
        view.Query = Required.Optional(query, "view.query", 2000) ?? "";
        view.Shared = shared ?? view.Shared;
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Gives an own view another name.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.view-unknown</c>, <c>identity.view-name-taken</c>; the name is empty or too long</exception>
    public async Task RenameAsync(Guid id, string name, Actor actor, CancellationToken ct = default)
    {
        await using var db = contexts.CreateFor(actor);
        name = Required.Text(name, "view.name", 60);
        var view = await db.Set<SavedView>().SingleOrDefaultAsync(v => v.Id == id && v.Owner == actor.UserId, ct) ?? throw new RuleBrokenException("identity.view-unknown");
        if (await db.Set<SavedView>().AnyAsync(v => v.Page == view.Page && v.Owner == view.Owner && v.Name == name && v.Id != id, ct))
            throw new RuleBrokenException("identity.view-name-taken", name);
        view.Name = name;
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Lets everybody find a view, or its owner alone.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.view-unknown</c>; <c>identity.not-allowed</c> for another's</exception>
    public async Task ShareAsync(Guid id, bool shared, Actor actor, CancellationToken ct = default)
    {
        await using var db = contexts.CreateFor(actor);
        (await FindAsync(db, id, actor, ct)).Shared = shared;
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Removes a view; nobody's page opens with it any more.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.view-unknown</c>; <c>identity.not-allowed</c> for another's</exception>
    public async Task RemoveAsync(Guid id, Actor actor, CancellationToken ct = default)
    {
        await using var db = contexts.CreateFor(actor);
        db.Remove(await FindAsync(db, id, actor, ct));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Says with which view a page opens for the actor; null for none.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.view-unknown</c></exception>
    public async Task OpenWithAsync(string page, Guid? view, Actor actor, CancellationToken ct = default)
    {
        await using var db = contexts.CreateFor(actor);
        if (view is not null && !await db.Set<SavedView>().AnyAsync(v => v.Id == view && v.Page == page && (v.Owner == actor.UserId || v.Shared), ct))
            throw new RuleBrokenException("identity.view-unknown");
        var chosen = await db.Set<DefaultView>().SingleOrDefaultAsync(d => d.UserId == actor.UserId && d.Page == page, ct);
        if (view is { } id && chosen is not null) chosen.View = id;
        else if (view is { } first) db.Add(new DefaultView { UserId = actor.UserId, Page = page, View = first });
        else if (chosen is not null) db.Remove(chosen);
        await db.SaveChangesAsync(ct);
    }

    // his own, or one that everybody sees and he may tidy up
    private static async Task<SavedView> FindAsync(PortalDb db, Guid id, Actor actor, CancellationToken ct)
    {
        var view = await db.Set<SavedView>().SingleOrDefaultAsync(v => v.Id == id && (v.Owner == actor.UserId || v.Shared), ct) ?? throw new RuleBrokenException("identity.view-unknown");
        if (view.Owner != actor.UserId) actor.Require(Permissions.UsersManage);
        return view;
    }
}
