using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>Keeps the forms through which anybody may appeal. All methods need <see cref="Permissions.SalesSettings"/>.</summary>
public sealed class LeadForms(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Forms at most, archived ones among them.</summary>
    public const int Most = 100;

    // no letters that are read as another
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>Opens a form under an address of its own.</summary>
    /// <returns>its id and the key that stands in its address</returns>
    /// <exception cref="RuleBrokenException">as <see cref="LeadForm.Describe"/>, and <c>leads.too-many-forms</c>, <c>leads.stream-unknown</c>, <c>sales.source-unknown</c>, <c>leads.group-unknown</c>, <c>identity.branch-unknown</c>, <c>work.person-unknown</c></exception>
    public async Task<(LeadFormId Id, string Key)> AddAsync(LeadFormDetails details, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        if (await db.Set<LeadForm>().CountAsync(ct) >= Most) throw new RuleBrokenException("leads.too-many-forms", Most);
        await RequireKnownAsync(db, details, ct);
        var form = new LeadForm(LeadFormId.New(), RandomNumberGenerator.GetString(Letters, 10), details);
        db.Add(form);
        await db.SaveChangesAsync(ct);
        return (form.Id, form.Key);
    }

    /// <summary>Changes a form, and whether it can be sent.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.form-unknown</c>, as <see cref="AddAsync"/></exception>
    public async Task ChangeAsync(LeadFormId id, LeadFormDetails details, bool archived, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var form = await db.Set<LeadForm>().FirstOrDefaultAsync(f => f.Id == id, ct) ?? throw new RuleBrokenException("leads.form-unknown");
        db.ExpectVersion(form, seen);
        await RequireKnownAsync(db, details, ct);
        form.Describe(details);
        if (archived) form.Archive();
        else form.Restore();
        await db.SaveOrExplainAsync(new(ObjectKind.LeadForm, id.Value), ct);
    }

    private PortalDb Open(Actor actor)
    {
        actor.Require(Permissions.SalesSettings);
        return contexts.CreateFor(actor);
    }

    private static async Task RequireKnownAsync(PortalDb db, LeadFormDetails details, CancellationToken ct)
    {
        if (!await db.Set<LeadStream>().AnyAsync(s => s.Id == details.Stream, ct)) throw new RuleBrokenException("leads.stream-unknown");
        if (details.Source is { } source && !await db.Set<LeadSource>().AnyAsync(s => s.Id == source, ct)) throw new RuleBrokenException("sales.source-unknown");
        await LeadIntake.RequireGroupAsync(db, details.Group, ct);
        if (details.Branch is { } branch) await BranchRegistry.RequireOpenAsync(db, branch, ct);
        foreach (var manager in details.Managers.Distinct()) await LeadDesk.RequireHeirAsync(db, manager, ct);
    }
}
