using Portal.Domain.Billing;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Offers;

/// <summary>What offers in one language begin and end with, unless somebody writes another text, and what is said below invoices.</summary>
public sealed record OfferTexts(string? Opening, string? Closing, string? Invoice = null);

/// <summary>What holds for offers of the whole company, and what is printed on all of them.</summary>
/// <param name="Address">printed below the company's name</param>
/// <param name="Contacts">phone, mail, site</param>
/// <param name="Requisites">bank and register, printed at the foot of the last page</param>
/// <param name="ValidDays">how long a new offer can be accepted</param>
/// <param name="SupplyDays">how long goods take that are not in stock: by then orders promise them</param>
public sealed record OfferSettings(string? Address = null, string? Contacts = null, string? Requisites = null, int ValidDays = 30, int SupplyDays = 14)
{
    /// <summary>By code of the language.</summary>
    public Dictionary<string, OfferTexts> Texts { get; init; } = [];

    /// <summary>When clients are reminded of invoices.</summary>
    public ReminderSettings Reminders { get; init; } = new();

    /// <summary>The content with the company's texts of its language in place of those of the language it was in before; a text that somebody has changed stays.</summary>
    public OfferContent Translated(OfferContent content, string before)
    {
        if (content.Language == before) return content;
        var (old, now) = (Texts.GetValueOrDefault(before), Texts.GetValueOrDefault(content.Language));
        return content with { Opening = Text(content.Opening, old?.Opening, now?.Opening), Closing = Text(content.Closing, old?.Closing, now?.Closing) };

        static string? Text(string? said, string? old, string? now) => string.IsNullOrWhiteSpace(said) && string.IsNullOrWhiteSpace(old) || said?.ReplaceLineEndings() == old?.ReplaceLineEndings() ? now : said;
    }

    /// <summary>The settings, when they can be.</summary>
    /// <exception cref="RuleBrokenException"><c>text.too-long</c>, <c>number.out-of-range</c></exception>
    public OfferSettings Checked() => new(
        Required.Optional(Address, "offer.address", 300), Required.Optional(Contacts, "offer.contacts", 300), Required.Optional(Requisites, "offer.requisites", 1000),
        Required.Number(ValidDays, "offer.valid-days", 1, 365), Required.Number(SupplyDays, "offer.supply-days", 1, 365))
    {
        Reminders = Reminders.Checked(),
        Texts = Languages.All.Where(l => Texts.ContainsKey(l.Code)).ToDictionary(l => l.Code,
            l => new OfferTexts(Required.Optional(Texts[l.Code].Opening, "offer.opening", 4000), Required.Optional(Texts[l.Code].Closing, "offer.closing", 4000), Required.Optional(Texts[l.Code].Invoice, "offer.invoice-text", 4000))),
    };
}
