using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Calendar;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Calendar;

/// <summary>Two sellers and a client in an office.</summary>
public sealed class CalendarOffice : IAsyncLifetime
{
    public WorkOffice Office { get; } = new();
    public Actor Seller { get; private set; } = null!;
    public Actor Colleague { get; private set; } = null!;
    public PartnerId Client { get; private set; }
    public InteractionDesk Desk => Office.Services.GetRequiredService<InteractionDesk>();
    public InteractionQuery Query => Office.Services.GetRequiredService<InteractionQuery>();
    public CalendarQuery Calendar => Office.Services.GetRequiredService<CalendarQuery>();
    public ReminderDesk Reminders => Office.Services.GetRequiredService<ReminderDesk>();
    public ReminderRounds Rounds => Office.Services.GetRequiredService<ReminderRounds>();
    public DateTimeOffset Now => Office.Clock.GetUtcNow();

    public async Task InitializeAsync()
    {
        await Office.InitializeAsync();
        Seller = await Office.PersonAsync("Sela Thornbury", Permissions.ClientsRead, Permissions.ClientsManage);
        Colleague = await Office.PersonAsync("Cora Millward", Permissions.ClientsRead, Permissions.ClientsManage);
        Client = await AddClientAsync("Bluebird Trading", Seller);
    }

    public Task DisposeAsync() => Office.DisposeAsync();

    public Task<PartnerId> AddClientAsync(string name, Actor by) => Office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new(name, PartnerKinds.Client), by, default);

    /// <summary>Plans a meeting of half an hour.</summary>
    public Task<InteractionId> PlanAsync(double hours, int? remind = null, Participants? with = null, InteractionId? after = null, Actor? by = null, string subject = "Show the shelves") =>
        Desk.PlanAsync(Client, Details(hours, remind, subject), (by ?? Seller).UserId, with ?? Participants.None, after, by ?? Seller, default);

    public InteractionDetails Details(double hours, int? remind = null, string subject = "Show the shelves") =>
        new(InteractionKind.Meeting, InteractionDirection.Outgoing, Now.AddHours(hours), 30, subject, null, null, remind);

    public async Task<InteractionRow> ReadAsync(InteractionId id) => (await Query.FindAsync(id, Seller, default))!.Interaction;

    /// <summary>Lets time pass and reminders ring.</summary>
    public Task<int> WaitAsync(double hours)
    {
        Office.Clock.Advance(TimeSpan.FromHours(hours));
        return Rounds.RingAsync(default);
    }

    /// <summary>Letters ordered for a reminder of this interaction.</summary>
    public async Task<int> LettersAsync(InteractionId id)
    {
        await using var db = Office.Open();
        return await db.Database.SqlQuery<int>($"select count(*)::int as \"Value\" from core.outbox o join clients.reminder r on r.id = (o.body->>'Reminder')::uuid where o.kind = 'clients.reminder' and r.interaction = {id.Value}").SingleAsync();
    }
}
