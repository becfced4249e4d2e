using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Work;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Work;

public class AssignmentDeskTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private async Task<AssignmentId> GivenAsync()
    {
        var id = AssignmentId.New();
        await office.Desk.GiveAsync(id, new AssignmentOrder { Title = "Measure the hall", Performer = office.Piet.UserId }, office.Gwen);
        return id;
    }

    private async Task<Assignment> LoadAsync(AssignmentId id)
    {
        await using var db = office.Open();
        return await db.Set<Assignment>().Include(a => a.Events).Include(a => a.Times).SingleAsync(a => a.Id == id);
    }

    private static ObjectRef Ref(AssignmentId id) => new(ObjectKind.Assignment, id.Value);

    private static MemoryStream Body(string text) => new(Encoding.UTF8.GetBytes(text));

    [Fact]
    public async Task Give_Twice_GivesOnce()
    {
        var id = await GivenAsync();

        await office.Desk.GiveAsync(id, new AssignmentOrder { Title = "Measure the hall", Performer = office.Piet.UserId }, office.Gwen);

        Assert.Single((await LoadAsync(id)).Events);
    }

    [Fact]
    public async Task Give_UnderAnothersId_TellsNothing()
    {
        var id = await GivenAsync();

        Assert.Equal("work.object-unknown", (await RefusalOfAsync(() => office.Desk.GiveAsync(id, new AssignmentOrder { Title = "x", Performer = office.Piet.UserId }, office.Cleo))).Code);
    }

    [Fact]
    public async Task Give_ByAnExternalPerson_IsRefused()
    {
        var external = office.Gwen with { PartnerId = Guid.NewGuid() };

        Assert.Equal("identity.not-allowed", (await RefusalOfAsync(() => office.Desk.GiveAsync(AssignmentId.New(), new AssignmentOrder { Title = "x", Performer = office.Piet.UserId }, external))).Code);
    }

    [Fact]
    public async Task Give_ToSomebodyUnknown_IsRefused() =>
        Assert.Equal("work.person-unknown", (await RefusalOfAsync(() => office.Desk.GiveAsync(AssignmentId.New(), new AssignmentOrder { Title = "x", Performer = Guid.NewGuid() }, office.Gwen))).Code);

    [Fact]
    public async Task Life_ThroughTheDesk_IsStoredAndReadBack()
    {
        var id = await GivenAsync();
        await office.Desk.AcceptAsync(id, office.Piet);
        await office.Desk.SpendAsync(id, DateOnly.FromDateTime(Now.Date), 30, null, office.Piet);
        await office.Desk.ReportAsync(id, "12 by 30", office.Piet);
        await office.Desk.ApproveAsync(id, office.Gwen);

        var read = await office.Services.GetRequiredService<AssignmentQuery>().FindAsync(id, office.Head);

        Assert.Equal((AssignmentState.Done, "Gwen Ashdown", "Piet Larkfield"), (read!.Assignment.State, read.Giver, read.Performer));
        Assert.Equal((4, TimeSpan.FromMinutes(30)), (read.Assignment.Events.Count, read.Assignment.Spent));
    }

    [Fact]
    public async Task Anything_ByWhoItDoesNotConcern_IsRefused()
    {
        var id = await GivenAsync();

        Assert.Null(await office.Services.GetRequiredService<AssignmentQuery>().FindAsync(id, office.Stranger));
        Assert.Equal("work.object-unknown", (await RefusalOfAsync(() => office.Desk.AcceptAsync(id, office.Stranger))).Code);
        Assert.Equal("work.object-unknown", (await RefusalOfAsync(() => office.Remarks.AddAsync(Ref(id), "Hello", office.Stranger))).Code);
        Assert.Equal("work.object-unknown", (await RefusalOfAsync(() => office.Attachments.OfAsync(Ref(id), office.Stranger))).Code);
    }

    [Fact]
    public async Task HandOver_ByTheHeadOfThatBranch_IsAllowed_OfAnother_IsNot()
    {
        var id = await GivenAsync();
        var foreign = office.Head with { Scope = ActorScope.Branch, BranchId = Guid.NewGuid() };

        Assert.Equal("work.object-unknown", (await RefusalOfAsync(() => office.Desk.HandOverAsync(id, office.Cleo.UserId, foreign))).Code);
        await office.Desk.HandOverAsync(id, office.Cleo.UserId, office.Head);

        Assert.Equal(office.Cleo.UserId, (await LoadAsync(id)).Performer);
    }

    [Fact]
    public async Task Change_OfWhatAnotherChangedMeanwhile_IsRefusedWithHisName()
    {
        var id = await GivenAsync();
        var seen = (await LoadAsync(id)).Version;
        await office.Desk.AcceptAsync(id, office.Piet);

        var refusal = await RefusalOfAsync(() => office.Desk.ChangeAsync(id, new AssignmentOrder { Title = "Measure both halls", Performer = office.Piet.UserId }, office.Gwen, seen));

        Assert.Equal(("shared.changed-by", "Piet Larkfield"), (refusal.Code, refusal.Args[0]));
    }

    [Fact]
    public async Task Remarks_AreReadInOrder()
    {
        var id = await GivenAsync();
        await office.Remarks.AddAsync(Ref(id), "First", office.Gwen);
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        await office.Remarks.AddAsync(Ref(id), "Second", office.Piet);

        Assert.Equal(["First", "Second"], (await office.Remarks.OfAsync(Ref(id), office.Gwen)).Select(c => c.Text));
    }

    [Fact]
    public async Task Attach_IsReadBackByTheOthersItConcerns()
    {
        var id = await GivenAsync();
        var file = await office.Attachments.AttachAsync(Ref(id), "../plan.txt", Body("the plan"), office.Gwen);

        var (row, content) = await office.Attachments.OpenAsync(file, office.Piet);
        using var reader = new StreamReader(content);

        Assert.Equal(("plan.txt", "text/plain", "the plan"), (row.Name, row.ContentType, await reader.ReadToEndAsync()));
        Assert.Equal("work.object-unknown", (await RefusalOfAsync(() => office.Attachments.OpenAsync(file, office.Stranger))).Code);
        Assert.Equal("file.not-yours", (await RefusalOfAsync(() => office.Attachments.ArchiveAsync(file, office.Piet))).Code);
    }

    [Fact]
    public async Task Attach_ToAKindWithoutADoor_IsRefused() =>
        Assert.Equal("work.object-unknown", (await RefusalOfAsync(() => office.Attachments.AttachAsync(new(ObjectKind.Setting, Guid.NewGuid()), "a.txt", Body("x"), office.Gwen))).Code);

    [Fact]
    public async Task Attach_WhenTheObjectIsFull_IsRefused()
    {
        var id = await GivenAsync();
        for (var i = 0; i < StoredFile.MostPerObject; i++) await office.Attachments.AttachAsync(Ref(id), $"{i}.txt", Body("same"), office.Gwen);

        Assert.Equal("file.too-many", (await RefusalOfAsync(() => office.Attachments.AttachAsync(Ref(id), "more.txt", Body("same"), office.Gwen))).Code);
    }

    [Fact]
    public async Task Sweep_RemovesOnlyOldContentsThatNoRowNames()
    {
        var id = await GivenAsync();
        var kept = await office.Attachments.AttachAsync(Ref(id), "kept.txt", Body("kept"), office.Gwen);
        var store = office.Services.GetRequiredService<FileStore>();
        using (var orphan = await store.TakeAsync(Body("orphan"), default)) store.Place(orphan);
        var old = (office.Clock.GetUtcNow() - Attachments.Grace - TimeSpan.FromHours(1)).UtcDateTime;
        foreach (var file in Directory.EnumerateFiles(office.Folder, "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, old);
        using (var young = await store.TakeAsync(Body("young"), default)) store.Place(young);
        File.SetLastWriteTimeUtc(Directory.EnumerateFiles(office.Folder, "*", SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc)!, office.Clock.GetUtcNow().UtcDateTime);

        var gone = await office.Attachments.SweepAsync(default);

        Assert.Equal(1, gone);
        await (await office.Attachments.OpenAsync(kept, office.Gwen)).Content.DisposeAsync();
    }
}
