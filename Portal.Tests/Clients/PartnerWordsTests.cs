using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;
using Portal.Tests.Work;

namespace Portal.Tests.Clients;

/// <summary>The text of a client that the list looks through follows whatever changes a part of it.</summary>
public sealed class PartnerWordsTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private readonly string tag = Guid.NewGuid().ToString("N")[..8];

    private T Job<T>() where T : notnull => office.Services.GetRequiredService<T>();

    private Task<Actor> SellerAsync() => office.PersonAsync($"Lovage {Guid.NewGuid():N}", Permissions.ClientsRead, Permissions.ClientsManage);

    private async Task<IEnumerable<string>> HeldAsync(string text, Actor actor) =>
        (await Job<PartnerListQuery>().ListAsync(new(text), PartnerSort.Name, false, Slice.All, actor, default)).Rows.Select(r => r.Name);

    [Fact]
    public async Task Words_OfAllThatBelongsToAClient_AreFoundTogether_AndFollowItsChanges()
    {
        var seller = await SellerAsync();
        var name = $"Medlar {tag}";
        var id = await Job<PartnerRegistry>().AddAsync(new(name, PartnerKinds.Client, Phone: "+1 702 555 0143"), seller, default);
        var role = await Job<ContactRegistry>().AddAsync(id, null, new("Clover Quince", "buyer", "+1 703 555 0188"), seller, default);
        await Job<CounterpartyRegistry>().AddAsync(id, new($"Wold Bakers {tag}", "GB", null, $"TX{tag}"), seller, default);
        await Job<PlaceRegistry>().AddAsync(id, new("Yard", null, new("GB", null, "Ashford", "Heron Lane", "3", null), PlacePurposes.Office, null, null, null, null), seller, default);

        Assert.Equal([name], await HeldAsync($"medlar {tag} clover ashford", seller));
        Assert.Equal([name], await HeldAsync($"heron bakers tx{tag}", seller));
        Assert.Equal([name], await HeldAsync("(703) 555-01-88", seller));
        Assert.Empty(await HeldAsync($"{tag} clover sedge", seller));

        await using var db = office.Open();
        var person = await db.Set<ContactRole>().Where(r => r.Id == role).Select(r => r.Person).SingleAsync();
        (await db.Set<Person>().SingleAsync(p => p.Id == person)).Describe("Sedge Quince", null, null);
        await db.SaveChangesAsync();
        Assert.Equal([name], await HeldAsync($"{tag} sedge", seller));
        Assert.Empty(await HeldAsync($"{tag} clover", seller));

        db.Remove(await db.Set<ContactRole>().SingleAsync(r => r.Id == role));
        await db.SaveChangesAsync();
        Assert.Empty(await HeldAsync($"{tag} sedge", seller));
    }

    [Fact]
    public async Task Words_OfAContactThatAStatementMoves_GoAlongAndBack()
    {
        var seller = await SellerAsync();
        var (stays, goes) = (await Job<PartnerRegistry>().AddAsync(new($"Stay {tag}", PartnerKinds.Client), seller, default), await Job<PartnerRegistry>().AddAsync(new($"Go {tag}", PartnerKinds.Client), seller, default));
        await Job<ContactRegistry>().AddAsync(goes, null, new($"Burdock {tag}", "buyer"), seller, default);
        await using var connection = await Job<NpgsqlDataSource>().OpenConnectionAsync();

        await MoveAsync(connection, goes, stays);
        Assert.Equal([$"Stay {tag}"], await HeldAsync($"burdock {tag}", seller));

        await MoveAsync(connection, stays, goes);
        Assert.Equal([$"Go {tag}"], await HeldAsync($"burdock {tag}", seller));
    }

    // as a merge moves contacts: by statements of the database
    private static async Task MoveAsync(NpgsqlConnection connection, PartnerId from, PartnerId to)
    {
        await using var move = new NpgsqlCommand("update clients.contact_role set partner = $2 where partner = $1", connection) { Parameters = { new() { Value = from.Value }, new() { Value = to.Value } } };
        await move.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task Words_WhenTwoChangePartsOfOneClientAtOnce_HoldBoth()
    {
        var seller = await SellerAsync();
        var id = await Job<PartnerRegistry>().AddAsync(new($"Rampion {tag}", PartnerKinds.Client), seller, default);
        await using var first = await Job<NpgsqlDataSource>().OpenConnectionAsync();
        await using var second = await Job<NpgsqlDataSource>().OpenConnectionAsync();
        await using var earlier = await first.BeginTransactionAsync();
        await using var later = await second.BeginTransactionAsync();
        await WriteAsync(first, id, "Hyssop");
        await WriteAsync(second, id, "Borage");

        // the earlier has written and not committed when the later begins to
        await using (var write = new NpgsqlCommand("set constraints all immediate", first)) await write.ExecuteNonQueryAsync();
        var waiting = later.CommitAsync();
        await Wait.UntilAsync(async () =>
        {
            await using var waits = Job<NpgsqlDataSource>().CreateCommand($"select exists (select from pg_locks where pid = {second.ProcessID} and not granted)");
            return await waits.ExecuteScalarAsync() is true;
        }, "the wait of the later");
        await earlier.CommitAsync();
        await waiting;

        Assert.Equal([$"Rampion {tag}"], await HeldAsync($"{tag} hyssop borage", seller));
    }

    private static async Task WriteAsync(NpgsqlConnection connection, PartnerId partner, string title)
    {
        await using var write = new NpgsqlCommand("insert into core.search_entry (kind, object_id, title, text, partner, heard) values ('Place', gen_random_uuid(), $1, '', $2, '')", connection) { Parameters = { new() { Value = title }, new() { Value = partner.Value } } };
        await write.ExecuteNonQueryAsync();
    }
}
