using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Demo;

/// <summary>
/// Work of the demo company: sales and claims about its clients in several stages, some past their deadlines, and a few assignments.
/// They were really worked through, by the people whose roles the maps name, on days before today.
/// </summary>
public sealed class DemoWork(
    IDbContextFactory<PortalDb> contexts, NpgsqlDataSource database, StepTools tools, MapLibrary library, HistoryMonths months, UserRights rights, StartQuery starts, TimeProvider time)
{
    private const int MostSteps = 60;

    /// <summary>Map, how many days ago it began, the step it stands at, and an answer that leads there.</summary>
    private static readonly (string Map, double DaysAgo, string StopAt, string Answers)[] Stories =
    [
        ("Sale", 0.1, "need", "{}"), ("Sale", 2.2, "need", "{}"), ("Sale", 0.4, "offer", "{}"), ("Sale", 6, "offer", "{}"),
        ("Sale", 1.2, "solution", """{"madeToOrder":true}"""), ("Sale", 3, "approve", "{}"), ("Sale", 7, "approve", """{"madeToOrder":true,"discount":12}"""),
        ("Sale", 5, "negotiate", "{}"), ("Sale", 12, "negotiate", "{}"), ("Sale", 8, "sign", "{}"), ("Sale", 9, "invoice", "{}"),
        ("Sale", 15, "stock", "{}"), ("Sale", 16, "ship", "{}"), ("Sale", 18, "make", """{"madeToOrder":true,"inStock":false}"""), ("Sale", 20, "close", "{}"),
        ("Sale", 4, "why", """{"answer":"refused"}"""),
        ("Claim", 0.2, "register", "{}"), ("Claim", 3, "check", "{}"), ("Claim", 5, "decide", "{}"), ("Claim", 6, "repair", """{"decision":"repair"}"""), ("Claim", 10, "ask", "{}"),
    ];

    /// <summary>What people answer where a story says nothing else.</summary>
    private const string UsualAnswers = """
        {
          "need": "Twelve display shelves for the new shop, oak finish", "budget": 18000, "madeToOrder": false, "worthwhile": true, "solution": "Standard frame with oak panels", "makingDays": 12,
          "amount": 16400, "discount": 3, "deliveryDays": 21, "approved": true, "answer": "accepted", "contractNumber": "C-2041", "signed": true, "invoiceNumber": "P-3307",
          "invoiceAmount": 8200, "paidAmount": 8200, "inStock": true, "waybill": "W-5518", "complaint": false, "lostReason": "price",
          "kind": "damage", "claimed": 900, "justified": true, "findings": "Two panels scratched in transport", "refusalConfirmed": true,
          "causeText": "Edge protection was missing on the pallet", "responsible": "warehouse", "decision": "replace", "satisfied": true, "clientResult": "kept", "cost": 240, "report": "Packing list extended by edge protection",
          "measure": "Edge protection is now part of the packing list"
        }
        """;

    private static readonly string[] Wishes = ["Oak finish as in the sample", "Delivery before the season opens", "Assembly on site included"];

    private readonly Dictionary<string, Actor> performers = [];

    /// <summary>Founds the work once, by the people who signed up under these user names.</summary>
    public async Task FoundAsync(IReadOnlyCollection<string> userNames, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(Actor.System("demo"));
        if (await db.Set<InstanceRow>().AnyAsync(ct)) return;
        await library.PublishShippedAsync(ct);
        foreach (var user in await db.Set<PortalUser>().Where(u => userNames.Contains(u.UserName!)).OrderBy(u => u.Id).Select(u => u.Id).ToListAsync(ct))
            if (await rights.FindAsync(user, ct) is { } actor)
                foreach (var role in actor.Roles) performers.TryAdd(role, actor);
        if (!performers.ContainsKey("sales")) return;
        var clients = await db.Set<Partner>().OrderBy(p => p.Name).ToListAsync(ct);
        for (var i = 0; i < Stories.Length; i++) await TellAsync(Stories[i], clients[i % clients.Count].Id, i, ct);
        await AssignAsync(db, clients, ct);
    }

    private async Task TellAsync((string Map, double DaysAgo, string StopAt, string Answers) story, PartnerId client, int number, CancellationToken ct)
    {
        var clock = new StoryClock(time.GetUtcNow().AddDays(-story.DaysAgo));
        await months.EnsureAsync(clock.GetUtcNow(), ct);
        var company = new CompanyClock(database, clock);
        var taskRights = new TaskRights(database, clock);
        var runner = new ProcessRunner(tools with { Clock = company }, taskRights, new(taskRights), starts);
        var first = performers[story.Map == "Sale" ? "sales" : "customer-service"];
        // some are still led on the client's card, as before there were deals
        var about = story.Map == "Sale" && number % 4 != 3 ? await DealAsync(client, first, new(contexts, runner, company, clock), number, ct) : new ObjectRef(ObjectKind.Partner, client.Value);
        var instance = await runner.StartAsync(story.Map, about, ContextValue.Empty, first, ct: ct);
        var answers = Read(UsualAnswers).With(Read(story.Answers));
        var end = time.GetUtcNow();
        for (var step = 0; step < MostSteps; step++)
        {
            var open = await OpenAsync(instance, ct);
            if (open.Any(t => t.Node == story.StopAt)) break;
            // what stands open beside the way is done only where nothing else is
            if (open.OrderByDescending(t => t.Node != "stop").FirstOrDefault(t => PerformerOf(t) is not null) is not { } task) break;
            clock.Advance((end - clock.GetUtcNow()) / 12);
            await runner.CompleteAsync(task.Id, await FormAsync(task, answers, clock, number, ct), PerformerOf(task)!, ct);
        }
        // every second one was taken by somebody
        if (number % 2 == 0 && (await OpenAsync(instance, ct)).FirstOrDefault() is { } standing && PerformerOf(standing) is { } taker)
            await new TaskDesk(contexts, taskRights, clock).ClaimAsync(standing.Id, taker, ct);
    }

    private async Task<ObjectRef> DealAsync(PartnerId client, Actor seller, DealDesk desk, int number, CancellationToken ct)
    {
        var id = await desk.AddAsync(new(new(Wishes[number % Wishes.Length], client, Amount: 12_000 + number * 350, Manager: seller.UserId), NextStep: "Keep in touch", NextStepOn: DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(number % 5 - 1)), seller, ct);
        return new(ObjectKind.Deal, id.Value);
    }

    private Actor? PerformerOf(TaskRow task) => task.CandidateRoles.Select(performers.GetValueOrDefault).FirstOrDefault(actor => actor is not null && !task.Excluded.Contains(actor.UserId));

    private async Task<List<TaskRow>> OpenAsync(InstanceId instance, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<TaskRow>().AsNoTracking().Where(t => t.Instance == instance && t.ClosedAt == null).OrderBy(t => t.CreatedAt).ThenBy(t => t.Id).ToListAsync(ct);
    }

    private async Task<ContextValue> FormAsync(TaskRow task, ContextValue answers, TimeProvider clock, int number, CancellationToken ct)
    {
        var node = (await tools.Maps.NewestAsync(task.Key, ct)).Process.Node(task.Node);
        var values = ContextValue.Empty;
        foreach (var field in node.Work.Form.Where(f => !f.IsReadOnly))
        {
            var value = answers[field.Key];
            if (field.Type == Workflows.Notation.FieldType.Date && field.IsRequired) value = new DateValue(DateOnly.FromDateTime(clock.GetUtcNow().AddDays(number % 3 == 0 ? 2 : 8).UtcDateTime));
            if (field.Type == Workflows.Notation.FieldType.LongText && value.IsNull && field.IsRequired) value = Value.Of(Wishes[number % Wishes.Length]);
            if (TaskForm.Fits(field.Type, value)) values = values.With(field.Key, value);
            else if (field.IsRequired) values = values.With(field.Key, Value.Of(Wishes[number % Wishes.Length]));
        }
        return values;
    }

    private async Task AssignAsync(PortalDb db, List<Partner> clients, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var (sales, head, warehouse, quality) = (performers["sales"], performers["sales-head"], performers["warehouse"], performers["quality"]);
        Assignment Give(string title, string? description, Actor from, Actor to, double daysAgo, double dueInDays, int priority, Partner? client = null) => Assignment.Give(AssignmentId.New(),
            new AssignmentOrder
            {
                Title = title, Description = description, Performer = to.UserId, Deadline = now.AddDays(dueInDays), Priority = priority,
                About = client is null ? null : new ObjectRef(ObjectKind.Partner, client.Id.Value),
            }, to.BranchId is { } branch ? new BranchId(branch) : null, now.AddDays(-daysAgo), from);
        var photos = Give("Take photos of the finished shop", "Front, till and the corner with the long shelf; for the catalogue.", head, sales, 2, 1.2, 50, clients[1]);
        var price = Give("Compare prices of the three paint suppliers", null, head, sales, 5, -1, 75);
        var count = Give("Count the oak panels on rack 7", "The book says 48.", sales, warehouse, 1, 0.3, 50);
        count.Accept(now.AddHours(-20), warehouse);
        var packing = Give("Check the new edge protection on ten pallets", null, quality, warehouse, 4, 2, 75);
        packing.Accept(now.AddDays(-3), warehouse);
        packing.Spend(DateOnly.FromDateTime(now.AddDays(-2).UtcDateTime), 90, "First five pallets", DateOnly.FromDateTime(now.UtcDateTime), warehouse);
        packing.Report("All ten are protected; two straps were loose and are tightened.", now.AddHours(-5), warehouse);
        db.AddRange(photos, price, count, packing);
        await db.SaveChangesAsync(ct);
    }

    private static ContextValue Read(string json) => (ContextValue)JsonSerializer.Deserialize<Value>(json, StateJson.Options)!;
}
