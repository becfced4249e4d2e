using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Segments;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Segments;

/// <summary>A static segment of more clients than are read at once.</summary>
public sealed class SegmentRefreshTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    [Fact]
    public async Task Refresh_OfMoreThanIsReadAtOnce_HoldsThemAll()
    {
        const int clients = 2 * SegmentRegistry.AtOnce + 7;
        var head = await office.PersonAsync("Hal Mossgrove", Permissions.ClientsRead, Permissions.ClientsManage);
        await using var db = office.Open();
        await db.Database.ExecuteSqlAsync($"""
            insert into clients.partner (id, name, kinds, archived, standing, level) select gen_random_uuid(), 'Many ' || n, 1, false, 'Prospect', 'Single' from generate_series(1, {clients}) n
            """);
        var segments = office.Services.GetRequiredService<SegmentRegistry>();
        var id = await segments.AddAsync("Many", null, new(ConditionJoin.All, [new ConditionTest("name", ConditionOperator.StartsWith, ["Many"])]), true, head, default);

        await segments.RefreshAsync(id, head, default);
        await segments.RefreshAsync(id, head, default);

        Assert.Equal(clients, await db.Set<SegmentMember>().CountAsync(m => m.Segment == id));
    }
}
