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
        await using var db = await contexts.CreateDbContextAsync(ct);
        var staff = await StaffNames.ReadAsync(db, ct);
        var terms = new IntakeTerms("—", run.Scope <= ActorScope.Team ? run.ByUser : null, run.Scope != ActorScope.All && run.Branch is { } branch ? new BranchId(branch) : null, staff.Find);
        return new ClientsPass(run, terms, contexts, keys, time);
    }
}
