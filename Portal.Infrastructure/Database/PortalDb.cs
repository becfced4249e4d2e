using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>
/// The one database of the product. Opened per operation through <see cref="ContextExtensions.CreateFor"/>,
/// so that every change is audited under the actor who made it.
/// </summary>
public sealed class PortalDb(DbContextOptions<PortalDb> options) : DbContext(options)
{
    /// <summary>Who works through this context; needed as soon as something audited is saved.</summary>
    public Actor? Actor { get; internal set; }

    /// <summary>What came of the outside command that the actor carries out, such as the id of what it made; a repeat is answered with it.</summary>
    internal string? CommandResult { get; set; }

    /// <summary>What was saved but not yet committed; published by <see cref="SaveTrail"/> after the commit.</summary>
    internal List<LiveChange> Uncommitted { get; } = [];

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder conventions) => conventions.UsePortalTypes();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder model)
    {
        model.ApplyConfigurationsFromAssembly(typeof(PortalDb).Assembly);
        model.HasDbFunction(() => DocumentNumberText.Of(default, default)).HasName("document_number").HasSchema("core");
        model.HasDbFunction(() => SearchLetters.Of("")).HasName("search_letters").HasSchema("core");
        model.UsePortalNames();
    }
}

/// <summary>How jobs open the database.</summary>
public static class ContextExtensions
{
    /// <summary>A context whose changes are audited under <paramref name="actor"/>.</summary>
    public static PortalDb CreateFor(this IDbContextFactory<PortalDb> contexts, Actor actor)
    {
        var db = contexts.CreateDbContext();
        db.Actor = actor;
        return db;
    }
}
