using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Printing;

namespace Portal.Infrastructure.Documents;

/// <summary>A letter with a paper, as it waits in the outbox.</summary>
/// <param name="AnswersTo">the sender's address, which an answer goes to; null for the company's</param>
public sealed record PaperLetter(PaperRequest Paper, string To, string Subject, string Text, string? AnswersTo);

/// <summary>A letter before somebody sends it.</summary>
/// <param name="Mail">the address that is known; null where there is none, or it is hidden from the actor</param>
/// <param name="Name">whom it speaks to</param>
public sealed record PaperDraft(Printable Paper, string? Mail, string? Name);

/// <summary>Sends papers to clients by mail: of invoices and statements by who writes invoices, of shipments by who manages orders or moves goods. Drafts and what was cancelled stay here.</summary>
public sealed class DocumentPost(IDbContextFactory<PortalDb> contexts, DocumentPapers papers, WorkHints hints, TimeProvider time)
{
    /// <summary>Kind of the outbox's entries.</summary>
    public const string MailKind = "documents.letter";

    /// <summary>What is to be sent, and to whom it would go.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>documents.not-for-mail</c></exception>
    public async Task<PaperDraft> DraftAsync(PaperRequest wanted, Actor actor, CancellationToken ct)
    {
        var paper = await RequireAsync(wanted, actor, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var receiver = await ClientMail.FindAsync(db, paper.Contact, paper.Client, ct);
        var hidden = actor.Hidden.HasFlag(ConfidentialFields.Mails) && !await db.Set<Partner>().AnyAsync(p => p.Id == paper.Client && p.Responsible == actor.UserId, ct);
        return new(paper, hidden ? null : receiver?.Mail, receiver?.Name);
    }

    /// <summary>Sends a paper.</summary>
    /// <param name="id">of the command: said once more, it sends nothing again</param>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>documents.not-for-mail</c>, <c>offers.mail-unreadable</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public async Task SendAsync(Guid id, PaperRequest wanted, string? to, string? subject, string? text, Actor actor, CancellationToken ct)
    {
        var (address, title, words) = (ClientMail.Read(to), Required.Text(subject, "offer.mail-subject", 200).ReplaceLineEndings(" "), Required.Text(text, "offer.mail-text", 4000));
        var paper = await RequireAsync(wanted, actor, ct);
        var (key, now) = ($"document-letter:{id}", time.GetUtcNow());
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync(key, ct);
        if (await db.Database.SqlQuery<int>($"""select count(*)::int as "Value" from core.outbox where key = {key}""").SingleAsync(ct) > 0) return;
        var own = await db.Set<PortalUser>().Where(u => u.Id == actor.UserId).Select(u => u.Email).FirstOrDefaultAsync(ct);
        await db.AddOutboxAsync(new(key, MailKind, JsonSerializer.SerializeToUtf8Bytes(new PaperLetter(wanted, address, title, words, own))), now, ct);
        db.Add(new TimelineEntry(paper.Client!.Value, "document.sent", paper.About, title, now, actor));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        hints.Poke();
    }

    private async Task<Printable> RequireAsync(PaperRequest wanted, Actor actor, CancellationToken ct)
    {
        if (wanted.Kind is PaperKind.Invoice or PaperKind.Act or PaperKind.Statement) actor.Require(Permissions.BillingInvoice);
        else if (!actor.Can(Permissions.StockMove)) actor.Require(Permissions.OrdersManage);
        return await papers.FindAsync(wanted, actor, ct) is { IsOut: true, Client: not null } paper ? paper : throw new RuleBrokenException("documents.not-for-mail");
    }
}
