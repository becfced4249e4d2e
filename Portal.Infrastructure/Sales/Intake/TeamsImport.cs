using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Sales.Intake;

/// <summary>Sellers with their heads and branches: each head leads a team of those who name him. People who are not here get blocked accounts, as in a file of deals.</summary>
public sealed class TeamsImport(IDbContextFactory<PortalDb> contexts) : IImportKind
{
    /// <inheritdoc/>
    public string Code => "teams";

    /// <inheritdoc/>
    public string Permission => Permissions.UsersManage;

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("seller", true, "sales agent", "seller", "salesperson", "sales rep", "member", "employee", "продавец", "менеджер по продажам", "сотрудник", "продавець", "менеджер з продажу", "співробітник", "agent de vanzari", "vanzator", "angajat", "penjual", "karyawan"),
        new("head", true, "manager", "head", "team lead", "team leader", "sales manager", "руководитель", "начальник", "керівник", "начальник", "sef", "manager", "kepala", "atasan"),
        new("team", false, "team", "team name", "команда", "отдел", "відділ", "echipa", "tim"),
        new("branch", false, "branch", "regional office", "office", "region", "филиал", "офис", "регион", "філія", "офіс", "регіон", "filiala", "birou", "regiune", "cabang", "kantor"),
    ];

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return new Pass(run, await ImportedSellers.ReadAsync(connection, ct), await db.Set<Branch>().AsNoTracking().Where(b => !b.Archived).ToListAsync(ct));
    }

    private sealed class Pass(ImportRun run, ImportedSellers people, List<Branch> branches) : IImportPass
    {
        public void Check(ImportRow row)
        {
            var (seller, head, branch) = (row.RequiredText("seller", 100), row.RequiredText("head", 100), row.OneLine("branch", 200));
            _ = row.OneLine("team", 100);
            row.Document = seller?.ToLowerInvariant();
            foreach (var name in new[] { seller, head }.OfType<string>())
                if (people.IsShared(name) || !run.CreateMissing && people.Find(name) is null) row.Refuse("responsible-unknown", name);
            if (branch is not null && !run.CreateMissing && Find(branch) is null) row.Refuse("branch-unknown", branch);
        }

        public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
        {
            foreach (var row in rows)
            {
                var (seller, head) = (row.Text("seller", 100)!, row.Text("head", 100)!);
                var branch = await BranchAsync(db, row.Text("branch", 200), ct);
                people.Open(db, [head, seller], branch);
            }
            await db.SaveChangesAsync(ct);
            foreach (var of in rows.GroupBy(r => r.Text("team", 100) ?? r.Text("head", 100)!, StringComparer.OrdinalIgnoreCase))
            {
                var team = await TeamAsync(db, of.Key, people.Find(of.First().Text("head", 100))!.Value, ct);
                var there = await db.Set<TeamMember>().Where(m => m.Team == team.Id).Select(m => m.User).ToHashSetAsync(ct);
                foreach (var seller in of.Select(r => people.Find(r.Text("seller", 100))!.Value).Where(s => s != team.Head && there.Add(s))) db.Add(new TeamMember(team.Id, seller));
                if (there.Count > Team.MostMembers) throw new RuleBrokenException("identity.team-too-large", Team.MostMembers);
            }
            await db.SaveChangesAsync(ct);
            return rows.Count;
        }

        private Branch? Find(string name) => branches.Find(b => b.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

        private async Task<BranchId?> BranchAsync(PortalDb db, string? name, CancellationToken ct)
        {
            if (name is null) return run.Branch is { } own ? new BranchId(own) : null;
            if (Find(name) is { } known) return known.Id;
            var company = await db.Set<Company>().OrderBy(c => c.Id).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("import.no-branch");
            var added = new Branch(BranchId.New(), company.Id, name, company.TimeZone);
            branches.Add(added);
            db.Add(added);
            return added.Id;
        }

        private static async Task<Team> TeamAsync(PortalDb db, string name, Guid head, CancellationToken ct)
        {
            if (await db.Set<Team>().FirstOrDefaultAsync(t => t.Name.ToLower() == name.ToLower(), ct) is { } known) return known;
            var team = new Team(TeamId.New(), name, head);
            db.Add(team);
            return team;
        }
    }
}
