using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>Whom a file means as the one who answers for a client.</summary>
/// <param name="Fault">code under which the row is refused, or null</param>
/// <param name="HasLeft">he is blocked: the client is taken in, and nobody answers for it</param>
internal readonly record struct StaffName(Guid? User, string? Fault = null, bool HasLeft = false);

/// <summary>Our people as files name them: by name, sign-in or mail address, whatever the case.</summary>
internal sealed class StaffNames
{
    private readonly Dictionary<string, HashSet<One>> people = new(StringComparer.OrdinalIgnoreCase);

    private sealed record One(Guid Id, bool Blocked, bool SeesClients);

    private StaffNames() { }

    /// <summary>All of staff, those who have left among them.</summary>
    public static async Task<StaffNames> ReadAsync(PortalDb db, CancellationToken ct)
    {
        var staff = new StaffNames();
        var seeing = db.Set<PortalUser>().Holding(Permissions.ClientsRead, db).Select(u => u.Id);
        foreach (var user in await db.Set<PortalUser>().Where(u => u.Partner == null).Select(u => new { u.Id, u.DisplayName, u.UserName, u.Email, u.Blocked, Sees = seeing.Contains(u.Id) }).ToListAsync(ct))
            foreach (var name in new[] { user.DisplayName, user.UserName, user.Email })
                if (name is { Length: > 0 } && !staff.people.TryAdd(name, [new(user.Id, user.Blocked, user.Sees)])) staff.people[name].Add(new(user.Id, user.Blocked, user.Sees));
        return staff;
    }

    /// <summary>The one of that name who is still here, else one who has left.</summary>
    public StaffName Find(string name)
    {
        if (!people.TryGetValue(name.Trim(), out var found)) return new(null, "responsible-unknown");
        return found.Where(one => !one.Blocked).ToList() switch
        {
            [var only] => only.SeesClients ? new(only.Id) : new(null, "responsible-without-clients"),
            [] => new(null, HasLeft: true),
            _ => new(null, "responsible-several"),
        };
    }
}
