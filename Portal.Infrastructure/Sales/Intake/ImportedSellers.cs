using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Sales.Intake;

/// <summary>
/// Our people as files name them, by name, sign-in or mail address whatever the case. Who is not here becomes a blocked user without a password or a role:
/// nobody can sign in as him, but his deals have a manager, and he finds them should he come to work here.
/// </summary>
internal sealed class ImportedSellers
{
    private readonly Dictionary<string, HashSet<Guid>> byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Guid, BranchId?> branches = [];
    private readonly HashSet<string> signIns = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads who is here, those who left among them.</summary>
    public static async Task<ImportedSellers> ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var sellers = new ImportedSellers();
        await using var command = new NpgsqlCommand("select id, display_name, user_name, email, branch from identity.portal_user where partner is null order by blocked, id", connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var id = rows.GetGuid(0);
            sellers.branches[id] = rows.IsDBNull(4) ? null : new BranchId(rows.GetGuid(4));
            for (var column = 1; column < 4; column++)
                if (!rows.IsDBNull(column)) sellers.Know(rows.GetString(column), id);
            if (!rows.IsDBNull(2)) sellers.signIns.Add(rows.GetString(2));
        }
        return sellers;
    }

    /// <summary>The one of that name; null where nobody or several have it.</summary>
    public Guid? Find(string? name) => name is not null && byName.TryGetValue(name.Trim(), out var ids) && ids.Count == 1 ? ids.First() : null;

    /// <summary>True where several have the name.</summary>
    public bool IsShared(string name) => byName.TryGetValue(name.Trim(), out var ids) && ids.Count > 1;

    /// <summary>The branch somebody works in.</summary>
    public BranchId? BranchOf(Guid? seller) => seller is { } id ? branches.GetValueOrDefault(id) : null;

    /// <summary>Opens blocked accounts for those of the names that nobody has; saved with the context.</summary>
    public void Open(PortalDb db, IEnumerable<string> names, BranchId? branch)
    {
        foreach (var name in names.Select(n => n.Trim()).Distinct(StringComparer.OrdinalIgnoreCase).Where(n => !byName.ContainsKey(n)))
        {
            var user = new PortalUser
            {
                Id = Guid.CreateVersion7(), DisplayName = name, UserName = SignIn(name), Blocked = true, MustChangePassword = true, LockoutEnabled = true, Branch = branch,
                SecurityStamp = Guid.NewGuid().ToString("n"), ConcurrencyStamp = Guid.NewGuid().ToString("n"),
            };
            user.NormalizedUserName = user.UserName!.ToUpperInvariant();
            db.Add(user);
            branches[user.Id] = branch;
            Know(name, user.Id);
        }
    }

    private void Know(string name, Guid id)
    {
        if (name.Length > 0 && !byName.TryAdd(name, [id])) byName[name].Add(id);
    }

    private string SignIn(string name)
    {
        var plain = ColumnMap.Normalised(name).Replace(' ', '.');
        plain = plain.Length == 0 ? "seller" : plain.Length > 60 ? plain[..60] : plain;
        var signIn = plain;
        for (var next = 2; !signIns.Add(signIn); next++) signIn = $"{plain}.{next}";
        return signIn;
    }
}
