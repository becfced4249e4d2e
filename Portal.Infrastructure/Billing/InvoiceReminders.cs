using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Offers;

namespace Portal.Infrastructure.Billing;

/// <summary>A reminder as it waits in the outbox.</summary>
/// <param name="Name">whom it speaks to</param>
public sealed record ReminderLetter(InvoiceId Invoice, string To, string Name);

/// <summary>Reminds clients of invoices that are not paid: by mail, once for each step of the settings. Whoever has paid as much without saying what for is left in peace, and so is whom somebody has excepted.</summary>
public sealed class InvoiceReminders(IDbContextFactory<PortalDb> contexts, WorkHints hints, TimeProvider time)
{
    /// <summary>Kind of the outbox's entries.</summary>
    public const string MailKind = "billing.reminder";

    /// <summary>The hour of the company's day from which letters go.</summary>
    public const int FromHour = 9;

    private const int Portion = 100;

    /// <summary>How many letters are on their way.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var db = contexts.CreateFor(Actor.System("billing"));
        var (settings, now) = ((await OfferSettingsStore.ReadAsync(db, ct)).Reminders, time.GetUtcNow());
        var local = TimeZoneInfo.ConvertTime(now, await db.CompanyZoneAsync(ct));
        int[] steps = [.. settings.Steps()];
        if (steps.Length == 0 || local.Hour < FromHour) return 0;
        var (today, last, sent) = (DateOnly.FromDateTime(local.DateTime), Guid.Empty, 0);
        while (true)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            // whoever pays an invoice just now is passed over, and found by the next round where something is left
            var due = await db.Set<Invoice>().FromSql($"""
                select i.*, i.xmin from billing.invoice i where i.state in ('Issued', 'PartPaid') and i.due_on <= {today.AddDays(-steps[0])} and i.id > {last}
                    and not exists (select from billing.reminder_stop s where s.partner = i.partner)
                    and not exists (select from billing.invoice_reminder r where r.invoice = i.id and r.after_days >= (select max(step) from unnest({steps}) step where step <= {today} - i.due_on))
                order by i.id limit {Portion} for update of i skip locked
                """).ToListAsync(ct);
            var owed = await ReceivablesQuery.OwedAsync(db, [.. due.Select(i => i.Partner).Distinct()], today, Actor.System("billing"), ct);
            foreach (var invoice in due.Where(i => owed.GetValueOrDefault((i.Partner, i.Currency)) is not { } sums || sums.Overdue > sums.Credit)) sent += await RemindAsync(db, invoice, settings.StepOf(today.DayNumber - invoice.DueOn!.Value.DayNumber)!.Value, now, ct);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            db.ChangeTracker.Clear();
            if (due.Count < Portion) break;
            last = due[^1].Id.Value;
        }
        if (sent > 0) hints.Poke();
        return sent;
    }

    /// <summary>Leaves a client in peace, or reminds him again. Needs <see cref="Permissions.BillingInvoice"/>; said twice, it changes nothing.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c></exception>
    public async Task ExceptAsync(PartnerId client, bool excepted, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.BillingInvoice);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await db.Set<Partner>().Within(actor).AnyAsync(p => p.Id == client, ct)) throw new RuleBrokenException("clients.partner-unknown");
        await db.TakeTurnAsync($"billing.reminders.{client.Value}", ct);
        var there = await db.Set<ReminderStop>().Where(s => s.Partner == client).ToListAsync(ct);
        if (!excepted) db.RemoveRange(there);
        else if (there.Count == 0) db.Add(new ReminderStop(client, actor, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private static async Task<int> RemindAsync(PortalDb db, Invoice invoice, int step, DateTimeOffset now, CancellationToken ct)
    {
        var contact = await db.Set<SalesOrder>().Where(o => o.Id == invoice.Order).Select(o => o.Contact).FirstOrDefaultAsync(ct) ?? await db.Set<Offer>().Where(o => o.Id == invoice.Offer).Select(o => o.Contact).FirstOrDefaultAsync(ct);
        var receiver = await ClientMail.FindAsync(db, contact, invoice.Partner, ct);
        db.Add(new InvoiceReminder(invoice.Id, step, receiver?.Mail, now));
        if (receiver is null) return 0;
        BillingWork.Tell(db, invoice.Partner, "invoice.reminded", invoice.Id.Ref(), invoice.Number.ToString()!, now, db.Actor!);
        await db.AddOutboxAsync(new($"invoice-reminder:{invoice.Id.Value}:{step}", MailKind, JsonSerializer.SerializeToUtf8Bytes(new ReminderLetter(invoice.Id, receiver.Mail, receiver.Name))), now, ct);
        return 1;
    }
}
