using System.Globalization;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Offers;

/// <summary>Numbers and differences of offers in the reader's words.</summary>
internal static class OfferWords
{
    /// <summary>A sum with the places of its currency, without its name.</summary>
    public static string Sum(decimal value, string currency) => value.ToString($"N{LineSums.MinorDigits(currency)}", CultureInfo.CurrentCulture);

    /// <summary>A sum with its currency.</summary>
    public static string Money(decimal value, string currency) => $"{Sum(value, currency)} {currency}";

    /// <summary>A quantity or a percentage, as short as it is.</summary>
    public static string Number(decimal value) => value.ToString("#,0.######", CultureInfo.CurrentCulture);

    /// <summary>A unit price: at least the places of its currency.</summary>
    public static string Price(decimal value, string currency) =>
        value.ToString("#,0." + new string('0', LineSums.MinorDigits(currency)) + new string('#', 6 - LineSums.MinorDigits(currency)), CultureInfo.CurrentCulture);

    /// <summary>A difference between two versions in words.</summary>
    public static string Change(this Texts texts, OfferChange change, OfferContent before, OfferContent after)
    {
        var (from, to) = (Value(change.Before, change.Code, before, texts), Value(change.After, change.Code, after, texts));
        return texts[$"offerChangeCode.{change.Code}", change.Line, from, to];
    }

    private static string Value(object? value, OfferChangeCode code, OfferContent of, Texts texts) => (value, code) switch
    {
        (null, _) => "—",
        (decimal price, OfferChangeCode.Price) => $"{Price(price, of.Currency)} {of.Currency}",
        (decimal sum, OfferChangeCode.Added or OfferChangeCode.Removed or OfferChangeCode.Net or OfferChangeCode.Gross) => Money(sum, of.Currency),
        (decimal number, _) => Number(number),
        (IReadOnlyList<PaymentPart> parts, _) => parts.Count == 0 ? "—" : string.Join("; ", parts.Select((part, i) => $"{Share(part, i == parts.Count - 1, of.Currency, texts)} {texts.Due(part.After, part.Days)}")),
        (DateOnly day, _) => day.ToString("d", CultureInfo.CurrentCulture),
        (string language, OfferChangeCode.Language) => Domain.Identity.Languages.Find(language)?.NativeName ?? language,
        _ => value.ToString() ?? "",
    };

    /// <summary>When a part is to be paid.</summary>
    public static string Due(this Texts texts, PaymentEvent after, int days) => days == 0 ? texts[$"offer.due.{after}.at-once"] : texts.Count($"offer.due.{after}", days);

    private static string Share(PaymentPart part, bool last, string currency, Texts texts) =>
        last ? texts["offers.remainder"] : part.Amount is { } amount ? Money(amount, currency) : $"{Number(part.Percent ?? 0)} %";
}
