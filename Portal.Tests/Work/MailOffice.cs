using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Work;
using Portal.Tests.Processes;
using Portal.Tests.Support;
using Portal.Tests.Workflows.Engine;
using Portal.Web.Shared;
using Portal.Web.Work;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Work;

/// <summary>An office whose letters land in a folder, and whose clock goes on when a test says so.</summary>
public sealed class MailOffice : ProcessOffice
{
    public const string Address = "https://portal.example.com/";

    private readonly string folder = Directory.CreateDirectory(TestServer.NewFolder()).FullName;
    private readonly string letters = Directory.CreateDirectory(TestServer.NewFolder()).FullName;

    public WorkNotices Notices => Services.GetRequiredService<WorkNotices>();
    public TaskDesk Tasks => Services.GetRequiredService<TaskDesk>();
    public AssignmentDesk Assignments => Services.GetRequiredService<AssignmentDesk>();
    public MailPreferences Preferences => Services.GetRequiredService<MailPreferences>();

    protected override bool OwnDealActions => false;

    protected override void Furnish(IServiceCollection services) =>
        services.AddSingleton(new TextCatalog(typeof(Program).Assembly)).AddSingleton<ReaderWords>().AddMail(new MailOptions(letters), new PublicAddress(new Uri(Address)))
            .AddClients().AddWork(new(folder)).AddSales().AddSingleton<UserRights>().AddSingleton<TeamRegistry>().AddSingleton<WorkNotices>()
            .AddSingleton<WorkMail>().AddSingleton(provider => provider.GetRequiredService<WorkMail>().Handler);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await PublishAsync("offered", Step("""<portal:assignment candidateRoles="sales"/>"""));
        await PublishAsync("late", Step("""<portal:assignment candidateRoles="sales"/><portal:schedule due="PT8H" escalateTo="sales-head"/>"""));
        await PublishAsync("given", Step("""<portal:assignment assignee="=who"/><portal:schedule due="P3D"/>"""));

        static string Step(string work) =>
            $"""<startEvent id="s"/><userTask id="t" name="Call back"><extensionElements>{work}</extensionElements></userTask><endEvent id="e"/>{Bpmn.Flows("s-t; t-e")}""";
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        Directory.Delete(letters, recursive: true);
    }

    /// <summary>Somebody of a role with an address, who reads a language.</summary>
    public async Task<Actor> ReaderAsync(string name, string role, string culture = "en", BranchId? branch = null)
    {
        var actor = await AddAsync(name, role);
        await using var db = Open();
        await db.Set<PortalUser>().Where(u => u.Id == actor.UserId)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.Email, $"{actor.UserId:n}@quill.example").SetProperty(x => x.Culture, culture).SetProperty(x => x.Branch, branch ?? Branch));
        return actor with { Culture = culture };
    }

    /// <summary>Starts a map of the office; its task.</summary>
    public async Task<TaskRow> StartAsync(string map, Actor by, Actor? who = null)
    {
        var variables = who is null ? ContextValue.Empty : ContextValue.Of(("who", Value.Of(who.UserId.ToString())));
        return await TaskAsync(await Runner.StartAsync(map, null, variables, by with { BranchId = Branch.Value }), "t");
    }

    /// <summary>Lets the news settle, orders the letters that may go and sends them.</summary>
    public async Task RoundAsync()
    {
        await AdvanceAsync(WorkNotices.Settling);
        await Notices.OrderAsync(default);
        await WorkAsync();
    }

    /// <summary>Letters to somebody since the last look, each its subject and text.</summary>
    public List<string> Take(Actor reader)
    {
        var found = new List<string>();
        foreach (var file in Directory.GetFiles(letters).OrderBy(File.GetCreationTimeUtc))
        {
            var lines = File.ReadAllLines(file);
            if (!lines.Contains($"To: {reader.UserId:n}@quill.example")) continue;
            var body = lines.SkipWhile(line => line.Length > 0).Skip(1).ToList();
            var subject = string.Concat(lines.SkipWhile(line => !line.StartsWith("Subject: ", StringComparison.Ordinal)).TakeWhile((line, i) => i == 0 || line.StartsWith(' ')).Select((line, i) => Word(i == 0 ? line["Subject: ".Length..] : line.Trim())));
            found.Add(subject + "\n" + Encoding.UTF8.GetString(Convert.FromBase64String(string.Concat(body))));
            File.Delete(file);
        }
        return found;
    }

    // a word of a header, which stands in base64 where it is not ASCII
    private static string Word(string word) =>
        word.StartsWith("=?utf-8?B?", StringComparison.Ordinal) ? Encoding.UTF8.GetString(Convert.FromBase64String(word["=?utf-8?B?".Length..^"?=".Length])) : word;
}
