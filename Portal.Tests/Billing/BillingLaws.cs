using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;

namespace Portal.Tests.Billing;

/// <summary>What holds for all invoices and payments, whatever is paid, given and taken back.</summary>
public sealed class BillingLaws
{
    private static readonly DateOnly Today = new(2026, 6, 1);
    private static readonly PartnerId Client = PartnerId.New();
    private static readonly Actor Clerk = Actor.System("clerk");

    private static OfferLine Line(decimal price, decimal vat = 20, decimal quantity = 1) => new(Guid.NewGuid(), OfferLineKind.Free, "Frame") { Quantity = quantity, Asked = price, Price = price, VatRate = vat };

    private static OfferContent Sold(params OfferLine[] lines) => new("EUR", "en", Today) { Lines = lines };

    private static Invoice Issued(decimal gross, PartnerId? client = null, int number = 1)
    {
        var invoice = new Invoice(InvoiceId.New(), CompanyId.New(), new(null, null, client ?? Client, null, null, null, null), InvoiceContent.Whole(Sold(Line(gross, 0))), Clerk, DateTimeOffset.UnixEpoch);
        invoice.IssueAsync(Today, Clerk, DateTimeOffset.UnixEpoch, () => Task.FromResult(new DocumentNumber(2026, number))).GetAwaiter().GetResult();
        return invoice;
    }

    private static Payment Paid(decimal amount, string currency = "EUR", PartnerId? client = null) =>
        new(PaymentId.New(), CompanyId.New(), new(2026, 1), new(Today, new(amount, currency), client ?? Client, null, null), Today, Clerk, DateTimeOffset.UnixEpoch);

    private static string Refused(Action job) => Assert.Throws<RuleBrokenException>(job).Code;

    private static readonly Gen<(int Payment, int Invoice, int Amount)[]> Moves =
        (from payment in Gen.Choose(0, 3) from invoice in Gen.Choose(0, 3) from amount in Gen.Choose(-3, 80) select (payment, invoice, amount)).ArrayOf();

    [Theory]
    [InlineData("invoice 2026-0004", "2026-0004")]
    [InlineData("for 2026/0004 and 2026–12345", "2026-0004 2026-12345")]
    [InlineData("Order K-302 of 2026-04-03", "")]
    [InlineData("paid on 03.04.2026-0004", "")]
    [InlineData("04/2026-0005; 2026-04", "")]
    [InlineData("2026-0403-17", "")]
    [InlineData("12026-0004, 2026-00041234", "")]
    public void Numbers_AreReadOffWhatSomebodyWrote_ButNoDates(string written, string numbers) => Assert.Equal(numbers, string.Join(' ', PaymentMatch.NumbersIn(written).Select(n => n.ToString()).Order()));

    /// <summary>However money is given to invoices and taken back: no payment gives more than it is, no invoice takes more than it asks, and the balance is invoices less payments.</summary>
    [Fact]
    public void Allocations_StayWithinPaymentsAndInvoices_AndTheBalanceIsTheirDifference() => Prop.ForAll(Moves.ToArbitrary(), moves =>
    {
        Invoice[] invoices = [Issued(50), Issued(75.5m), Issued(10), Issued(120)];
        Payment[] payments = [Paid(60), Paid(20.25m), Paid(99), Paid(5)];
        List<(Allocation Given, Payment Payment, Invoice Invoice)> standing = [];
        foreach (var (payment, invoice, amount) in moves)
        {
            var (of, to) = (payments[payment], invoices[invoice]);
            if (amount < 0)
            {
                if (standing.Count == 0) continue;
                var (given, from, back) = standing[^1];
                given.End(from, back, Clerk, DateTimeOffset.UnixEpoch);
                given.End(from, back, Clerk, DateTimeOffset.UnixEpoch);
                standing.RemoveAt(standing.Count - 1);
            }
            else if (amount == 0 || amount > of.Free || amount > to.Open) Assert.Throws<RuleBrokenException>(() => new Allocation(of, to, amount, Clerk, DateTimeOffset.UnixEpoch));
            else standing.Add((new(of, to, amount, Clerk, DateTimeOffset.UnixEpoch), of, to));
        }
        var owed = Receivables.Of(invoices.Select(i => new OpenInvoice(i.DueOn!.Value, i.Open)), payments.Sum(p => p.Free), Today);
        return payments.All(p => p.Allocated == standing.Where(s => s.Payment == p).Sum(s => s.Given.Amount) && p.Allocated <= p.Amount && p.Allocated >= 0)
            && invoices.All(i => i.Paid == standing.Where(s => s.Invoice == i).Sum(s => s.Given.Amount) && i.Paid <= i.Gross
                && i.State == (i.Paid == 0 ? InvoiceState.Issued : i.Paid == i.Gross ? InvoiceState.Paid : InvoiceState.PartPaid))
            && owed.Balance == invoices.Sum(i => i.Gross) - payments.Sum(p => p.Amount);
    }).QuickCheckThrowOnFailure();

