using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Identity;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Work;

/// <summary>A confidential file is not there for whoever may see its object but not the file.</summary>
public sealed class ConfidentialFileTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private Task<Actor> ColleagueAsync(string name, params string[] more) =>
        office.PersonAsync($"{name} {Guid.NewGuid():N}", [Permissions.ClientsRead, Permissions.ClientsManage, .. more]);

    private async Task<ObjectRef> ClientAsync(Actor responsible) =>
        new(ObjectKind.Partner, (await office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new($"Hazel {Guid.NewGuid():N}", PartnerKinds.Client, Responsible: responsible.UserId), responsible, default)).Value);

    private static MemoryStream Body(string text) => new(Encoding.UTF8.GetBytes(text));

    private async Task<IEnumerable<string>> NamesAsync(ObjectRef about, Actor reader) => (await office.Attachments.OfAsync(about, reader)).Select(f => f.Name);

    [Fact]
    public async Task Confidential_IsThereForItsSenderTheResponsibleAndWhoHoldsTheRight_AndForNobodyElse()
    {
        var (sender, responsible, trusted, outsider) = (await ColleagueAsync("Sender"), await ColleagueAsync("Responsible"), await ColleagueAsync("Trusted", Permissions.FilesConfidential), await ColleagueAsync("Outsider"));
        var about = await ClientAsync(responsible);
        var secret = await office.Attachments.AttachAsync(about, "offer.txt", Body("in confidence"), sender, confidential: true);
        await office.Attachments.AttachAsync(about, "open.txt", Body("for all"), sender);

        foreach (var insider in new[] { sender, responsible, trusted })
        {
            Assert.Equal(["offer.txt", "open.txt"], await NamesAsync(about, insider));
            (await office.Attachments.OpenAsync(secret, insider)).Content.Dispose();
        }
        Assert.Equal(["open.txt"], await NamesAsync(about, outsider));
        // in the very words of a file that is not there
        foreach (var job in new Func<Task>[] { () => office.Attachments.OpenAsync(secret, outsider), () => office.Attachments.ArchiveAsync(secret, outsider), () => office.Attachments.MarkAsync(secret, false, outsider) })
            Assert.Equal("work.object-unknown", (await RefusalOfAsync(job)).Code);
    }

    [Fact]
    public async Task Mark_Later_ByWhoAttachedItOrAnswersForTheObject_HidesAndShows()
    {
        var (sender, responsible, outsider) = (await ColleagueAsync("Sender"), await ColleagueAsync("Responsible"), await ColleagueAsync("Outsider"));
        var about = await ClientAsync(responsible);
        var file = await office.Attachments.AttachAsync(about, "terms.txt", Body("terms"), sender);

        Assert.Equal("file.not-yours", (await RefusalOfAsync(() => office.Attachments.MarkAsync(file, true, outsider))).Code);
        await office.Attachments.MarkAsync(file, true, responsible);
        Assert.Empty(await NamesAsync(about, outsider));
        await office.Attachments.MarkAsync(file, false, sender);

        Assert.Equal(["terms.txt"], await NamesAsync(about, outsider));
    }

    [Fact]
    public async Task Room_IsNotTakenByWhatOneMayNotKnowOf()
    {
        var (sender, outsider) = (await ColleagueAsync("Sender"), await ColleagueAsync("Outsider"));
        var about = await ClientAsync(sender);
        for (var i = 0; i < StoredFile.MostPerObject; i++) await office.Attachments.AttachAsync(about, $"{i}.txt", Body("same"), sender, confidential: true);

        Assert.Equal("file.too-many", (await RefusalOfAsync(() => office.Attachments.AttachAsync(about, "more.txt", Body("same"), sender, confidential: true))).Code);
        await office.Attachments.AttachAsync(about, "open.txt", Body("same"), outsider);
        await office.Attachments.AttachAsync(about, "mine.txt", Body("same"), outsider, confidential: true);

        Assert.Equal(["open.txt", "mine.txt"], await NamesAsync(about, outsider));
        Assert.Equal(StoredFile.MostPerObject + 2, (await NamesAsync(about, sender)).Count());
    }

    [Fact]
    public async Task Audit_DoesNotTellOfIt()
    {
        var (sender, auditor, trusted) = (await ColleagueAsync("Sender"), await ColleagueAsync("Auditor", Permissions.AuditRead), await ColleagueAsync("Trusted", Permissions.AuditRead, Permissions.FilesConfidential));
        var about = await ClientAsync(sender);
        var secret = await office.Attachments.AttachAsync(about, "secret.txt", Body("secret"), sender, confidential: true);
        var open = await office.Attachments.AttachAsync(about, "open.txt", Body("open"), sender);
        var audit = new AuditQuery(office.Services.GetRequiredService<Microsoft.EntityFrameworkCore.IDbContextFactory<Infrastructure.Database.PortalDb>>());

        async Task<int> RowsAsync(StoredFileId file, Actor reader) => (await audit.FindAsync(new(null, null, file.Value, null), null, reader, default)).Count;

        Assert.Equal((0, 1), (await RowsAsync(secret, auditor), await RowsAsync(open, auditor)));
        Assert.Equal((1, 1), (await RowsAsync(secret, trusted), await RowsAsync(open, trusted)));
    }

    [Fact]
    public async Task Confidential_OnAnAssignment_IsThereForItsPerformer_NotForItsController()
    {
        var id = AssignmentId.New();
        await office.Desk.GiveAsync(id, new() { Title = "Carry the letter", Performer = office.Piet.UserId, Controller = office.Cleo.UserId }, office.Gwen);
        var about = new ObjectRef(ObjectKind.Assignment, id.Value);

        await office.Attachments.AttachAsync(about, "letter.txt", Body("dear"), office.Gwen, confidential: true);

        Assert.Equal(["letter.txt"], await NamesAsync(about, office.Piet));
        Assert.Empty(await NamesAsync(about, office.Cleo));
    }
}
