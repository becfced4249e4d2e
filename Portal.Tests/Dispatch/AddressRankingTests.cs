using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;

namespace Portal.Tests.Dispatch;

/// <summary>Places "Belindeta Market" (Via Galolela, 39) and "Pier Kiosk" (Quay Road 7) beside the streets Via Galolela (1–40), Heron Street and Heron Street North.</summary>
public sealed class AddressYard : IAsyncLifetime
{
    private readonly DispatchYard yard = new();

    public AddressQuery Addresses => yard.Services.GetRequiredService<AddressQuery>();
    public Actor Ida => yard.Ida;

    public async Task InitializeAsync()
    {
        await yard.InitializeAsync();
        var plane = new LocalPlane(Orders.Mill);
        StreetSegment Street(string name, double north) => new()
        {
            Name = name, Line = [plane.Unproject(0, north), plane.Unproject(400, north)], Left = new(1, 39), Right = new(2, 40), District = "Old Town",
        };
        yard.Services.GetRequiredService<Roads>().Replace(
            new TravelTimeEstimator(null, TravelExperience.None, TimeZoneInfo.Utc),
            new StreetDirectory(new RoadGraph([Street("Via Galolela", 0), Street("Heron Street", 300), Street("Heron Street North", 600)])));
        await yard.SaveAsync(
            Place.Free(PlaceId.New(), "Belindeta Market", "Via Galolela, 39", plane.Unproject(380, 10)),
            Place.Free(PlaceId.New(), "Pier Kiosk", "Quay Road 7", Orders.Harbour),
            Place.Free(PlaceId.New(), "Stall 100% Fruit", "Quay Road 8", Orders.Harbour));
    }

    public Task DisposeAsync() => yard.DisposeAsync();
}

public sealed class AddressRankingTests(AddressYard yard) : IClassFixture<AddressYard>
{
    private Task<IReadOnlyList<AddressHit>> FindAsync(string text) => yard.Addresses.FindAsync(text, null, null, yard.Ida);

    [Theory]
    [InlineData("Galolela 3", "Via Galolela, 3")]
    [InlineData("galolela, 3", "Via Galolela, 3")]
    [InlineData("Via Galolela 39", "Via Galolela, 39")]
    [InlineData("Heron Street 12", "Heron Street, 12")]
    public async Task Find_AStreetWithAHouse_PutsThatHouseFirst(string typed, string meant)
    {
        var first = (await FindAsync(typed))[0];

        Assert.True(first.Exact);
        Assert.EndsWith(meant, first.Stop.Address, StringComparison.Ordinal);
        Assert.NotNull(first.Stop.Point);
    }

    [Fact]
    public async Task Find_AHouseNumber_IsNoOtherHouse() =>
        Assert.DoesNotContain(await FindAsync("Galolela 3"), hit => hit.Stop.Address.Contains("39", StringComparison.Ordinal));

    [Theory]
    [InlineData("Galolela")]
    [InlineData("Heron 4")]
    [InlineData("Galolela 999")]
    public async Task Find_WhatIsNotSaidInFull_FindsButIsNotExact(string typed)
    {
        var hits = await FindAsync(typed);

        Assert.NotEmpty(hits);
        Assert.DoesNotContain(hits, hit => hit.Exact);
    }

    [Fact]
    public async Task Find_APlaceByName_KeepsTheNameInTheAddress()
    {
        var hit = Assert.Single(await FindAsync("belindeta market"));

        Assert.True(hit.Exact);
        Assert.Equal("Belindeta Market, Via Galolela, 39", hit.Stop.Address);
    }

    [Fact]
    public async Task Find_APercentSign_MeansItself()
    {
        Assert.Equal("Stall 100% Fruit", Assert.Single(await FindAsync("100% fruit")).Title);
        Assert.Empty(await FindAsync("k%sk"));
    }
}
