using System.Globalization;

namespace Portal.Domain.Shared;

/// <summary>An amount in an ISO 4217 currency. Amounts of different currencies never mix.</summary>
public readonly record struct Money(decimal Amount, string Currency)
{
    /// <summary>Sum in the common currency.</summary>
    /// <exception cref="RuleBrokenException"><c>money.currency-mixed</c></exception>
    public static Money operator +(Money a, Money b) =>
        a.Currency == b.Currency ? new(a.Amount + b.Amount, a.Currency) : throw new RuleBrokenException("money.currency-mixed", a.Currency, b.Currency);

    /// <summary>The amount rounded half away from zero to the minor unit.</summary>
    public Money Rounded(int minorDigits = 2) => new(Math.Round(Amount, minorDigits, MidpointRounding.AwayFromZero), Currency);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Amount} {Currency}");
}
