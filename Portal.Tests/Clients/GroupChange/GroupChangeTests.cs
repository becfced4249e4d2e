using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.GroupChange;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.GroupChange;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.GroupChange;

/// <summary>A field is set for many clients within reach, can be stopped, goes on after a cut and can be undone.</summary>
public sealed class GroupChangeTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private ChangeDesk Desk => office.Services.GetRequiredService<ChangeDesk>();
    private ChangeWork Work => office.Services.GetRequiredService<ChangeWork>();
    private ChangeQuery Query => office.Services.GetRequiredService<ChangeQuery>();
    private PartnerRegistry Partners => office.Services.GetRequiredService<PartnerRegistry>();
    private PartnerDetailsQuery Details => office.Services.GetRequiredService<PartnerDetailsQuery>();

    [Theory, InlineData(true, ChangeStop.UserBlocked), InlineData(false, ChangeStop.RightLost)]
    public async Task Change_OfWhoIsBlockedOrStripped_StopsWithItsReason_AndCanBeUndone(bool blocked, ChangeStop stop)
    {
        var (seller, manager) = (await office.SellerAsync(), (await office.SellerAsync()) with { Permissions = [Permissions.ClientsRead, Permissions.ClientsManage, Permissions.UsersManage] });
        var ids = await AddAsync(seller, 5);
        var id = await Desk.StartAsync(new(ClientField.Standing, null, nameof(PartnerStanding.Active)), new(ids, null), seller, default);
        await Work.StepAsync(id, 2, default);
        await using (var db = office.Open())
        {
            if (blocked) await db.Set<PortalUser>().Where(u => u.Id == seller.UserId).ExecuteUpdateAsync(u => u.SetProperty(x => x.Blocked, true));
            else await db.Set<UserRole>().Where(r => r.UserId == seller.UserId).ExecuteDeleteAsync();
        }
        office.Services.GetRequiredService<UserRights>().Forget();

        await Work.RunAsync(id, default);

        var stopped = (await Query.FindAsync(id, manager, default))!;
        Assert.Equal((ChangeState.Cancelled, stop, 2), (stopped.State, stopped.StoppedBy!.Value, stopped.Settled));
        await Work.RunAsync(await Desk.UndoAsync(id, manager, default), default);
        Assert.All(await ReadAsync(ids), p => Assert.Equal(PartnerStanding.Prospect, p.Standing));
    }

    [Fact]
    public async Task Change_OfWhoseReachHasShrunk_GoesNoFurtherThanThat()
    {
        var (seller, other) = (await office.SellerAsync(), await office.SellerAsync());
        var ids = (await AddAsync(seller, 1)).Concat(await AddAsync(other, 1)).ToList();
        var id = await Desk.StartAsync(new(ClientField.Standing, null, nameof(PartnerStanding.Active)), new(ids, null), seller, default);
        await using (var db = office.Open()) await db.Set<Role>().Where(r => r.Code == seller.Name).ExecuteUpdateAsync(r => r.SetProperty(x => x.Scope, ActorScope.Own));
        office.Services.GetRequiredService<UserRights>().Forget();

        await Work.RunAsync(id, default);

        var done = (await Query.FindAsync(id, seller, default))!;
        Assert.Equal((1, 1), (done.Of(ChangeOutcome.Changed), done.Of(ChangeOutcome.OutOfReach)));
    }

    private async Task<List<PartnerId>> AddAsync(Actor seller, int count, PartnerDetails? like = null)
    {
        var ids = new List<PartnerId>();
        for (var i = 0; i < count; i++) ids.Add(await Partners.AddAsync((like ?? new("", PartnerKinds.Client)) with { Name = $"Many {i:00} {Guid.NewGuid():N}"[..20], Responsible = seller.UserId }, seller, default));
        return ids;
    }

    private async Task<List<Partner>> ReadAsync(IReadOnlyCollection<PartnerId> ids)
    {
        await using var db = office.Open();
        return await db.Set<Partner>().AsNoTracking().Where(p => ids.Contains(p.Id)).OrderBy(p => p.Name).ToListAsync();
    }

    private async Task<ChangeRow> DoAsync(ClientChange change, IReadOnlyCollection<PartnerId> ids, Actor actor)
    {
        var id = await Desk.StartAsync(change, new(ids, null), actor, default);
        await Work.RunAsync(id, default);
        return (await Query.FindAsync(id, actor, default))!;
    }

    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    [Fact]
    public async Task Change_OfTheResponsible_IsWrittenAsSingleChangesAre()
    {
        var (seller, next) = (await office.SellerAsync(), await office.SellerAsync());
        var ids = await AddAsync(seller, 3);

        var done = await DoAsync(new(ClientField.Responsible, null, next.UserId.ToString()), ids, seller);

        Assert.Equal((ChangeState.Done, 3, 3), (done.State, done.Total, done.Of(ChangeOutcome.Changed)));
        Assert.All(await ReadAsync(ids), p => Assert.Equal(next.UserId, p.Responsible));
        await using var db = office.Open();
        var (first, kind) = (ids[0].Value, nameof(ObjectKind.Partner));
        var told = await db.Set<TimelineEntry>().SingleAsync(e => e.Partner == ids[0] && e.What == "partner.handed");
        Assert.Equal((next.Name, seller.Name), (told.Words, told.ByName));
        var audited = await db.Set<AuditRow>().Where(r => r.ObjectKind == kind && r.ObjectId == first).OrderByDescending(r => r.Id).FirstAsync();
        Assert.Equal((seller.UserId, "changed"), (audited.UserId, audited.Action));
        Assert.Contains(next.UserId.ToString(), audited.After);
    }

    [Fact]
    public async Task Preview_SaysWhatChanges_WhatIsSo_AndWhatIsRefused()
    {
        var seller = await office.SellerAsync();
        var clients = await AddAsync(seller, 2);
        var both = await AddAsync(seller, 1, new("", PartnerKinds.Client | PartnerKinds.Supplier));
        var agents = await AddAsync(seller, 1, new("", PartnerKinds.Agent));
        List<PartnerId> all = [.. clients, .. both, .. agents];
        var change = new ClientChange(ClientField.Kind, nameof(PartnerKinds.Client), ClientChange.No);

        var preview = await Desk.PreviewAsync(change, new(all, null), seller, default);

        Assert.Equal((4, 1, 1, 0), (preview.Total, preview.Changes, preview.Same, preview.OutOfReach));
        Assert.Equal((both[0], ClientChange.Yes, ClientChange.No), (preview.Examples.Single().Id, preview.Examples.Single().Before, preview.Examples.Single().After));
        Assert.Equal(("clients.kind-required", 2), (preview.Refusals.Single().Code, preview.Refusals.Single().Count));
        Assert.Equal(PartnerKinds.Client | PartnerKinds.Supplier, (await ReadAsync(both)).Single().Kinds);
        var done = await DoAsync(change, all, seller);
        Assert.Equal((1, 1, 2), (done.Of(ChangeOutcome.Changed), done.Of(ChangeOutcome.Same), done.Of(ChangeOutcome.Refused)));
        Assert.Equal(PartnerKinds.Supplier, (await ReadAsync(both)).Single().Kinds);
        Assert.All(await ReadAsync(clients), p => Assert.Equal(PartnerKinds.Client, p.Kinds));
    }

    [Fact]
    public async Task Change_EndsAtTheReachOfWhoAsks()
    {
        var (own, other) = (await office.SellerAsync(ActorScope.Own), await office.SellerAsync());
        var (mine, foreign) = (await AddAsync(own, 2), await AddAsync(other, 1));
        List<PartnerId> all = [.. mine, .. foreign];

        Assert.Equal(1, (await Desk.PreviewAsync(new(ClientField.Standing, null, nameof(PartnerStanding.Lost)), new(all, null), own, default)).OutOfReach);
        var done = await DoAsync(new(ClientField.Standing, null, nameof(PartnerStanding.Lost)), all, own);

        Assert.Equal((2, 1), (done.Of(ChangeOutcome.Changed), done.Of(ChangeOutcome.OutOfReach)));
        Assert.Equal(PartnerStanding.Prospect, (await ReadAsync(foreign)).Single().Standing);
        Assert.Null((await Query.LinesAsync(done.Id, ChangeOutcome.OutOfReach, Slice.All, own, default)).Rows.Single().Name);
        Assert.Null(await Query.FindAsync(done.Id, other, default));
        var reader = await office.PersonAsync($"Reader {Guid.NewGuid():N}"[..16], Permissions.ClientsRead);
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => Desk.StartAsync(new(ClientField.Standing, null, "Lost"), new(mine, null), reader, default)));
    }

    [Fact]
    public async Task Change_OfAFilter_MeansWhomItMeansAtTheStart()
    {
        var seller = await office.SellerAsync(ActorScope.Own);
        var ids = await AddAsync(seller, 3);
        await Partners.ArchiveAsync([ids[2]], seller, default);

        var id = await Desk.StartAsync(new(ClientField.Tag, "#spring fair", ClientChange.Yes), new(null, new(Responsible: seller.UserId)), seller, default);
        await Work.RunAllAsync(default);

        await using var db = office.Open();
        var tagged = await db.Set<ObjectTag>().Where(t => t.Word == "spring fair").Select(t => t.AboutId).ToListAsync();
        Assert.Equal(ids.Take(2).Select(i => i.Value).Order(), tagged.Order());
        await Work.RunAsync(await Desk.UndoAsync(id, seller, default), default);
        Assert.False(await db.Set<ObjectTag>().AnyAsync(t => t.Word == "spring fair"));
    }

    [Fact]
    public async Task Cancel_KeepsWhatIsDone_AndUndoPutsThatBack()
    {
        var seller = await office.SellerAsync();
        var ids = await AddAsync(seller, 5);
        var id = await Desk.StartAsync(new(ClientField.Standing, null, nameof(PartnerStanding.Active)), new(ids, null), seller, default);

        await Work.StepAsync(id, 2, default);
        await Desk.CancelAsync(id, seller, default);
        await Work.RunAsync(id, default);

        var stopped = (await Query.FindAsync(id, seller, default))!;
        Assert.Equal((ChangeState.Cancelled, 5, 2), (stopped.State, stopped.Total, stopped.Settled));
        Assert.Equal(2, (await ReadAsync(ids)).Count(p => p.Standing == PartnerStanding.Active));
        Assert.Equal("clients.change-over", await RefusedAsync(() => Desk.CancelAsync(id, seller, default)));
        var undo = await Desk.UndoAsync(id, seller, default);
        await Work.RunAsync(undo, default);
        Assert.All(await ReadAsync(ids), p => Assert.Equal(PartnerStanding.Prospect, p.Standing));
        Assert.Equal("clients.change-undone", await RefusedAsync(() => Desk.UndoAsync(id, seller, default)));
    }

    [Fact]
    public async Task Undo_ThatWasStopped_SaysHowFarItGot_AndGoesOn()
    {
        var seller = await office.SellerAsync();
        var ids = await AddAsync(seller, 3);
        var done = await DoAsync(new(ClientField.Standing, null, nameof(PartnerStanding.Active)), ids, seller);
        var undo = await Desk.UndoAsync(done.Id, seller, default);
        await Work.StepAsync(undo, 1, default);
        await Desk.CancelAsync(undo, seller, default);
        await Work.RunAsync(undo, default);
        Assert.Equal((1, 3), (await Query.FindAsync(done.Id, seller, default))!.UndoSoFar);
        Assert.True((await Query.FindAsync(undo, seller, default))!.CanGoOn);

        await Desk.GoOnAsync(undo, seller, default);
        await Work.RunAsync(undo, default);

        Assert.All(await ReadAsync(ids), p => Assert.Equal(PartnerStanding.Prospect, p.Standing));
        Assert.Null((await Query.FindAsync(done.Id, seller, default))!.UndoSoFar);
        Assert.Equal("clients.change-over", await RefusedAsync(() => Desk.GoOnAsync(undo, seller, default)));
        Assert.Equal("clients.change-over", await RefusedAsync(() => Desk.GoOnAsync(done.Id, seller, default)));
    }

    [Fact]
    public async Task Change_ThatWasCutOff_GoesOnWhereItWas()
    {
        var seller = await office.SellerAsync();
        var ids = await AddAsync(seller, 4);
        var id = await Desk.StartAsync(new(ClientField.Archived, null, ClientChange.Yes), new(ids, null), seller, default);
        await Work.StepAsync(id, 3, default);

        await new ChangeWork(office.Services.GetRequiredService<IDbContextFactory<PortalDb>>(), office.Services.GetRequiredService<Npgsql.NpgsqlDataSource>(), office.Services.GetRequiredService<UserRights>(), office.Clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<ChangeWork>.Instance).RunAllAsync(default);

        Assert.Equal((ChangeState.Done, 4), ((await Query.FindAsync(id, seller, default))!.State, (await Query.FindAsync(id, seller, default))!.Of(ChangeOutcome.Changed)));
        Assert.All(await ReadAsync(ids), p => Assert.True(p.Archived));
        await using var db = office.Open();
        foreach (var partner in ids) Assert.Equal(1, await db.Set<TimelineEntry>().CountAsync(e => e.Partner == partner && e.What == "partner.archived"));
    }

    [Fact]
    public async Task Change_ThatTheDatabaseRefuses_Fails_AndTheNextGoesOn()
    {
        var seller = await office.SellerAsync();
        var ids = await AddAsync(seller, 2);
        await ExecuteAsync($"alter table clients.partner add constraint never_lost check (id <> '{ids[0].Value}' or standing <> 'Lost')");
        var bad = await Desk.StartAsync(new(ClientField.Standing, null, nameof(PartnerStanding.Lost)), new([ids[0]], null), seller, default);
        office.Clock.Advance(TimeSpan.FromSeconds(1));
        var next = await Desk.StartAsync(new(ClientField.Standing, null, nameof(PartnerStanding.Active)), new([ids[1]], null), seller, default);

        await Work.RunAllAsync(default);

        await ExecuteAsync("alter table clients.partner drop constraint never_lost");
        Assert.Equal((ChangeState.Failed, ChangeState.Done), ((await Query.FindAsync(bad, seller, default))!.State, (await Query.FindAsync(next, seller, default))!.State));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = office.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task Undo_LeavesWhatSomebodyHasChangedSince_AndSaysWhich()
    {
        var (seller, next, third) = (await office.SellerAsync(), await office.SellerAsync(), await office.SellerAsync());
        var ids = await AddAsync(seller, 3);
        await Partners.HandToAsync([ids[2]], third.UserId, seller, default);
        var done = await DoAsync(new(ClientField.Responsible, null, next.UserId.ToString()), ids, seller);
        await Partners.HandToAsync([ids[0]], null, seller, default);

        var undo = await Desk.UndoAsync(done.Id, seller, default);
        await Work.RunAsync(undo, default);

        var owners = (await ReadAsync(ids)).ToDictionary(p => p.Id, p => p.Responsible);
        Assert.Equal([null, seller.UserId, third.UserId], ids.Select(i => owners[i]));
        Assert.Equal(ids[0], (await Query.LinesAsync(undo, ChangeOutcome.ChangedSince, Slice.All, seller, default)).Rows.Single().Partner);
        Assert.Equal(undo, (await Query.FindAsync(done.Id, seller, default))!.UndoneBy);
    }

    [Fact]
    public async Task Change_OfSomebodyElse_IsNotThereForASeller()
    {
        var (seller, other) = (await office.SellerAsync(), await office.SellerAsync());
        var done = await DoAsync(new(ClientField.Standing, null, nameof(PartnerStanding.Active)), await AddAsync(seller, 1), seller);

        Assert.Null(await Query.FindAsync(done.Id, other, default));
        Assert.Equal("clients.change-not-there", await RefusedAsync(() => Query.LinesAsync(done.Id, null, Slice.All, other, default)));
        Assert.Equal("clients.change-not-there", await RefusedAsync(() => Desk.CancelAsync(done.Id, other, default)));
        Assert.Equal("clients.change-not-there", await RefusedAsync(() => Desk.UndoAsync(done.Id, other, default)));
    }

    [Fact]
    public async Task Change_OfTheNetwork_MakesNoCircle_AndNoParentOfASingle()
    {
        var seller = await office.SellerAsync();
        var head = (await AddAsync(seller, 1, new("", PartnerKinds.Client, Level: NetworkLevel.Holding))).Single();
        var outlets = await AddAsync(seller, 2, new("", PartnerKinds.Client, Level: NetworkLevel.Outlet));
        var single = (await AddAsync(seller, 1)).Single();
        var under = new ClientChange(ClientField.Parent, null, outlets[0].Value.ToString());
        await DoAsync(new(ClientField.Parent, null, head.Value.ToString()), outlets, seller);

        var done = await DoAsync(under, [head, outlets[0], outlets[1], single], seller);

        var refused = (await Query.LinesAsync(done.Id, ChangeOutcome.Refused, Slice.All, seller, default)).Rows.ToDictionary(l => l.Partner, l => l.Refusal);
        Assert.Equal("clients.network-circle", refused[head]);
        Assert.Equal("clients.own-parent", refused[outlets[0]]);
        Assert.Equal("clients.single-in-network", refused[single]);
        Assert.Equal(outlets[0], (await ReadAsync([outlets[1]])).Single().Parent);
        await Work.RunAsync(await Desk.UndoAsync(done.Id, seller, default), default);
        Assert.Equal(head, (await ReadAsync([outlets[1]])).Single().Parent);
        Assert.Equal(NetworkLevel.Outlet, (await Details.FindAsync(outlets[1], seller, default))!.Head.Level);
    }

    [Theory]
    [InlineData(ClientField.Standing, null, "Asleep", "clients.change-unknown")]
    [InlineData(ClientField.Kind, "None", "yes", "clients.change-unknown")]
    [InlineData(ClientField.Responsible, null, "somebody", "clients.change-unknown")]
    [InlineData(ClientField.Responsible, null, "00000000-0000-0000-0000-000000000001", "work.person-unknown")]
    [InlineData(ClientField.Branch, null, "00000000-0000-0000-0000-000000000001", "identity.out-of-reach")]
    [InlineData(ClientField.Parent, null, "00000000-0000-0000-0000-000000000001", "clients.partner-unknown")]
    [InlineData(ClientField.Tag, " ", "yes", "text.required")]
    public async Task Change_ThatCannotBeMade_IsRefusedBeforeItBegins(ClientField field, string? subject, string value, string code)
    {
        var seller = await office.SellerAsync();
        var ids = await AddAsync(seller, 1);

        Assert.Equal(code, await RefusedAsync(() => Desk.PreviewAsync(new(field, subject, value), new(ids, null), seller, default)));
        Assert.Equal(code, await RefusedAsync(() => Desk.StartAsync(new(field, subject, value), new(ids, null), seller, default)));
        Assert.Equal("clients.nothing-chosen", await RefusedAsync(() => Desk.StartAsync(new(ClientField.Archived, null, "yes"), new([], null), seller, default)));
    }
}
