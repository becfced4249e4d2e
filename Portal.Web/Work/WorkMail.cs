using System.Globalization;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;
using Portal.Web.Shared;
using Portal.Workflows.Notation;

namespace Portal.Web.Work;

/// <summary>Writes letters about work in the receiver's language, as the work stands at the moment of sending; what is done by then is not written about.</summary>
internal sealed class WorkMail(MailDelivery mailer, MailPreferences receivers, UserRights rights, TaskQuery tasks, AssignmentQuery assignments, TextCatalog catalog, TimeProvider time)
{
    /// <summary>The outbox's handler.</summary>
    public OutboxHandler Handler => new(WorkNotices.MailKind, SendAsync);

    private async Task SendAsync(OutboxMessage entry, CancellationToken ct)
    {
        var notice = MailPreferences.Read(entry.Body);
        if (await receivers.ReceiverAsync(notice.User, ct) is not { Email: { } address } receiver || await rights.FindAsync(receiver.Id, ct) is not { } actor) return;
        if (await FindAsync(notice, actor, ct) is not { } work) return;
        var clock = LocalTime.For(actor, time);
        var lines = new List<string> { work.Title.In(actor.Culture) };
        if (work.What is { } what) lines.Add(what);
        if (work.Due is { } due) lines.Add(Say(actor, "mail.due", clock.Of(due).ToString("g", CultureInfo.GetCultureInfo(actor.Culture))));
        if (work.Text is { } text) lines.Add("\n" + text.In(actor.Culture));
        lines.Add("\n" + Say(actor, "mail.settings"));
        await mailer.SendAsync(new(address, Say(actor, $"mail.{notice.Reason}", work.Title.In(actor.Culture)), string.Join("\n", lines)), entry.Key, ct);
    }

    private async Task<(LocalText Title, string? What, DateTimeOffset? Due, LocalText? Text)?> FindAsync(WorkNotice notice, Actor actor, CancellationToken ct)
    {
        if (notice.Kind == ObjectKind.Assignment)
            return await assignments.FindAsync(new(notice.Object), actor, ct) is { Assignment: { IsOpen: true } it } found && it.Performer == actor.UserId
                ? ((LocalText)it.Title, (string?)found.Giver, it.Deadline, it.Description is { } text ? (LocalText)text : null) : null;
        return actor.Can(Permissions.TasksWork) && await tasks.FindAsync(new(notice.Object), actor, ct) is { MayWork: true } task
            && (task.Task.Assignee is not { } assignee || assignee == actor.UserId)
            ? (task.Task.Title, task.Task.AboutTitle, task.Task.Due, task.Instruction) : null;
    }

    private string Say(Actor actor, string key, params object[] args) =>
        string.Format(CultureInfo.GetCultureInfo(actor.Culture), catalog.Find(key, actor.Culture) ?? key, args);
}
