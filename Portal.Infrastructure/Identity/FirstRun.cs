using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>What an empty database gets before anybody can sign in: a company, a branch, the standard roles and one administrator.</summary>
public sealed class FirstRun(NpgsqlDataSource database, IDbContextFactory<PortalDb> contexts, UserAccounts accounts)
{
    /// <summary>User name of the first administrator.</summary>
    public const string AdministratorName = "admin";

    /// <summary>
    /// Does nothing where somebody works already; else returns the administrator's one-time password, a new one
    /// until he has signed in: it is shown once only, and whoever lost that line would have no way in.
    /// </summary>
    public async Task<string?> PrepareAsync(string companyName, string currency, string timeZone, CancellationToken ct)
    {
        // every start asks this and nothing else: without the mapping, which takes most of a second to build, others need it later and beside one another
        await using (var anybody = database.CreateCommand("select exists (select from identity.portal_user where not must_change_password or last_signed_in_at is not null or user_name <> $1)"))
        {
            anybody.Parameters.Add(new() { Value = AdministratorName });
            if (await anybody.ExecuteScalarAsync(ct) is true) return null;
        }
        var actor = Actor.System("first-run");
        await using var db = contexts.CreateFor(actor);
        if (await db.Set<PortalUser>().Select(u => (Guid?)u.Id).FirstOrDefaultAsync(ct) is { } unused) return await accounts.ResetPasswordAsync(unused, actor, ct);
        var branch = await FoundAsync(companyName, currency, timeZone, ct);
        var administrator = await db.Set<Role>().Where(r => r.Code == StandardRoles.Administrator).Select(r => r.Id).FirstAsync(ct);
        var (_, password) = await accounts.OpenAsync(
            new UserDetails(AdministratorName, "Administrator", null, "en", timeZone, branch, [administrator]), actor, ct);
        return password;
    }

    /// <summary>The company, its first branch and the standard roles; the branch, also when it is there already.</summary>
    internal async Task<BranchId> FoundAsync(string companyName, string currency, string timeZone, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(Actor.System("first-run"));
        if (await db.Set<Branch>().OrderBy(b => b.Id).FirstOrDefaultAsync(ct) is { } existing) return existing.Id;
        var company = new Company(CompanyId.New(), companyName, currency, timeZone);
        var branch = new Branch(BranchId.New(), company.Id, companyName, timeZone);
        db.Add(company);
        db.Add(branch);
        foreach (var (code, permissions) in StandardRoles.Grants)
            db.Add(new Role { Code = code, Name = code, BuiltIn = true, Permissions = [.. permissions], Scope = code == StandardRoles.Driver ? ActorScope.Own : ActorScope.All });
        await db.SaveChangesAsync(ct);
        return branch.Id;
    }
}
