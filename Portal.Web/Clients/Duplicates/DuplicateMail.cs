using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Work;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Clients.Duplicates;

/// <summary>Writes to whom the schedule names when a planned search has found something new, in his language.</summary>
internal sealed class DuplicateMail(MailDelivery mailer, MailPreferences receivers, FoundPairQuery pairs, PublicAddress portal, ReaderWords words)
{
    /// <summary>The outbox's handler.</summary>
    public OutboxHandler Handler => new(DuplicateNotice.MailKind, SendAsync);

    private async Task SendAsync(OutboxMessage entry, CancellationToken ct)
    {
        var notice = DuplicateNotice.Read(entry.Body);
        if (await receivers.ReaderAsync(notice.User, ct) is not var (address, actor)) return;
        // who may no longer read clients is not written to about them
        if (!actor.Can(Domain.Identity.Permissions.ClientsRead) || await pairs.OverviewAsync(actor, ct) is not { Run: { } run } overview || run.Id != notice.Run) return;
        var (T, _) = words.Of(actor);
        // what was counted in the whole base is for who reaches all of it
        var text = overview.IsWhole ? $"{T.Count("duplicates.sure", run.Sure)}, {T.Count("duplicates.doubtful", run.Doubtful)}{Environment.NewLine}" : "";
        if (portal.Of("clients/duplicates") is { } page) text += $"{Environment.NewLine}{page}{Environment.NewLine}";
        await mailer.SendAsync(new(address, overview.IsWhole ? T.Count("duplicates.mail", run.Fresh) : T["duplicates.title"], text), entry.Key, ct);
    }
}
