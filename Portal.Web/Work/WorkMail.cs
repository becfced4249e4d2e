using System.Text;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Work;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Work;

/// <summary>
/// Writes a letter about a person's news, in his language and time, as the work stands at the moment of sending; what is done by then
/// is not written about. Each piece of work carries the link to it.
/// </summary>
internal sealed class WorkMail(MailDelivery mailer, MailPreferences receivers, WorkNews news, PublicAddress portal, ReaderWords words)
{
    private const int MostSaid = 300;

    /// <summary>The outbox's handler.</summary>
    public OutboxHandler Handler => new(WorkNotices.MailKind, SendAsync);

    private async Task SendAsync(OutboxMessage entry, CancellationToken ct)
    {
        var notice = WorkNotices.Read(entry.Body);
        if (await receivers.ReaderAsync(notice.User, ct) is not var (address, actor)) return;
        var found = await news.OfAsync(actor, notice.From, notice.Until, ct);
        if (found.Count > 0) await mailer.SendAsync(Compose(address, actor, found), entry.Key, ct);
    }

    /// <summary>The letter as its reader gets it.</summary>
    /// <param name="items">at least one, those of a reason and person together</param>
    internal Letter Compose(string address, Actor actor, IReadOnlyList<NewsItem> items)
    {
        var (T, clock) = words.Of(actor);
        var groups = items.GroupBy(i => (i.Reason, i.From)).Select(g => g.ToList()).ToList();
        var text = new StringBuilder();
        foreach (var alike in groups)
        {
            text.Append(Heading(alike[0])).AppendLine();
            foreach (var item in alike) Write(item);
            if (alike[0].Alike - alike.Count is > 0 and var more) text.Append(T.Count("mail.more", more)).AppendLine();
            text.AppendLine();
        }
        Link("work");
        text.Append(T["mail.settings"]).AppendLine();
        Link("work/mail");
        var subject = groups.Count > 1 ? T.Count("mail.several", groups.Sum(g => g[0].Alike)) : items.Count > 1 ? Heading(items[0]) : $"{Heading(items[0])}: {items[0].Title.In(T.Language)}";
        return new(address, subject.ReplaceLineEndings(" "), text.ToString());

        string Heading(NewsItem first) => T.Count($"mail.{first.Reason}", first.Alike, first.From ?? T["work.nobody"]);

        void Write(NewsItem item)
        {
            text.Append("• ").Append(item.Title.In(T.Language));
            if (item.AboutTitle is { } about) text.Append(" – ").Append(about);
            if (item.Due is { } due) text.Append(" – ").Append(T["mail.due", clock.Full(due)]);
            text.AppendLine();
            if (item.Said is { } said) text.Append("  “").Append(said.Length > MostSaid ? said[..MostSaid] + "…" : said).Append('”').AppendLine();
            Link(ObjectLinks.To(item.Object.Kind, item.Object.Id)![1..]);
        }

        void Link(string page)
        {
            if (portal.Of(page) is { } full) text.Append("  ").Append(full).AppendLine();
        }
    }
}