    /// <summary>The parts of a schedule are together what was sold, in every rate of tax, to the minor unit.</summary>
    [Fact]
    public void Parts_AreTogetherTheWhole() => Prop.ForAll(
        (from price in Gen.Choose(1, 1_000_000) from vat in Gen.Elements(0, 7, 19, 20) select Line(price / 100m, vat)).ArrayOf().Where(l => l.Length > 0).ToArbitrary(),
        Gen.Choose(1, 45).ArrayOf(2).ToArbitrary(), (lines, percents) =>
    {
        var sold = Sold(lines) with { Payments = [.. percents.Select(p => new PaymentPart(PaymentEvent.Acceptance, 0, p)), new(PaymentEvent.Shipment, 14)] };
        var whole = InvoiceContent.Whole(sold);
        var parts = Enumerable.Range(1, 3).Select(place => InvoiceContent.Part(sold, place)).ToList();
        var dues = PaymentSchedule.Split(whole.Lines.Sum(l => l.Gross), sold.Payments, "EUR");
        return parts.Zip(dues).All(p => p.First.Lines.Sum(l => l.Gross) == p.Second.Amount)
            && parts.SelectMany(p => p.Lines).Sum(l => l.Gross) == whole.Lines.Sum(l => l.Gross)
            && parts.SelectMany(p => p.Lines).Sum(l => l.Vat) == whole.Lines.Sum(l => l.Vat)
            && parts.SelectMany(p => p.Lines).All(l => decimal.Round(l.Net, 2) == l.Net && decimal.Round(l.Vat, 2) == l.Vat);
    }).QuickCheckThrowOnFailure();

