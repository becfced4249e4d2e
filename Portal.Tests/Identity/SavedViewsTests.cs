using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Tests.Support;

namespace Portal.Tests.Identity;

public sealed class SavedViewsTests(PortalDatabase database) : IClassFixture<PortalDatabase>, IAsyncLifetime
{
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddPortalDb().AddIdentityFeature().BuildServiceProvider();
    private readonly string page = $"/{Guid.NewGuid():n}";
    private Actor ida = null!, tom = null!, chief = null!;

    private SavedViews Views => services.GetRequiredService<SavedViews>();

    public async Task InitializeAsync()
    {
        await services.GetRequiredService<FirstRun>().PrepareAsync("Testers", "EUR", "UTC", CancellationToken.None);
        (ida, tom, chief) = (await SomebodyAsync("Ida Reed"), await SomebodyAsync("Tom Hale"), await SomebodyAsync("Vera Stone", Permissions.UsersManage));
    }

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Fact]
    public async Task Save_UnderANameThatIsThere_IsRefused_UntilReplacingIsMeant_AndKeepsTheSharing()
    {
        await Views.SaveAsync(page, "Late", "late=true", shared: true, replace: false, ida);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Views.SaveAsync(page, "Late", "q=x", shared: null, replace: false, ida));
        Assert.Equal("identity.view-name-taken", refusal.Code);
        Assert.Equal("late=true", (await OnlyAsync(ida)).Query);

        await Views.SaveAsync(page, "Late", "q=x", shared: null, replace: true, ida);
        Assert.Equal(("q=x", true), (await OnlyAsync(ida)) is var kept ? (kept.Query, kept.Shared) : default);

        await Views.SaveAsync(page, "Late", "q=x", shared: false, replace: true, ida);
        Assert.False((await OnlyAsync(ida)).Shared);
    }

    [Fact]
    public async Task Save_UnderTheNameOfAnothersSharedView_MakesAnOwnOne()
    {
        await Views.SaveAsync(page, "Late", "late=true", shared: true, replace: false, ida);

        await Views.SaveAsync(page, "Late", "q=mine", shared: null, replace: true, tom);

        Assert.Equal([("q=mine", "Tom Hale", true), ("late=true", "Ida Reed", false)], (await Views.OfPageAsync(page, tom)).Select(v => (v.Query, v.Owner, v.Own)));
        Assert.Equal("late=true", (await OnlyAsync(ida)).Query);
    }

    [Fact]
    public async Task Rename_ToANameThatIsThere_IsRefused_AndAnothersIsNotRenamed()
    {
        await Views.SaveAsync(page, "Late", "late=true", shared: true, replace: false, ida);
        await Views.SaveAsync(page, "Mill", "q=mill", shared: false, replace: false, ida);
        var mill = (await Views.OfPageAsync(page, ida)).Single(v => v.Name == "Mill");

        Assert.Equal("identity.view-name-taken", (await Assert.ThrowsAsync<RuleBrokenException>(() => Views.RenameAsync(mill.Id, "Late", ida))).Code);
        var late = Assert.Single(await Views.OfPageAsync(page, chief));
        Assert.Equal("identity.view-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => Views.RenameAsync(late.Id, "Other", chief))).Code);

        await Views.RenameAsync(mill.Id, "Old mill", ida);
        Assert.Equal(["Late", "Old mill"], (await Views.OfPageAsync(page, ida)).Select(v => v.Name));
    }

    [Fact]
    public async Task AnothersSharedView_IsTidiedOnlyByWhoManagesUsers_AndTheAuditKnowsWho()
    {
        await Views.SaveAsync(page, "Late", "late=true", shared: true, replace: false, ida);
        var view = await OnlyAsync(ida);

        foreach (var meddling in new Func<Task>[] { () => Views.ShareAsync(view.Id, false, tom), () => Views.RemoveAsync(view.Id, tom) })
            Assert.Equal("identity.not-allowed", (await Assert.ThrowsAsync<RuleBrokenException>(meddling)).Code);

        await Views.ShareAsync(view.Id, false, chief);
        Assert.Empty(await Views.OfPageAsync(page, chief));
        Assert.Equal("identity.view-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => Views.RemoveAsync(view.Id, chief))).Code);
        await Views.ShareAsync(view.Id, true, ida);
        await Views.RemoveAsync(view.Id, chief);

        Assert.Empty(await Views.OfPageAsync(page, ida));
        var trail = await services.GetRequiredService<AuditQuery>().FindAsync(new AuditFilter(null, "SavedView", view.Id, null), null, Actor.System("test"), CancellationToken.None);
        Assert.Equal([("removed", "Vera Stone"), ("changed", "Ida Reed"), ("changed", "Vera Stone"), ("added", "Ida Reed")], trail.Select(r => (r.Action, r.UserName)));
    }

    [Fact]
    public async Task DefaultView_IsOnePerPageAndUser_AndGoesWithTheView()
    {
        await Views.SaveAsync(page, "Late", "late=true", shared: true, replace: false, ida);
        await Views.SaveAsync(page, "Mill", "q=mill", shared: false, replace: false, ida);
        var (late, mill) = (await Views.OfPageAsync(page, ida)) is [var first, var second] ? (first, second) : throw new InvalidOperationException();

        await Views.OpenWithAsync(page, late.Id, ida);
        await Views.OpenWithAsync(page, late.Id, tom);
        await Views.OpenWithAsync(page, mill.Id, ida);
        Assert.Equal("identity.view-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => Views.OpenWithAsync(page, mill.Id, tom))).Code);
        Assert.Equal(["Mill"], (await Views.OfPageAsync(page, ida)).Where(v => v.Default).Select(v => v.Name));
        Assert.Equal(["Late"], (await Views.OfPageAsync(page, tom)).Where(v => v.Default).Select(v => v.Name));

        await Views.OpenWithAsync(page, null, ida);
        await Views.RemoveAsync(late.Id, ida);
        Assert.DoesNotContain(await Views.OfPageAsync(page, ida), v => v.Default);
        Assert.Empty(await Views.OfPageAsync(page, tom));
    }

    private async Task<SavedViewRow> OnlyAsync(Actor actor) => Assert.Single(await Views.OfPageAsync(page, actor), v => v.Own);

    private async Task<Actor> SomebodyAsync(string name, params string[] permissions)
    {
        var (id, _) = await services.GetRequiredService<UserAccounts>().OpenAsync(
            new($"{name} {Guid.NewGuid():n}", name, null, "en", "UTC", null, []), Actor.System("test"), CancellationToken.None);
        return new() { UserId = id, Name = name, Permissions = permissions.ToFrozenSet() };
    }
}
