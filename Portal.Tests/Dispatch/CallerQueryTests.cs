using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Dispatch;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public sealed class CallerQueryTests(DispatchYard yard) : IClassFixture<DispatchYard>
{
    private CallerQuery Callers => yard.Services.GetRequiredService<CallerQuery>();

    [Fact]
    public async Task Find_TellsClientsFirst_ThenPastCallersOnceEach()
    {
        var client = new Partner(PartnerId.New(), "Osprey Glass", PartnerKinds.Client);
        client.Reach("+000 555 0777", null);
        await yard.SaveAsync(client, new Partner(PartnerId.New(), "Osprey Metals", PartnerKinds.Supplier));
        for (var i = 0; i < 2; i++) await yard.TripAsync(Simple(yard.Clock.GetUtcNow()) with { CallerName = "Ursa Osprey", CallerPhone = "+000 555 0778" });

        var found = await Callers.FindAsync(" OSPREY ", yard.Ida);

        Assert.Equal([new Caller(client.Id, "Osprey Glass", "+000 555 0777"), new Caller(null, "Ursa Osprey", "+000 555 0778")], found);
        Assert.Equal(2, (await Callers.FindAsync("555 077", yard.Ida)).Count);
    }

    [Fact]
    public async Task Find_OfACallerOfAnotherBranch_TellsNothing()
    {
        await yard.TripAsync(Simple(yard.Clock.GetUtcNow()) with { CallerName = "Wilma Thrush" });

        Assert.NotEmpty(await Callers.FindAsync("thrush", yard.Ida));
        Assert.Empty(await Callers.FindAsync("thrush", yard.Ida with { Scope = ActorScope.Branch, BranchId = Guid.NewGuid() }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("w")]
    [InlineData("%%")]
    [InlineData("__")]
    public async Task Find_OfTooLittle_TellsNothing(string text)
    {
        await yard.TripAsync();

        Assert.Empty(await Callers.FindAsync(text, yard.Ida));
    }

    [Fact]
    public async Task Find_WithoutTheRight_IsRefused() =>
        Assert.Equal("identity.not-allowed", (await RefusalOfAsync(() => Callers.FindAsync("osprey", Person("Visitor", Permissions.BoardRead)))).Code);
}