    /// <summary>Proposals give no more than there is, and to no invoice more than is open.</summary>
    [Fact]
    public void Proposals_StayWithinThePaymentAndTheInvoices() => Prop.ForAll(Gen.Choose(1, 400).ToArbitrary(), Gen.Choose(1, 90).ArrayOf().ToArbitrary(), (free, open) =>
    {
        var invoices = open.Select((sum, i) => new PayableInvoice(InvoiceId.New(), new(2026, i + 1), Today.AddDays(i % 5), sum)).ToList();
        var proposals = PaymentMatch.Of("for 2026-0003 and 2026/2", free, invoices);
        return proposals.Sum(p => p.Amount) == Math.Min(free, invoices.Sum(i => i.Open)) && proposals.All(p => p.Amount > 0 && p.Amount <= invoices.Single(i => i.Id == p.Invoice).Open);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Proposals_GoByNumber_ThenBySum_ThenByAge()
    {
        PayableInvoice old = new(InvoiceId.New(), new(2026, 7), Today.AddDays(-9), 30), late = new(InvoiceId.New(), new(2026, 42), Today, 50), last = new(InvoiceId.New(), new(2026, 43), Today.AddDays(9), 20);

        Assert.Equal([(late.Id, 50m, MatchReason.Number), (old.Id, 10m, MatchReason.Oldest)], PaymentMatch.Of("Rechnung 2026-0042", 60, [old, late, last]).Select(p => (p.Invoice, p.Amount, p.Reason)));
        Assert.Equal([(last.Id, 20m, MatchReason.Amount)], PaymentMatch.Of("thank you", 20, [old, late, last]).Select(p => (p.Invoice, p.Amount, p.Reason)));
        Assert.Equal([(old.Id, 25m, MatchReason.Oldest)], PaymentMatch.Of(null, 25, [old, late, last]).Select(p => (p.Invoice, p.Amount, p.Reason)));
        Assert.Empty(PaymentMatch.Of("2026-0042", 60, []));
    }

    [Fact]
    public void Allocation_OfOtherMoneyOrAnotherClient_OrMoreThanThereIs_IsRefused_AndChangesNothing()
    {
        var (invoice, payment) = (Issued(100), Paid(150));
        void Give(decimal amount, Payment? of = null) => _ = new Allocation(of ?? payment, invoice, amount, Clerk, DateTimeOffset.UnixEpoch);

        Assert.Equal("payments.other-currency", Refused(() => Give(10, Paid(10, "USD"))));
        Assert.Equal("payments.other-client", Refused(() => Give(10, Paid(10, client: PartnerId.New()))));
        Assert.Equal("payments.more-than-open", Refused(() => Give(101)));
        Assert.Equal("payments.more-than-free", Refused(() => Give(10, Paid(9))));
        Assert.Equal("payments.minor-unit", Refused(() => Give(0.001m)));
        Assert.All(new[] { 0m, -1, decimal.MaxValue }, wrong => Assert.Equal("number.out-of-range", Refused(() => Give(wrong))));
        Assert.Equal((0m, 0m, InvoiceState.Issued), (invoice.Paid, payment.Allocated, invoice.State));

        Give(100);
        Assert.Equal((InvoiceState.Paid, 50m), (invoice.State, payment.Free));
        Assert.Equal("invoices.paid-already", Refused(() => invoice.Cancel("wrong", Clerk, DateTimeOffset.UnixEpoch)));
        Assert.Equal("payments.given-already", Refused(() => payment.Cancel("wrong", Clerk, DateTimeOffset.UnixEpoch)));
    }

    [Fact]
    public void Payment_OfNothing_TooMuch_Nobody_OrTomorrow_IsRefused()
    {
        Payment Of(decimal amount, string currency = "EUR", string? payer = "Ash", int days = 0) =>
            new(PaymentId.New(), CompanyId.New(), new(2026, 1), new(Today.AddDays(days), new(amount, currency), null, payer, null), Today, Clerk, DateTimeOffset.UnixEpoch);

        Assert.All(new[] { 0m, -5, 1e20m }, wrong => Assert.Equal("number.out-of-range", Refused(() => Of(wrong))));
        Assert.Equal("payments.minor-unit", Refused(() => Of(1.005m)));
        Assert.Equal("payments.minor-unit", Refused(() => Of(1.5m, "JPY")));
        Assert.Equal("clients.currency-unknown", Refused(() => Of(1, "money")));
        Assert.Equal("payments.no-payer", Refused(() => Of(1, payer: " ")));
        Assert.Equal("payments.day-ahead", Refused(() => Of(1, days: 1)));
        Assert.Equal(5, Of(5).Free);
    }

    [Fact]
    public void Ageing_CountsFromTheLastDayOfPayment()
    {
        var owed = Receivables.Of([new(Today, 1), new(Today.AddDays(-1), 2), new(Today.AddDays(-30), 4), new(Today.AddDays(-31), 8), new(Today.AddDays(-60), 16), new(Today.AddDays(-61), 32), new(Today.AddDays(-90), 64), new(Today.AddDays(-91), 128)], 5, Today);

        Assert.Equal([1m, 6, 24, 96, 128], Enum.GetValues<AgeBand>().Select(b => owed.Bands[b]));
        Assert.Equal((255m, 254m, 250m, 91), (owed.Open, owed.Overdue, owed.Balance, owed.OldestDays));
    }

    [Fact]
    public void Goods_StopForDebtBeyondTheLimit_AndForOverdueDebt_ButNotWhereCreditCovers()
    {
        var late = Receivables.Of([new(Today.AddDays(-3), 40), new(Today.AddDays(3), 60)], 0, Today);

        Assert.Equal([CreditStop.Overdue], CreditRule.StopsOf(late, 50, null, 0));
        Assert.Equal([], CreditRule.StopsOf(late, 50, 150, 3));
        Assert.Equal([CreditStop.OverLimit], CreditRule.StopsOf(late, 50.01m, 150, 3));
        Assert.Equal([CreditStop.Overdue, CreditStop.OverLimit], CreditRule.StopsOf(late, 0, 99, 2));
        Assert.Equal([], CreditRule.StopsOf(late with { Credit = 40 }, 0, 99, 0));
    }

    [Fact]
    public void Statement_RunsFromWhatWasOwedToWhatIsOwed()
    {
        var statement = Statement.Of(100, [new(Today.AddDays(2), default, "2026-0009", -70), new(Today, default, "2026-0001", -40), new(Today, default, "2026-0002", 60)]);

        Assert.Equal([160m, 120, 50], statement.Lines.Select(l => l.Balance));
        Assert.Equal((60m, 110m, 50m), (statement.Charged, statement.Paid, statement.Closing));
    }
}
