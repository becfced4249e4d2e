using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public sealed class AddressQueryTests(DispatchYard yard) : IClassFixture<DispatchYard>
{
    private AddressQuery Addresses => yard.Services.GetRequiredService<AddressQuery>();

    [Fact]
    public async Task Find_OfAPartnersPlace_IsForThatPartnerAloneAndStandsFirst()
    {
        var (ours, theirs) = (await ClientAsync("Bluebird Trading"), await ClientAsync("Redstart Foods"));
        await yard.SaveAsync(
            Place.OfPartner(PlaceId.New(), ours, "Bluebird gate", "Tannery Row 5", Mill), Place.OfPartner(PlaceId.New(), theirs, "Redstart gate", "Tannery Row 6", Mill),
            Place.OfOurs(PlaceId.New(), yard.Branch, "A depot", "Tannery Row 7", Harbour), Place.Free(PlaceId.New(), "Baths", "Tannery Row 8", Harbour));

        var hits = await Addresses.FindAsync("row TANNERY", ours, null, yard.Ida);

        Assert.Equal(["Bluebird gate", "A depot", "Baths"], hits.Select(h => h.Title));
        Assert.Equal((AddressSource.CustomerPlace, (GeoPoint?)Mill, "Bluebird gate, Tannery Row 5"), (hits[0].Source, hits[0].Stop.Point, hits[0].Stop.Address));
        Assert.DoesNotContain(await Addresses.FindAsync("tannery", null, null, yard.Ida), h => h.Source == AddressSource.CustomerPlace);
    }

    [Theory]
    [InlineData("100%")]
    [InlineData("100_")]
    [InlineData("' or 1=1 --")]
    public async Task Find_OfSignsThatMeanSomethingToADatabase_TakesThemAsTheyAre(string text)
    {
        await yard.SaveAsync(Place.Free(PlaceId.New(), "Mall", "Hundred Alley 1001", Mill));

        Assert.Empty(await Addresses.FindAsync(text, null, null, yard.Ida));
    }

    [Fact]
    public async Task Find_WithoutText_TellsWhereTheCallerWasTakenLately_WithinTheBranch()
    {
        await yard.TripAsync(Simple(yard.Clock.GetUtcNow()) with { CallerName = "Zora Linden", Pickup = TripStop.At("Linden Court 1", Mill) });

        Assert.Contains(await Addresses.FindAsync("", null, "Zora Linden", yard.Ida), h => h.Title == "Linden Court 1" && h.Source == AddressSource.Recent);
        Assert.Empty(await Addresses.FindAsync("", null, "Zora Linden", yard.Ida with { Scope = ActorScope.Branch, BranchId = Guid.NewGuid() }));
        Assert.Empty(await Addresses.FindAsync("", null, null, yard.Ida));
    }

    [Theory]
    [InlineData("heron 11")]
    [InlineData("11 heron street")]
    public async Task Find_OfAHouse_IsItsPointOnTheKnownStreets(string text)
    {
        var plane = new LocalPlane(Mill);
        var graph = new RoadGraph([new StreetSegment { Name = "Heron Street", Line = [plane.Unproject(0, 0), plane.Unproject(100, 0)], Left = new(1, 21), Right = new(2, 22), District = "Old Town" }]);
        yard.Services.GetRequiredService<Roads>().Replace(new TravelTimeEstimator(graph, TravelExperience.None, TimeZoneInfo.Utc), new StreetDirectory(graph));

        var hit = Assert.Single(await Addresses.FindAsync(text, null, null, yard.Ida), h => h.Source == AddressSource.Street);

        Assert.Equal(("Heron Street, 11", "Old Town"), (hit.Title, hit.Note));
        Assert.Equal("Heron Street, 11", Addresses.At(hit.Stop.Point!.Value).Address);
        Assert.Equal("geo.off-globe", RefusalOf(() => Addresses.At(new(91, 0))));
    }

    [Fact]
    public async Task Find_WithoutTheRight_IsRefused() =>
        Assert.Equal("identity.not-allowed", (await RefusalOfAsync(() => Addresses.FindAsync("mill", null, null, Person("Visitor", Permissions.BoardRead)))).Code);

    private async Task<PartnerId> ClientAsync(string name)
    {
        var client = new Partner(PartnerId.New(), name, PartnerKinds.Client);
        await yard.SaveAsync(client);
        return client.Id;
    }
}
