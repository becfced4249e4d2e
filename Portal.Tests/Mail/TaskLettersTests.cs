using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Mail;
using Portal.Tests.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Web.Processes;
using Portal.Web.Shared;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Mail;

public sealed class TaskLettersTests(TaskLettersTests.Office office) : IClassFixture<TaskLettersTests.Office>
{
    /// <summary>An office whose letters land in a folder.</summary>
    public sealed class Office : ProcessOffice
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("portal-mail-").FullName;

        protected override void Furnish(IServiceCollection services) =>
            services.AddSingleton(new TextCatalog(typeof(Program).Assembly)).AddMail(new MailOptions(Folder)).AddTaskLetters();

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }

    private string[] Letters(string to) => [.. Directory.GetFiles(office.Folder).Select(File.ReadAllText).Where(text => text.Contains($"To: {to}"))];

    private async Task<Actor> AddAsync(string name, string role, string email, string culture)
    {
        var actor = await office.AddAsync(name, role);
        await using var db = office.Open();
        var user = await db.FindAsync<PortalUser>(actor.UserId);
        (user!.Email, user.Culture) = (email, culture);
        await db.SaveChangesAsync();
        return actor;
    }

    [Fact]
    public async Task Deadline_ThatPasses_IsToldToTheRole_InItsLanguage_Once()
    {
        await AddAsync("Hed", "sales-head", "head@quill.example", "en");
        await office.PublishAsync("l-late", $"""<startEvent id="s"/><userTask id="t" name="Call back"><extensionElements><portal:assignment candidateRoles="sales"/><portal:schedule due="PT8H" escalateTo="sales-head"/></extensionElements></userTask><endEvent id="e"/>{Bpmn.Flows("s-t; t-e")}""");
        await office.Runner.StartAsync("l-late", null, ContextValue.Empty, office.Analyst);

        await office.AdvanceAsync(TimeSpan.FromHours(8));
        // a node that died before it noted that it was done
        await office.ValueAsync<string>("with again as (update core.outbox set done_at = null where kind = 'process.escalation' returning 1) select count(*)::text from again");
        await office.WorkAsync();

        var letter = Assert.Single(Letters("head@quill.example"));
        Assert.Contains("Subject: Late: Call back", letter);
        Assert.Contains("Message-ID: <", letter);
    }

    [Fact]
    public async Task Task_GivenToAPerson_IsToldToHim_AndNotWhenItIsDoneAlready()
    {
        var ann = await AddAsync("Ann", "sales", "ann@quill.example", "ro");
        await office.PublishAsync("l-new", $"""<startEvent id="s"/><userTask id="t" name="Call back"><extensionElements><portal:assignment assignee="=who"/></extensionElements></userTask><endEvent id="e"/>{Bpmn.Flows("s-t; t-e")}""");
        var who = ContextValue.Of(("who", Value.Of(ann.UserId.ToString())));
        await office.Runner.StartAsync("l-new", null, who, office.Analyst);
        var done = await office.Runner.StartAsync("l-new", null, who, office.Analyst);
        await office.CompleteAsync(done, "t", ann);

        await office.WorkAsync();

        Assert.Single(Letters("ann@quill.example"));
        Assert.Equal(1L, await office.ValueAsync<long>("select count(*) from core.outbox where kind = 'mail' and body ->> 'Subject' = 'Sarcină nouă: Call back'"));
    }
}
