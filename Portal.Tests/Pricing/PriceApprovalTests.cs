using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Processes;
using Portal.Tests.Processes;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Pricing;

/// <summary>Prices below the floor are decided about by others than those who ask.</summary>
public sealed class PriceApprovalTests(PriceApprovalTests.SalesOffice office) : IClassFixture<PriceApprovalTests.SalesOffice>
{
    /// <summary>An office with the product's maps.</summary>
    public sealed class SalesOffice : ProcessOffice
    {
        protected override void Furnish(IServiceCollection services) => services.AddSingleton<PriceApprovals>();

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await Library.PublishShippedAsync(default);
        }
    }

    private readonly ObjectRef offer = new(ObjectKind.Partner, Guid.NewGuid());

    private PriceApprovals Approvals => office.Services.GetRequiredService<PriceApprovals>();

    private static PriceMark[] Lines(string line, decimal? floor = null) => [new(line, floor)];

    private PriceRequest Request(decimal depth, string line = "abc") => new(offer, Lines(line), "Offer 17, 3 lines", new(1200, "EUR"), depth, "They take the next ten too");

    private static (string, Value)[] Says(bool approved) => [("approved", Value.Of(approved)), ("comment", Value.Of(approved ? null : "Too cheap"))];

    [Fact]
    public async Task Asked_IsNotDecidedByTheAsker_AndGrantedByTheHeadAlone_WhereItIsNotDeep()
    {
        var (asker, head) = (await office.AddAsync("Sel", "sales", "sales-head"), await office.AddAsync("Hugo", "sales-head"));
        var id = await Approvals.AskAsync(Request(5), asker, default);

        Assert.Equal(id, await Approvals.AskAsync(Request(5), asker, default));
        Assert.Null(await Approvals.FindAsync(offer, Lines("abc"), asker, default));
        Assert.Equal("process.four-eyes", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.CompleteAsync(id, "head", asker, Says(true)))).Code);
        await office.CompleteAsync(id, "head", head, Says(true));

        Assert.Equal((true, "Hugo"), await Approvals.FindAsync(offer, Lines("abc"), asker, default) is { } verdict ? (verdict.Granted, verdict.ByName) : default);
        Assert.Null(await Approvals.FindAsync(offer, Lines("other lines"), asker, default));
        Assert.Empty(await office.TasksAsync(id));
    }

    [Fact]
    public async Task Deep_GoesOnToADirector_WhoIsNotTheHead()
    {
        var (asker, head, director) = (await office.AddAsync("Sel", "sales"), await office.AddAsync("Hugo", "sales-head", "director"), await office.AddAsync("Dora", "director"));
        var id = await Approvals.AskAsync(Request(25), asker, default);

        await office.CompleteAsync(id, "head", head, Says(true));
        Assert.Null(await Approvals.FindAsync(offer, Lines("abc"), asker, default));
        Assert.Equal("process.four-eyes", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.CompleteAsync(id, "director", head, Says(true)))).Code);
        await office.CompleteAsync(id, "director", director, Says(false));

        Assert.Equal((false, "Too cheap", "Dora"), await Approvals.FindAsync(offer, Lines("abc"), asker, default) is { } verdict ? (verdict.Granted, verdict.Note, verdict.ByName) : default);
    }

    [Fact]
    public async Task Ask_ForWhatIsNotBelowTheFloor_IsRefused()
    {
        var asker = await office.AddAsync("Sel", "sales");

        Assert.Equal("pricing.nothing-to-approve", (await Assert.ThrowsAsync<RuleBrokenException>(() => Approvals.AskAsync(Request(0), asker, default))).Code);
        Assert.Equal("text.required", (await Assert.ThrowsAsync<RuleBrokenException>(() => Approvals.AskAsync(Request(3) with { Why = " " }, asker, default))).Code);
    }
}
