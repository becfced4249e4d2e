using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Clients.Intake;
using Portal.Infrastructure.Database;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Duplicates;

/// <summary>Equal ones in a base of more clients, and of more groups, than are looked at in one piece.</summary>
public sealed class EqualAmongManyTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private const int Lost = 5_000, Active = 51_000;

    /// <summary>The lost ones share phones two by two, and their numbers come first; of the active ones only the last two share one.</summary>
    [Fact]
    public async Task Groups_OfAFilteredList_AreFoundWhateverTheRestOfTheBaseShares_AndACutIsTold()
    {
        var head = await office.PersonAsync("Petra Plenty", Permissions.ClientsRead, Permissions.ClientsManage, Permissions.ClientsExport);
        var first = await Get<PartnerRegistry>().AddAsync(new("Plenty", PartnerKinds.Client), head, default);
        await Get<PartnerKeys>().CatchUpAsync(int.MaxValue, default);
        await DoAsync("alter table clients.partner disable trigger user");
        await DoAsync($"""
            with made as (
                insert into clients.partner
                select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'name', 'Plenty ' || n, 'standing', case when n <= {Lost} then 'Lost' else 'Active' end))).*
                from clients.partner p cross join generate_series(1, {Lost + Active}) n where p.id = '{first.Value}' returning id, substr(name, 8)::int as n)
            insert into clients.partner_key (key, partner)
            select (2::bigint << 56) + case when n <= {Lost} then (n + 1) / 2 else 100000 + least(n, {Lost + Active - 1}) end, id from made
            """);
        await DoAsync("alter table clients.partner enable trigger user");
        await DoAsync("analyze clients.partner, clients.partner_key");

        var active = await ListAsync(new(Standing: PartnerStanding.Active), head);
        var lost = await ListAsync(new(Standing: PartnerStanding.Lost), head);
        var all = await ListAsync(new(), head);

        Assert.Equal([$"Plenty {Lost + Active - 1}", $"Plenty {Lost + Active}"], active.Rows.Select(r => r.Name).Order());
        Assert.False(active.More);
        Assert.Equal((4000, true), (lost.Total, lost.More));
        Assert.Equal((4000, true), (all.Total, all.More));
        // a file would hide that it is cut
        var file = Get<ClientFileQuery>();
        Assert.Equal("clients.equal-cut", (await Assert.ThrowsAsync<RuleBrokenException>(() => file.ReadAsync(new(Equal: EqualField.Phone), PartnerSort.Name, false, head, default))).Code);
        Assert.Equal(2, (await file.ReadAsync(new(Standing: PartnerStanding.Active, Equal: EqualField.Phone), PartnerSort.Name, false, head, default)).Count);
    }

    private Task<PageOf<PartnerRow>> ListAsync(PartnerFilter filter, Actor actor) =>
        Get<PartnerListQuery>().ListAsync(filter with { Equal = EqualField.Phone }, PartnerSort.Name, false, new(0, 50), actor, default);

    private async Task DoAsync(string sql)
    {
        await using var command = office.Owner.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    private T Get<T>() where T : notnull => office.Services.GetRequiredService<T>();
}
