using System.Text.Json;
using Portal.Domain.Shared;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Printing;
using Portal.Web.Shared;

namespace Portal.Web.Documents;

/// <summary>Sends papers to clients, and reminds them of invoices, in their language.</summary>
internal sealed class DocumentMail(MailDelivery mailer, DocumentPapers papers, InvoiceQuery invoices, TextCatalog catalog)
{
    private static readonly Actor Reader = Actor.System("mail");

    /// <summary>The outbox's handler of letters that somebody has written.</summary>
    public OutboxHandler Letters => new(DocumentPost.MailKind, SendAsync);

    /// <summary>The outbox's handler of reminders.</summary>
    public OutboxHandler Reminders => new(InvoiceReminders.MailKind, RemindAsync);

    /// <summary>The usual subject and words of a letter with a paper.</summary>
    /// <param name="to">whom it speaks to; null where nobody is named</param>
    /// <param name="from">who sends it</param>
    public static (string Subject, string Text) Words(Printable paper, string? to, string? from, PaperTongue t)
    {
        var name = paper.Form(t).Name;
        return ($"{name} · {paper.From.Name}", Letter(paper, to, from, t.Words("paper.mail.text", name), t));
    }

    private static string Letter(Printable paper, string? to, string? from, string text, PaperTongue t) => string.Join("\n\n",
        to is null ? t.Words("offer.mail.dear-nobody") : t.Words("offer.mail.dear", to), text, string.Join('\n', new[] { t.Words("offer.mail.regards"), from, paper.From.Name }.Where(line => line is { Length: > 0 })));

    private async Task SendAsync(OutboxMessage entry, CancellationToken ct)
    {
        var letter = JsonSerializer.Deserialize<PaperLetter>(entry.Body)!;
        // what was cancelled before its letter went out does not go out
        if (await papers.FindAsync(letter.Paper, Reader, ct) is not { IsOut: true } paper) return;
        await mailer.SendAsync(new(letter.To, letter.Subject, letter.Text) { Files = [new(paper.File, "application/pdf", catalog.Write(paper))], AnswersTo = letter.AnswersTo }, entry.Key, ct);
    }

    private async Task RemindAsync(OutboxMessage entry, CancellationToken ct)
    {
        var letter = JsonSerializer.Deserialize<ReminderLetter>(entry.Body)!;
        // what was paid before the letter went out is not asked for
        if (await invoices.FindAsync(letter.Invoice, Reader, ct) is not { Open: > 0, Number: { } number, Day: { } day, DueOn: { } due } invoice || await papers.FindAsync(new(PaperKind.Invoice, letter.Invoice.Value), Reader, ct) is not { } paper) return;
        var t = catalog.Tongue(paper.Language);
        var text = t.Words("paper.mail.reminder", number, t.Day(day), t.Money(invoice.Gross, invoice.Currency), t.Day(due), t.Money(invoice.Open, invoice.Currency));
        await mailer.SendAsync(new(letter.To, t.Words("paper.mail.reminder-subject", number, paper.From.Name), Letter(paper, letter.Name, null, text, t)) { Files = [new(paper.File, "application/pdf", catalog.Write(paper))] }, entry.Key, ct);
    }
}

/// <summary>Registers the letters with papers.</summary>
internal static class DocumentMailRegistration
{
    /// <summary>Adds what sends papers and reminders.</summary>
    public static IServiceCollection AddDocumentMail(this IServiceCollection services)
    {
        services.AddSingleton<DocumentMail>();
        services.AddSingleton(provider => provider.GetRequiredService<DocumentMail>().Letters);
        return services.AddSingleton(provider => provider.GetRequiredService<DocumentMail>().Reminders);
    }
}
