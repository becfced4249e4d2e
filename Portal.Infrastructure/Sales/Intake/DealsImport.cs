using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Sales.Intake;

/// <summary>
/// Deals as another program kept them, each with where it stands or how it ended. Clients, sellers, pipelines and stages that the base lacks are created on request;
/// a deal without a client stays without one. The history before the file is not known: a deal has one stay, from its opening on.
/// </summary>
public sealed class DealsImport(IDbContextFactory<PortalDb> contexts, TimeProvider time) : IImportKind
{
    /// <inheritdoc/>
    public string Code => "deals";

    /// <inheritdoc/>
    public string Permission => Permissions.SalesImport;

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns => OpportunityColumns.All;

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return new DealsPass(
            run, await db.FindCompanyCurrencyAsync(ct) ?? throw new RuleBrokenException("import.no-branch"),
            await ImportedPipelines.ReadAsync(contexts, run, connection, ct), await ImportedSellers.ReadAsync(connection, ct), await ImportedProducts.ReadAsync(connection, ct),
            await db.Set<LeadSource>().AsNoTracking().ToListAsync(ct), await db.Set<LossReason>().AsNoTracking().ToListAsync(ct), time);
    }
}
