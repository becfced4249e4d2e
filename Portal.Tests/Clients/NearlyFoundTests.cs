using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Intake;
using Portal.Infrastructure.Database;
using Portal.Tests.Work;

namespace Portal.Tests.Clients;

/// <summary>The text field of the list of clients: what it holds in either alphabet, and what reads nearly so where nothing holds it.</summary>
public sealed class NearlyFoundTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private PartnerRegistry Partners => office.Services.GetRequiredService<PartnerRegistry>();

    private async Task<Actor> SellerAsync(ActorScope scope = ActorScope.All, ConfidentialFields hidden = ConfidentialFields.None) =>
        (await office.PersonAsync($"Fennel {Guid.NewGuid():N}", Permissions.ClientsRead, Permissions.ClientsManage)) with { Scope = scope, Hidden = hidden };

    private async Task<IEnumerable<string>> HeldAsync(string text, Actor actor) => (await ListAsync(new(text), actor)).Rows.Select(r => r.Name);

    private Task<PageOf<PartnerRow>> ListAsync(PartnerFilter filter, Actor actor) =>
        office.Services.GetRequiredService<PartnerListQuery>().ListAsync(filter, PartnerSort.Name, false, Slice.All, actor, default);

    private Task<PageOf<PartnerRow>> NearlyAsync(PartnerFilter filter, Actor actor, Slice? slice = null) =>
        office.Services.GetRequiredService<PartnerListQuery>().NearlyAsync(filter, PartnerSort.Name, false, slice ?? Slice.All, actor, default);

    [Theory]
    [InlineData("Sornel", "Sorrel Works")]
    [InlineData("Sorerl Wokrs", "Sorrel Works")]
    [InlineData("sorrelworks", "Sorrel Works")]
    [InlineData("Terebyn", "Теребінь Буд")]
    [InlineData("Tymiyanova 15", "Sorrel Works")]
    [InlineData("Тиміянова вулеця", "Sorrel Works")]
    public async Task Nearly_ForgivesSwappedLetters_TypingErrors_AndSpellings(string typed, string expected)
    {
        var seller = await SellerAsync();
        if (!(await HeldAsync("Sorrel Works", seller)).Any())
        {
            var id = await Partners.AddAsync(new("Sorrel Works", PartnerKinds.Client), seller, default);
            await office.Services.GetRequiredService<PlaceRegistry>().AddAsync(id, new("Тиміянова 15", null, new("UA", null, "Суми", "Тиміянова вулиця", "15", null), PlacePurposes.Office, null, null, null, null), seller, default);
            await Partners.AddAsync(new("Теребінь Буд", PartnerKinds.Client), seller, default);
        }

        Assert.DoesNotContain(expected, await HeldAsync(typed, seller));
        Assert.Equal([expected], (await NearlyAsync(new(typed), seller)).Rows.Select(r => r.Name));
    }

    [Fact]
    public async Task List_HoldsANameInEitherAlphabet()
    {
        var seller = await SellerAsync();
        foreach (var name in new[] { "Горицвіт", "Horitsvit Export", "Goritsvit" }) await Partners.AddAsync(new(name, PartnerKinds.Client), seller, default);

        Assert.Equal(["Goritsvit", "Горицвіт"], (await HeldAsync("Goritsvit", seller)).Order(StringComparer.Ordinal));
        Assert.Equal(["Goritsvit", "Горицвіт"], (await HeldAsync("горицвіт", seller)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task YoAndYe_AreOneLetter_InTheListOfClients_ItsTitlesInCtrlK_AndAddresses()
    {
        var seller = await SellerAsync();
        foreach (var name in new[] { "Астрёнов Ёлкин", "Астренов Елкин", "Астренов Прохор Елкинский" }) await Partners.AddAsync(new(name, PartnerKinds.Client), seller, default);
        var dotted = await Partners.AddAsync(new("Аконит", PartnerKinds.Client), seller, default);
        await office.Services.GetRequiredService<PlaceRegistry>().AddAsync(dotted, new("Склад", null, new("RU", null, "Орёлсквер", "улица Хмелёва", "4", null), PlacePurposes.Office, null, null, null, null), seller, default);

        foreach (var typed in new[] { "астренов елкин", "АСТРЁНОВ ЁЛКИН" })
        {
            Assert.Equal(3, (await HeldAsync(typed, seller)).Count());
            var found = await office.Services.GetRequiredService<SearchQuery>().FindAsync(typed, seller, default);
            Assert.Equal(["Астренов Елкин", "Астрёнов Ёлкин"], found.Take(2).Select(r => r.Title).Order(StringComparer.Ordinal));
        }
        foreach (var typed in new[] { "орелсквер хмелева", "Орёлсквер Хмелёва" }) Assert.Equal(["Аконит"], await HeldAsync(typed, seller));
        Assert.Equal(["Астрёнов Ёлкин"], (await office.Services.GetRequiredService<SearchQuery>().FindAsync("Astryonov", seller, default)).Select(r => r.Title));
    }

    [Fact]
    public async Task Nearly_ShowsOnlyWhomTheReaderReaches_AndWhomTheOtherFiltersMean_ByPages()
    {
        var (all, own) = (await SellerAsync(), await SellerAsync(ActorScope.Own));
        foreach (var letter in "abc") await Partners.AddAsync(new($"Calendula {letter}", letter == 'c' ? PartnerKinds.Supplier : PartnerKinds.Client), all, default);
        await Partners.AddAsync(new("Calendula own", PartnerKinds.Client), own, default);

        Assert.Equal(["Calendula own"], (await NearlyAsync(new("Calednula"), own)).Rows.Select(r => r.Name));
        Assert.Equal(["Calendula c"], (await NearlyAsync(new("Calednula", PartnerKinds.Supplier), all)).Rows.Select(r => r.Name));
        var page = await NearlyAsync(new("Calendulla"), all, new(2, 2));
        Assert.Equal(["Calendula c", "Calendula own"], page.Rows.Select(r => r.Name));
        Assert.Equal(4, page.Total);
    }

    [Fact]
    public async Task File_OfWhatIsOnlySimilar_IsRefusedInWords_AndOfNothingAtAllIsEmpty()
    {
        var seller = await office.PersonAsync($"Fennel {Guid.NewGuid():N}", Permissions.ClientsRead, Permissions.ClientsManage, Permissions.ClientsExport);
        await Partners.AddAsync(new("Wormwood Guild", PartnerKinds.Client), seller, default);

        Assert.Equal("clients.only-similar", (await Assert.ThrowsAsync<RuleBrokenException>(() => FileAsync("Wormwodo", seller))).Code);
        Assert.Equal("Wormwood Guild", Assert.Single(await FileAsync("Wormwood", seller)).Client!.Name);
        Assert.Empty(await FileAsync("zzqqxxjjvv", seller));
    }

    private Task<IReadOnlyList<ClientFileRow>> FileAsync(string text, Actor actor) =>
        office.Services.GetRequiredService<ClientFileQuery>().ReadAsync(new(text), PartnerSort.Name, false, actor, default);

    [Theory]
    [InlineData("cropsrye")]
    [InlineData("corpsrey@tansy.example")]
    public async Task Nearly_DoesNotFindOutWhatIsHiddenFromTheReader(string typed)
    {
        var (knows, reader) = (await SellerAsync(), await SellerAsync(hidden: ConfidentialFields.Mails | ConfidentialFields.Phones));
        var name = $"Yarrow {Guid.NewGuid():N}"[..15];
        await Partners.AddAsync(new(name, PartnerKinds.Client, Email: "corpsrye@tansy.example", Responsible: knows.UserId), knows, default);

        Assert.Contains(name, (await NearlyAsync(new(typed), knows)).Rows.Select(r => r.Name));
        Assert.Contains(name, (await office.Services.GetRequiredService<SearchQuery>().FindAsync(typed, knows, default)).Select(r => r.Title));
        Assert.Empty((await NearlyAsync(new(typed), reader)).Rows);
        Assert.Empty(await office.Services.GetRequiredService<SearchQuery>().FindAsync(typed, reader, default));
    }
}
