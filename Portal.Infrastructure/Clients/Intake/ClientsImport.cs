using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>
/// Clients from flat rows: each tells of a party with its legal entity, a contact person and an address; rows of one key are one client with several of them.
/// Without a key each row is a client of its own, known again by who and where it is.
/// </summary>
public sealed class ClientsImport(IDbContextFactory<PortalDb> contexts, PartnerKeys keys, TimeProvider time) : IImportKind
{
    /// <inheritdoc/>
    public string Code => "clients";

    /// <inheritdoc/>
    public string Permission => Permissions.ClientsImport;

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns => ClientColumns.All;

    /// <inheritdoc/>
    public bool CreatesMissing => false;

    /// <inheritdoc/>
    public bool HasCountry => true;

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct)
    {
        var staff = await StaffAsync(connection, ct);
        var terms = new IntakeTerms("—", run.Scope <= ActorScope.Team ? run.ByUser : null, run.Scope != ActorScope.All && run.Branch is { } branch ? new BranchId(branch) : null, name => staff.GetValueOrDefault(name.Trim()) is { Count: 1 } one ? one.First() : null);
        return new ClientsPass(run, terms, contexts, keys, time);
    }

    /// <summary>Our people by name and by mail address, whatever the case.</summary>
    private static async Task<Dictionary<string, HashSet<Guid>>> StaffAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select id, display_name, email from identity.portal_user where not blocked and partner is null", connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var staff = new Dictionary<string, HashSet<Guid>>(StringComparer.OrdinalIgnoreCase);
        while (await rows.ReadAsync(ct))
            foreach (var name in new[] { rows.GetString(1), rows.IsDBNull(2) ? null : rows.GetString(2) })
                if (name is { Length: > 0 } && !staff.TryAdd(name, [rows.GetGuid(0)])) staff[name].Add(rows.GetGuid(0));
        return staff;
    }
}
