using System.Text;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Calendar;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Work;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Clients.Calendar;

/// <summary>Writes a letter when a reminder rang, in its person's language and time; not where it was put away, held or called off by then, or he wants no such letters.</summary>
internal sealed class ReminderMail(MailDelivery mailer, MailPreferences receivers, ReminderDesk reminders, PublicAddress portal, ReaderWords words)
{
    /// <summary>The outbox's handler.</summary>
    public OutboxHandler Handler => new(ReminderRounds.MailKind, SendAsync);

    private async Task SendAsync(OutboxMessage entry, CancellationToken ct)
    {
        var notice = ReminderRounds.Read(entry.Body);
        if (await receivers.ReaderAsync(notice.User, ct) is not var (address, actor)) return;
        if (!(await receivers.OfAsync(actor, ct)).OnReminder || await reminders.FindAsync(notice.Reminder, actor, ct) is not { } reminder) return;
        await mailer.SendAsync(Compose(address, actor, reminder), entry.Key, ct);
    }

    private Letter Compose(string address, Actor actor, RungReminder reminder)
    {
        var (T, clock) = words.Of(actor);
        var kind = T[$"interactionKind.{reminder.Kind}"];
        var text = new StringBuilder().Append(kind).Append(": ").Append(reminder.Subject).AppendLine().Append(reminder.Client).AppendLine().Append(clock.Full(reminder.Starts)).AppendLine();
        if (reminder.Text is { } said) text.AppendLine().Append(said).AppendLine();
        if (portal.Of(ObjectLinks.To(ObjectKind.Interaction, reminder.Interaction.Value)![1..]) is { } page) text.AppendLine().Append(page).AppendLine();
        if (portal.Of("work/mail") is { } wishes) text.AppendLine().Append(T["mail.settings"]).AppendLine().Append(wishes).AppendLine();
        return new(address, T["calendar.mail-subject", clock.Short(reminder.Starts), reminder.Text ?? $"{kind}: {reminder.Subject}", reminder.Client].ReplaceLineEndings(" "), text.ToString());
    }
}
