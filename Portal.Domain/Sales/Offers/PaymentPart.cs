using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Offers;

/// <summary>From what the days of a payment are counted.</summary>
public enum PaymentEvent { Acceptance, Invoice, Shipment, Delivery }

/// <summary>A part of the payment: a share of the whole or an amount. The last part has neither, it takes what remains.</summary>
/// <param name="Days">after the event; 0 for at once</param>
public sealed record PaymentPart(PaymentEvent After, int Days, decimal? Percent = null, decimal? Amount = null);

/// <summary>A part with what is to be paid by it.</summary>
public sealed record PaymentDue(PaymentEvent After, int Days, decimal Amount, decimal? Percent);

/// <summary>When a sum is to be paid.</summary>
public static class PaymentSchedule
{
    /// <summary>Parts of one schedule.</summary>
    public const int Most = 24;

    private const int MostDays = 3650;

    /// <summary>The parts, when they can be; the last one is the remainder whatever it says.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>offers.too-many-payments</c>, <c>offers.payments-over</c></exception>
    public static IReadOnlyList<PaymentPart> Checked(IReadOnlyList<PaymentPart> parts)
    {
        if (parts.Count > Most) throw new RuleBrokenException("offers.too-many-payments", Most);
        List<PaymentPart> known = [];
        foreach (var part in parts)
        {
            var days = Required.Number(part.Days, "offer.days", 0, MostDays);
            if (known.Count == parts.Count - 1) known.Add(new(part.After, days));
            else if (part.Amount is { } amount) known.Add(new(part.After, days, null, PriceNumbers.Price(amount, "offer.payment")));
            else known.Add(new(part.After, days, PriceNumbers.Percent(part.Percent ?? 0, "offer.payment-percent")));
        }
        if (known.Sum(p => p.Percent ?? 0) > 100) throw new RuleBrokenException("offers.payments-over");
        return known;
    }

    /// <summary>
    /// Splits a sum: each part but the last rounded half away from zero to the currency's minor unit, the last takes the remainder, so that the parts are the sum.
    /// Without parts nothing is said of when it is paid.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>offers.payments-over</c>: the parts before the last are more than the sum</exception>
    public static IReadOnlyList<PaymentDue> Split(decimal sum, IReadOnlyList<PaymentPart> parts, string currency)
    {
        var digits = LineSums.MinorDigits(currency);
        List<PaymentDue> dues = [];
        var left = sum;
        for (var i = 0; i < parts.Count; i++)
        {
            var (part, last) = (parts[i], i == parts.Count - 1);
            var amount = last ? left : Math.Round(part.Amount ?? sum * (part.Percent ?? 0) / 100, digits, MidpointRounding.AwayFromZero);
            // rounding up every part of a small sum may ask for a unit that is not there
            if (part.Amount is null) amount = Math.Min(amount, left);
            if (amount > left) throw new RuleBrokenException("offers.payments-over");
            left -= amount;
            dues.Add(new(part.After, part.Days, amount, last && parts.All(p => p.Amount is null) ? 100 - parts.Sum(p => p.Percent ?? 0) : part.Percent));
        }
        return dues;
    }
}
