using System.Text.Json;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Work;
using Portal.Web.Documents;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Sales.Offers;

/// <summary>Sends offers to clients with the file and a link of their own, and tells who answers for an offer what its client has done.</summary>
internal sealed class OfferMail(MailDelivery mailer, OfferPost post, OfferPaperQuery papers, OfferPapers press, OfferQuery offers, MailPreferences receivers, PublicAddress portal, ReaderWords words)
{
    /// <summary>The outbox's handler of letters to clients.</summary>
    public OutboxHandler Letters => new(OfferPost.MailKind, SendAsync);

    /// <summary>The outbox's handler of news from clients.</summary>
    public OutboxHandler News => new(ClientOffers.NewsKind, TellAsync);

    private async Task SendAsync(OutboxMessage entry, CancellationToken ct)
    {
        var (letter, secret) = post.Read(entry.Body);
        // what was withdrawn before its letter went out does not go out
        if (await papers.FindForClientAsync(letter.Offer, letter.Number, ct) is not { IssuedAt: not null } print) return;
        var link = portal.Of(ClientOfferEndpoints.PathOf(secret)) is { } address ? $"{Environment.NewLine}{Environment.NewLine}{address}{Environment.NewLine}" : "";
        var file = new LetterFile($"{print.Number}.pdf", "application/pdf", press.Write(print));
        var subject = letter.Subject ?? press.LetterSubject(print.Content, print.Number!, print.Title);
        var text = letter.Text ?? press.LetterText(print.Content, print.Number!, print.Parties.Contact ?? print.Parties.Client, print.Parties.Manager, link.Length > 0);
        await mailer.SendAsync(new(letter.To, subject, text + link) { Files = [file], AnswersTo = letter.AnswersTo }, entry.Key, ct);
    }

    private async Task TellAsync(OutboxMessage entry, CancellationToken ct)
    {
        var news = JsonSerializer.Deserialize<OfferNews>(entry.Body)!;
        if (await receivers.ReaderAsync(news.User, ct) is not var (address, actor) || !actor.Can(Permissions.OffersRead)) return;
        if (await offers.FindAsync(news.Offer, null, actor, ct) is not { } offer) return;
        var (T, _) = words.Of(actor);
        var text = $"{T[$"offers.news.{news.What}", news.Name]}{Environment.NewLine}{offer.Number} {offer.Title}{Environment.NewLine}";
        if (news.Words is { } said) text += $"{Environment.NewLine}{said}{Environment.NewLine}";
        if (portal.Of(ObjectLinks.To(ObjectKind.Offer, news.Offer.Value)![1..]) is { } page) text += $"{Environment.NewLine}{page}{Environment.NewLine}";
        await mailer.SendAsync(new(address, $"{T[$"offers.news.{news.What}", news.Name]}: {offer.Number}".ReplaceLineEndings(" "), text), entry.Key, ct);
    }
}

/// <summary>Prints offers, and words their letters, in their client's language.</summary>
internal sealed class OfferPapers(TextCatalog catalog)
{
    /// <summary>The file.</summary>
    public byte[] Write(OfferPrint print) => OfferPaper.Write(print, (key, args) => Words(print.Content.Language, key, args));

    /// <summary>What a line of a kind is called until somebody calls it otherwise.</summary>
    public string NameOf(OfferLineKind kind, string language) => Words(language, $"offers.new.{kind}");

    /// <summary>The content in another language of the client: lines that are still called as they began are called so in it; what a person typed stays.</summary>
    public OfferContent In(OfferContent content, string language) => content with
    {
        Language = language,
        Lines = [.. content.Lines.Select(line => line.Kind != OfferLineKind.Product && line.Name == NameOf(line.Kind, content.Language) ? line with { Name = NameOf(line.Kind, language) } : line)],
    };

    /// <summary>The usual subject of a letter with an offer.</summary>
    public string LetterSubject(OfferContent content, string number, string title) => Words(content.Language, "offer.mail.subject", number, content.Parties?.Seller, title).ReplaceLineEndings(" ");

    /// <summary>The usual words of a letter with an offer.</summary>
    /// <param name="to">whom it speaks to; null where nobody is named</param>
    /// <param name="byLink">true where a link stands below</param>
    public string LetterText(OfferContent content, string number, string? to, string? from, bool byLink)
    {
        string Said(string key, params object?[] args) => Words(content.Language, key, args);
        List<string> paragraphs = [to is null ? Said("offer.mail.dear-nobody") : Said("offer.mail.dear", to), Said("offer.mail.text", number, content.ValidUntil.ToString("d", Languages.CultureOf(content.Language)))];
        if (byLink) paragraphs.Add(Said("offer.mail.by-link"));
        paragraphs.Add(string.Join('\n', new[] { Said("offer.mail.regards"), from, content.Parties?.Seller }.Where(line => line is { Length: > 0 })));
        return string.Join("\n\n", paragraphs);
    }

    private string Words(string language, string key, params object?[] args) => catalog.Tongue(language).Words(key, args);
}

/// <summary>Registers the letters of offers.</summary>
internal static class OfferMailRegistration
{
    /// <summary>Adds what prints and sends offers.</summary>
    public static IServiceCollection AddOfferMail(this IServiceCollection services)
    {
        services.AddSingleton<OfferPapers>().AddSingleton<OfferMail>();
        services.AddSingleton(provider => provider.GetRequiredService<OfferMail>().Letters);
        return services.AddSingleton(provider => provider.GetRequiredService<OfferMail>().News);
    }
}
