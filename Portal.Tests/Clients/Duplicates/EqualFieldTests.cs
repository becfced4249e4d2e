using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Database;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Duplicates;

/// <summary>The list of clients who share a value with another.</summary>
public sealed class EqualFieldTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private T Get<T>() where T : notnull => office.Services.GetRequiredService<T>();

    private async Task<string[][]> ListAsync(EqualField field, Actor actor, PartnerFilter? filter = null)
    {
        await Get<PartnerKeys>().CatchUpAsync(int.MaxValue, default);
        var rows = (await Get<PartnerListQuery>().ListAsync((filter ?? new()) with { Equal = field }, PartnerSort.Name, false, Slice.All, actor, default)).Rows;
        // equal ones stand together
        Assert.Equal(rows.Select(r => r.Group), rows.Select(r => r.Group).Order());
        return [.. rows.GroupBy(r => r.Group).Select(g => g.Select(r => r.Name).Order().ToArray())];
    }

    [Fact]
    public async Task List_ByEqualField_GroupsThoseWhoShareIt_WithinReach()
    {
        var seller = await office.PersonAsync("Equal Sage", Permissions.ClientsRead, Permissions.ClientsManage);
        var own = (await office.PersonAsync("Own Sage", Permissions.ClientsRead, Permissions.ClientsManage)) with { Scope = ActorScope.Own };
        var partners = Get<PartnerRegistry>();
        async Task<PartnerId> Add(string name, string? phone, string? mail, string? tax, string? house, Guid? responsible = null)
        {
            var id = await partners.AddAsync(new(name, PartnerKinds.Client, Phone: phone, Email: mail, Responsible: responsible), seller, default);
            if (tax is not null) await Get<CounterpartyRegistry>().AddAsync(id, new($"{name} Ltd", "UA", null, tax), seller, default);
            if (house is not null) await Get<PlaceRegistry>().AddAsync(id, new("Office", null, new("UA", null, "Київ", "вул. Хрещатик", house, null)), seller, default);
            return id;
        }
        await Add("Sage One", "+380 67 111 22 33", "a@sage.example", "32855961", "22");
        await Add("Sage Two", "067 111-22-33", "b@sage.example", null, "23", own.UserId);
        await Add("Sage Three", "+380 67 111 22 44", "B@sage.example", "32 855 961", "22", own.UserId);
        await Add("Ялинка", null, null, null, null);
        await Add("ТОВ «Yalynka»", null, null, null, null);

        Assert.Equal([["Sage One", "Sage Three"]], await ListAsync(EqualField.TaxNumber, seller));
        Assert.Equal([["Sage One", "Sage Two"]], await ListAsync(EqualField.Phone, seller));
        Assert.Equal([["Sage Three", "Sage Two"]], await ListAsync(EqualField.Mail, seller));
        Assert.Equal([["Sage One", "Sage Three"]], await ListAsync(EqualField.Address, seller));
        Assert.Equal([["ТОВ «Yalynka»", "Ялинка"]], (await ListAsync(EqualField.Name, seller)).Select(g => g.OrderBy(n => n[0] == 'Я').ToArray()));
        // of whom the other is beyond reach, is not shown as equal to anybody
        Assert.Empty(await ListAsync(EqualField.Phone, own));
        Assert.Equal([["Sage Three", "Sage Two"]], await ListAsync(EqualField.Mail, own));
        Assert.Empty(await ListAsync(EqualField.Mail, seller, new("One")));
    }

    /// <summary>Whatever works on the whole filter works on those who are shown, not on the base.</summary>
    [Fact]
    public async Task Matching_ByEqualField_HoldsNobodyElse()
    {
        var seller = await office.PersonAsync("Matching Thyme", Permissions.ClientsRead, Permissions.ClientsManage);
        await Get<PartnerRegistry>().AddAsync(new("Lonely Thyme", PartnerKinds.Client, Phone: "+380 67 555 66 77"), seller, default);
        await Get<PartnerKeys>().CatchUpAsync(int.MaxValue, default);
        await using var db = office.Open();

        var matching = await Get<PartnerListQuery>().MatchingAsync(db, new(Text: "Lonely", Equal: EqualField.Phone), seller, default);

        Assert.Empty(matching);
    }
}
