using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Sales.Intake;

/// <summary>Clients as files of sales name them.</summary>
internal static class ImportedClients
{
    /// <summary>Clients by the names that rows give, within the reach of who brought the file; those the base lacks are added where the run creates what is missing, and are absent otherwise.</summary>
    public static async Task<Dictionary<string, PartnerId>> OfAsync(PortalDb db, ImportRun run, IEnumerable<string> named, DateTimeOffset now, CancellationToken ct)
    {
        var names = named.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var found = await PartnerNames.FindAsync((NpgsqlConnection)db.Database.GetDbConnection(), names, run.Bringer, ct);
        if (!run.CreateMissing) return found;
        var fresh = new List<object>();
        foreach (var name in names.Where(n => !found.ContainsKey(n)))
        {
            var client = new Partner(PartnerId.New(), name, PartnerKinds.Client);
            if (run.Scope != ActorScope.All) client.HandTo(run.ByUser, run.Branch is { } own ? new BranchId(own) : null);
            fresh.Add(client);
            fresh.Add(new TimelineEntry(client.Id, "partner.added", new(ObjectKind.Partner, client.Id.Value), name, now, run.Importer));
            found[name] = client.Id;
        }
        await db.InsertAsync(fresh, now, ct);
        return found;
    }

    /// <summary>Refuses a row that names a client who is not among those found.</summary>
    public static void Require(ImportRow row, string? client, Dictionary<string, PartnerId> found)
    {
        if (client is not null && !found.ContainsKey(client)) row.Refuse("client-unknown", client);
    }
}
