using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Work;

/// <summary>Somebody with a day as it is before a holiday: 400 tasks over five maps, 60 of them late, and 30 assignments.</summary>
public sealed class BusyInboxApp : InboxApp
{
    public const int Tasks = 400, Late = 60, Assignments = 30;
    public const string Busy = "busy";

    private static readonly (string Key, string Title, string Work)[] Maps =
    [
        ("b-call", "Call back", """<portal:schedule due="P2D"/>"""),
        ("b-offer", "Prepare the offer for the framework agreement and have it checked by the technologist", """<portal:instruction>Look at the last two offers to this client first.</portal:instruction><portal:schedule due="P5D"/><portal:form><portal:field key="amount" label="Amount" type="number" required="true"/><portal:field key="note" label="Note" type="text"/></portal:form>"""),
        ("b-stock", "Check the stock", """<portal:schedule due="PT9H"/>"""),
        ("b-sign", "Sign the contract", """<portal:schedule due="P20D" priority="90"/>"""),
        ("b-file", "File the papers", ""),
    ];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await AddUserAsync(Busy, "sales");
        await AddUserAsync("analyst", "analyst");
        await AddUserAsync("administrator", "administrator");
        var (busy, analyst, giver) = (await ActorAsync(Busy), await ActorAsync("analyst"), await ActorAsync("sales-head"));
        var library = Services.GetRequiredService<MapLibrary>();
        foreach (var (key, title, work) in Maps)
        {
            var draft = await library.SaveDraftAsync(Bpmn.File($"""<startEvent id="s"/><userTask id="t" name="{title}"><extensionElements><portal:assignment assignee="{Busy}" candidateRoles="sales"/>{work}</extensionElements></userTask><endEvent id="e"/>{Bpmn.Flows("s-t; t-e")}""", key), null, analyst, default);
            await library.PublishAsync(key, draft.Revision, analyst, default);
        }
        string[] names = ["Bluebird Trading", "Quill", "Northern Harbour Timber and Building Materials Cooperative", "Marsh & Daughters"];
        var clients = names.Select(name => new Partner(PartnerId.New(), name, PartnerKinds.Client)).ToList();
        await using (var db = Open())
        {
            db.AddRange(clients);
            await db.SaveChangesAsync();
        }
        for (var i = 0; i < Tasks; i++)
            await Runner.StartAsync(Maps[i % Maps.Length].Key, new(ObjectKind.Partner, clients[i % clients.Count].Id.Value), ContextValue.Empty, busy);
        await using (var late = Open())
            await late.Database.ExecuteSqlAsync($"update process.task set due = now() - (row.n || ' hours')::interval from (select id, row_number() over (order by id) as n from process.task) row where row.id = task.id and row.n <= {Late}");
        var desk = Services.GetRequiredService<AssignmentDesk>();
        for (var i = 0; i < Assignments; i++)
            await desk.GiveAsync(AssignmentId.New(), new AssignmentOrder { Title = $"Look into question {i + 1}", Performer = busy.UserId, Deadline = i % 3 == 0 ? null : Now.AddDays(i - 4), Priority = i % 7 == 0 ? 80 : 50 }, giver);
    }
}
