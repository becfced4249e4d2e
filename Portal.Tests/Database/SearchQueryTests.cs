using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;

namespace Portal.Tests.Database;

public sealed class SearchQueryTests(PortalDatabase database) : IClassFixture<PortalDatabase>, IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddPortalDb().BuildServiceProvider();

    public ValueTask DisposeAsync() => services.DisposeAsync();

    [Theory]
    [InlineData("10%_off", "Mill 10%_off")]
    [InlineData(@"c:\yard", @"Shop C:\Yard")]
    [InlineData("MILL 10%", "Mill 10%_off")]
    public async Task Find_WithSignsThatMeanSomethingToSql_FindsThemAsTheyStand(string typed, string expected)
    {
        var actor = Actor.System("test");
        await using (var db = services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(actor))
        {
            foreach (var name in new[] { "Mill 10%_off", "Mill 10x9off", @"Shop C:\Yard" })
                if (!await db.Set<Partner>().AnyAsync(p => p.Name == name)) db.Add(new Partner(PartnerId.New(), name, PartnerKinds.Client));
            await db.SaveChangesAsync();
        }

        var found = await services.GetRequiredService<SearchQuery>().FindAsync(typed, actor, CancellationToken.None);

        Assert.Equal(expected, Assert.Single(found).Title);
    }

    [Fact]
    public async Task Find_MeetsWhatBeginsWithTheTextFirst_InOrder_AndNothingTwice()
    {
        var actor = Actor.System("test");
        await using (var db = services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(actor))
        {
            foreach (var name in new[] { "Great Burdock", "Burdock Works", "Burdock", "Burdock Isle" }) db.Add(new Partner(PartnerId.New(), name, PartnerKinds.Client));
            await db.SaveChangesAsync();
        }

        var found = await services.GetRequiredService<SearchQuery>().FindAsync(" burdock ", actor, CancellationToken.None);

        Assert.Equal(["Burdock", "Burdock Isle", "Burdock Works", "Great Burdock"], found.Select(r => r.Title));
    }

    [Theory]
    [InlineData("ghbdtn", "Привет-Сервис")]
    [InlineData("їрпінь", "Їрпінь Буд")]
    [InlineData("руддщ", "Hello Bakery")]
    [InlineData("(700) 555-01-47", "Hello Bakery")]
    [InlineData("+17005550147", "Hello Bakery")]
    [InlineData("Helo Bakary", "Hello Bakery")]
    [InlineData("Привет-Сервсис", "Привет-Сервис")]
    [InlineData("Rwoan", "Rowan Supplies")]
    [InlineData("qauy chnadlers", "Quay Chandlers")]
    [InlineData("Qual Chandlers", "Quay Chandlers")]
    [InlineData("quaychandlers", "Quay Chandlers")]
    [InlineData("ПриветСервис", "Привет-Сервис")]
    [InlineData("Zhayvir", "Жайвір")]
    [InlineData("Zhaivir", "Жайвір")]
    [InlineData("Бублик", "Bublik House")]
    [InlineData("Ялинка", "Yalynka Toys")]
    [InlineData("Stiuca", "Știuca Mare")]
    [InlineData("privet-servis", "Привет-Сервис")]
    public async Task Find_ForgivesTheKeyboardLayout_TheFormatOfAPhone_AndTypingErrors(string typed, string expected)
    {
        var actor = Actor.System("test");
        await using (var db = services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(actor))
        {
            foreach (var name in new[] { "Привет-Сервис", "Їрпінь Буд", "Hello Bakery", "Quill Foundry", "Rowan Supplies", "Quay Chandlers", "Жайвір", "Bublik House", "Yalynka Toys", "Știuca Mare" })
                if (!await db.Set<Partner>().AnyAsync(p => p.Name == name))
                {
                    var partner = new Partner(PartnerId.New(), name, PartnerKinds.Client);
                    if (name == "Hello Bakery") partner.Reach("+1 700 555 0147", null);
                    db.Add(partner);
                }
            await db.SaveChangesAsync();
        }

        var found = await services.GetRequiredService<SearchQuery>().FindAsync(typed, actor, CancellationToken.None);

        Assert.Equal(expected, found[0].Title);
    }

    [Theory]
    [InlineData("Meaow Thimble", "Meadow Thimble")]
    [InlineData("meafow thimble", "Meadow Thimble")]
    [InlineData("Meander-Thible", "Meander-Thimble")]
    public async Task Find_WithALetterAmiss_FindsTheWordThatWasMeant_AndNothingMerelyAlike(string typed, string expected)
    {
        foreach (var title in new[] { "Meadow Thimble", "Meander Thimble", "Meander-Thimble" })
        {
            await using var statement = database.Owner.CreateCommand("insert into core.search_entry (kind, object_id, title, text) values ('Trip', md5($1)::uuid, $1, '') on conflict do nothing");
            statement.Parameters.Add(new() { Value = title });
            await statement.ExecuteNonQueryAsync();
        }

        var found = await services.GetRequiredService<SearchQuery>().FindAsync(typed, Actor.System("test"), CancellationToken.None);

        Assert.Equal(expected, Assert.Single(found).Title);
    }

    [Fact]
    public async Task TitleWords_OfManyTitles_StandOnce()
    {
        await using var statement = database.Owner.CreateCommand("insert into core.search_entry (kind, object_id, title, text) select 'Trip', gen_random_uuid(), 'Quince «Saffron» 40' || n, 'Tamarind' from generate_series(1, 3) n");
        for (var twice = 0; twice < 2; twice++) await statement.ExecuteNonQueryAsync();

        await using var words = database.Owner.CreateCommand("select string_agg(word, ' ' order by word) from core.title_word where word in ('quince', 'saffron', '401', 'tamarind')");
        Assert.Equal("quince saffron", await words.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Find_OfATitleThatAStatementWrote_KnowsTheOtherAlphabetAfterTheRound()
    {
        var search = services.GetRequiredService<SearchQuery>();
        await using (var statement = database.Owner.CreateCommand("insert into core.search_entry (kind, object_id, title, text) values ('Trip', gen_random_uuid(), '#7 Соломія', '')")) await statement.ExecuteNonQueryAsync();
        Assert.Empty(await search.FindAsync("Solomiya", Actor.System("test"), CancellationToken.None));

        await new HeardTitles(database.DataSource).CatchUpAsync(CancellationToken.None);

        Assert.Equal("#7 Соломія", Assert.Single(await search.FindAsync("Solomiya", Actor.System("test"), CancellationToken.None)).Title);
    }
}
