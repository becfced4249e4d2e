using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Processes;
using Portal.Tests.Dispatch;
using Portal.Tests.Sales.Offers;
using Portal.Tests.Sales.Orders;
using Portal.Tests.Support;
using Portal.Web.Documents;
using Portal.Web.Shared;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Billing;

/// <summary>An office that sends invoices: that of the orders with an accountant.</summary>
public sealed class BillingOffice : OrderOffice
{
    public InvoiceDesk Invoices => Services.GetRequiredService<InvoiceDesk>();
    public InvoiceQuery InvoiceCards => Services.GetRequiredService<InvoiceQuery>();
    public PaymentDesk Payments => Services.GetRequiredService<PaymentDesk>();
    public PaymentQuery PaymentCards => Services.GetRequiredService<PaymentQuery>();
    public ReceivablesQuery Receivables => Services.GetRequiredService<ReceivablesQuery>();

    public Actor Clerk { get; private set; } = null!;

    protected override void Furnish(IServiceCollection services)
    {
        base.Furnish(services);
        services.AddBilling().AddDocumentPapers().AddMail(new MailOptions(MailFolder), new PublicAddress((Uri?)null)).AddSingleton(new TextCatalog(typeof(TextCatalog).Assembly)).AddDocumentMail();
    }

    /// <summary>Where its letters land.</summary>
    public string MailFolder { get; } = Directory.CreateDirectory(TestServer.NewFolder()).FullName;

    public DocumentPost Letters => Services.GetRequiredService<DocumentPost>();
    public InvoiceReminders Reminders => Services.GetRequiredService<InvoiceReminders>();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(MailFolder, recursive: true);
    }

    /// <summary>Sends what waits, and reads the letters to an address; whoever reads has them no more.</summary>
    public async Task<IReadOnlyList<string>> LettersToAsync(string address)
    {
        await WorkAsync();
        List<string> found = [];
        foreach (var file in Directory.GetFiles(MailFolder, "*.eml"))
        {
            var text = await File.ReadAllTextAsync(file);
            if (!text.Contains(address, StringComparison.Ordinal)) continue;
            found.Add(text);
            File.Delete(file);
        }
        return found;
    }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Clerk = await AddAsync("Ann Count", "finance-head");
    }

    /// <summary>A placed order of something free, worth so much without tax.</summary>
    public Task<SalesOrderId> SoldAsync(decimal price, params PaymentPart[] parts) => SoldAsync(Client, price, parts);

    /// <summary>A placed order of something free for a client, worth so much without tax.</summary>
    public async Task<SalesOrderId> SoldAsync(PartnerId client, decimal price, params PaymentPart[] parts)
    {
        var id = await DraftOrderAsync(client, FreeLine("Frame", price));
        await WriteOrderAsync(id, c => c with { Payments = parts, Lines = [.. c.Lines.Select(l => l with { VatRate = 0 })] });
        await PlaceAsync(id);
        return id;
    }

    public async Task<InvoiceSheet> InvoiceAsync(InvoiceId id) => (await InvoiceCards.FindAsync(id, Clerk, default))!;

    public async Task<PaymentSheet> PaymentAsync(PaymentId id) => (await PaymentCards.FindAsync(id, Clerk, default))!;

    /// <summary>An issued invoice of a new order.</summary>
    public async Task<InvoiceId> IssuedAsync(decimal price)
    {
        var id = InvoiceId.New();
        await Invoices.FromOrderAsync(id, await SoldAsync(price), 0, Clerk, default);
        await Invoices.IssueAsync(id, (await InvoiceAsync(id)).Version, Clerk, default);
        return id;
    }

    public async Task<PaymentId> PaidAsync(decimal amount, string? reference = null, string currency = "EUR", bool known = true)
    {
        var id = PaymentId.New();
        await Payments.BookAsync(id, new(Today, new(amount, currency), known ? Client : null, "Payer", reference), Clerk, default);
        return id;
    }

    public async Task GiveAsync(PaymentId payment, InvoiceId invoice, decimal amount) => await Payments.GiveAsync(payment, [new(invoice, amount)], (await PaymentAsync(payment)).Version, Clerk, default);

    /// <summary>Of the clock, which stands still.</summary>
    public static readonly DateOnly Today = new(2026, 3, 2);
}

/// <summary>Invoices and payments on a real database: parts, doubles, credit, and what follows when they are cancelled.</summary>
public sealed class BillingTests(BillingOffice office) : IClassFixture<BillingOffice>
{
    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    [Fact]
    public async Task Invoice_SaidManyTimesAtOnce_IsIssuedOnce_AndPaidInTwoParts()
    {
        var (order, id) = (await office.SoldAsync(100), InvoiceId.New());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => office.Invoices.FromOrderAsync(id, order, 0, office.Clerk, default)));
        var seen = (await office.InvoiceAsync(id)).Version;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => office.Invoices.IssueAsync(id, seen, office.Clerk, default)));
        Assert.Equal("invoices.asked-already", await RefusedAsync(() => office.Invoices.FromOrderAsync(InvoiceId.New(), order, 0, office.Clerk, default)));
        Assert.Matches(@"^\d{4}-\d{4}$", (await office.InvoiceAsync(id)).Number!);

        var (one, two) = (await office.PaidAsync(60), await office.PaidAsync(60));
        await office.GiveAsync(one, id, 60);
        Assert.Equal((InvoiceState.PartPaid, 40m), ((await office.InvoiceAsync(id)).State, (await office.InvoiceAsync(id)).Open));
        Assert.Equal("payments.more-than-open", await RefusedAsync(() => office.GiveAsync(two, id, 60)));
        await office.GiveAsync(two, id, 40);
        Assert.Equal((InvoiceState.Paid, 2, 20m), ((await office.InvoiceAsync(id)).State, (await office.InvoiceAsync(id)).Payments.Count, (await office.PaymentAsync(two)).Free));

        await office.Payments.CancelAsync(one, "bounced", (await office.PaymentAsync(one)).Version, office.Clerk, default);
        Assert.Equal((InvoiceState.PartPaid, 60m, PaymentState.Cancelled), ((await office.InvoiceAsync(id)).State, (await office.InvoiceAsync(id)).Open, (await office.PaymentAsync(one)).State));

        await office.Invoices.CancelAsync(id, "wrong client", (await office.InvoiceAsync(id)).Version, office.Clerk, default);
        Assert.Equal((InvoiceState.Cancelled, 60m), ((await office.InvoiceAsync(id)).State, (await office.PaymentAsync(two)).Free));
        await office.Invoices.FromOrderAsync(InvoiceId.New(), order, 0, office.Clerk, default);
    }

    [Fact]
    public async Task Parts_OfTheSchedule_AreInvoicedOnceEach_AndNotBesideTheWhole()
    {
        var order = await office.SoldAsync(100.01m, new(PaymentEvent.Acceptance, 3, 30), new PaymentPart(PaymentEvent.Shipment, 14));
        var (prepayment, rest) = (InvoiceId.New(), InvoiceId.New());
        await office.Invoices.FromOrderAsync(prepayment, order, 1, office.Clerk, default);

        Assert.Equal("invoices.asked-already", await RefusedAsync(() => office.Invoices.FromOrderAsync(InvoiceId.New(), order, 0, office.Clerk, default)));
        Assert.Equal("invoices.asked-already", await RefusedAsync(() => office.Invoices.FromOrderAsync(InvoiceId.New(), order, 1, office.Clerk, default)));
        Assert.Equal("invoices.part-unknown", await RefusedAsync(() => office.Invoices.FromOrderAsync(InvoiceId.New(), order, 3, office.Clerk, default)));
        await office.Invoices.FromOrderAsync(rest, order, 2, office.Clerk, default);

        var (first, second) = (await office.InvoiceAsync(prepayment), await office.InvoiceAsync(rest));
        Assert.Equal((InvoicePortion.Prepayment, 30m, 3, InvoicePortion.Part, 70.01m, 14), (first.Portion, first.Gross, first.DueDays, second.Portion, second.Gross, second.DueDays));
        Assert.Equal([null, prepayment, (InvoiceId?)rest], (await office.InvoiceCards.PartsAsync(order, office.Clerk, default)).Select(p => p.Invoice));
    }

    [Fact]
    public async Task Payment_ProposesByNumber_AndBooksOnce_WhateverIsWrong()
    {
        var (old, named) = (await office.IssuedAsync(30), await office.IssuedAsync(50));
        var number = (await office.InvoiceAsync(named)).Number!;
        var stray = await office.PaidAsync(50, $"our payment for {number}", known: false);
        Assert.Equal([(named, 50m, (MatchReason?)MatchReason.Number)], (await office.PaymentAsync(stray)).Targets.Select(t => (t.Id, t.Proposed, t.Reason)));
        var seen = (await office.PaymentAsync(stray)).Version;
        await office.Payments.GiveAsync(stray, [new(named, 50)], seen, office.Clerk, default);
        Assert.Equal("shared.changed-by", await RefusedAsync(() => office.Payments.GiveAsync(stray, [new(named, 50)], seen, office.Clerk, default)));
        Assert.Equal((office.Client, InvoiceState.Paid), ((await office.PaymentAsync(stray)).Partner!.Value, (await office.InvoiceAsync(named)).State));

        var dollars = await office.PaidAsync(30, currency: "USD");
        Assert.Equal("payments.other-currency", await RefusedAsync(() => office.GiveAsync(dollars, old, 30)));
        Assert.Equal("number.out-of-range", await RefusedAsync(() => office.PaidAsync(0)));
        Assert.Equal("number.out-of-range", await RefusedAsync(() => office.PaidAsync(1e28m)));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.Payments.BookAsync(PaymentId.New(), new(BillingOffice.Today, new(1, "EUR"), office.Client, null, null), office.Seller, default)));
    }

    [Fact]
    public async Task Receivables_AndTheStatement_TellTheSame()
    {
        var invoice = await office.IssuedAsync(500);
        var payment = await office.PaidAsync(200);
        await office.GiveAsync(payment, invoice, 150);

        var today = BillingOffice.Today;
        var row = (await office.Receivables.ListAsync(null, false, Slice.All, office.Clerk, default)).Rows.Single(r => r.PartnerId == office.Client && r.Currency == "EUR");
        var statement = (await office.Receivables.StatementAsync(office.Client, "EUR", today, today, office.Clerk, default))!.Statement;

        Assert.Equal(row.Owed.Balance, statement.Closing);
        Assert.True(row.Owed.Open >= 350);
        Assert.Equal(statement.Closing, statement.Lines[^1].Balance);
        Assert.Equal(statement.Closing, (await office.Receivables.StatementAsync(office.Client, "EUR", today.AddDays(1), today.AddDays(30), office.Clerk, default))!.Statement.Opening);
    }

    [Fact]
    public async Task Offer_ThatWasAccepted_IsInvoicedOnce_WithWhatWasChosen_AndNotBesideItsOrder()
    {
        var (lamp, polish) = (OfferOffice.FreeLine("Lamp", 50, option: true), OfferOffice.FreeLine("Polish", 10, option: true));
        var (offer, secret) = await office.OutAsync(null, office.ShelfLine(1), lamp, polish);
        Assert.Equal("orders.offer-open", await RefusedAsync(() => office.Invoices.FromOfferAsync(InvoiceId.New(), offer, 0, office.Seller, default)));
        await office.Clients.AcceptAsync(secret, new("Mira Vale", "198.51.100.7"), [lamp.Id], default);

        var id = InvoiceId.New();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => office.Invoices.FromOfferAsync(id, offer, 0, office.Seller, default)));

        var invoice = await office.InvoiceAsync(id);
        Assert.Equal(["Oak shelf", "Lamp"], invoice.Lines.Select(l => l.Name));
        Assert.Equal((150m, 180m, office.Client), (invoice.Net, invoice.Gross, invoice.Partner));
        Assert.Equal("invoices.asked-already", await RefusedAsync(() => office.Invoices.FromOfferAsync(InvoiceId.New(), offer, 0, office.Seller, default)));
        var order = await office.Orders.FromOfferAsync(SalesOrderId.New(), offer, office.Seller, default);
        await office.PlaceAsync(order);
        Assert.Equal("invoices.asked-already", await RefusedAsync(() => office.Invoices.FromOrderAsync(InvoiceId.New(), order, 0, office.Clerk, default)));
        Assert.Equal("invoices.offer-ordered", await RefusedAsync(() => office.Invoices.FromOfferAsync(InvoiceId.New(), offer, 0, office.Seller, default)));
    }

    [Fact]
    public async Task Payment_BookedManyTimesAtOnce_ComesInOnce()
    {
        var id = PaymentId.New();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => office.Payments.BookAsync(id, new(BillingOffice.Today, new(77, "EUR"), office.Client, "Payer", "said once more"), office.Clerk, default)));

        var found = await office.PaymentCards.ListAsync(new("said once more"), PaymentSort.Day, true, Slice.All, office.Clerk, default);
        Assert.Equal((1, 77m), (found.Total, found.Rows.Single().Amount));
        Assert.Equal(1, await office.ValueAsync<long>("select count(*) from clients.timeline_entry where about_id = $1", id.Value));
    }

    [Fact]
    public async Task Payment_GivenToInvoicesOfADeal_TellsItsProcessOnce()
    {
        var deal = await office.OpenDealAsync("Paid hall");
        var (offer, secret) = await office.OutAsync(deal, office.ShelfLine(1));
        await office.Clients.AcceptAsync(secret, new("Mira Vale", "198.51.100.7"), [], default);
        var order = await office.Orders.FromOfferAsync(SalesOrderId.New(), offer, office.Seller, default);
        await office.PlaceAsync(order);
        var invoice = InvoiceId.New();
        await office.Invoices.FromOrderAsync(invoice, order, 0, office.Clerk, default);
        await office.Invoices.IssueAsync(invoice, (await office.InvoiceAsync(invoice)).Version, office.Clerk, default);
        var payment = await office.PaidAsync(200);
        var seen = (await office.PaymentAsync(payment)).Version;
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Record.ExceptionAsync(() => office.Payments.GiveAsync(payment, [new(invoice, 120)], seen, office.Clerk, default))));

        var body = await office.ValueAsync<string>("select max(body::text) from core.outbox where kind = 'process.message' and body::text like '%orders.payment.received%' and body::text like '%' || $1 || '%' having count(*) = 1", deal.Value.ToString());
        var told = OutboxKinds.Read<MessageOrder>(body);
        Assert.Equal(("orders.payment.received", OutboxKinds.KeyOf(new(ObjectKind.Deal, deal.Value)), Value.Of(120)), (told.Name, told.Key, told.Payload.Entries["paidAmount"]));
        Assert.Equal(new DateValue(BillingOffice.Today), told.Payload.Entries["paidOn"]);
    }

    [Fact]
    public async Task Order_ThatIsGivenUp_TakesDraftsAlong_AndWaitsForWhatWasIssued()
    {
        var order = await office.SoldAsync(100, new(PaymentEvent.Acceptance, 3, 30), new PaymentPart(PaymentEvent.Shipment, 14));
        var (prepayment, rest) = (InvoiceId.New(), InvoiceId.New());
        await office.Invoices.FromOrderAsync(prepayment, order, 1, office.Clerk, default);
        await office.Invoices.FromOrderAsync(rest, order, 2, office.Clerk, default);
        await office.Invoices.IssueAsync(prepayment, (await office.InvoiceAsync(prepayment)).Version, office.Clerk, default);
        var payment = await office.PaidAsync(30);
        await office.GiveAsync(payment, prepayment, 30);
        async Task GiveUpAsync() => await office.Fulfilment.CancelAsync(order, "closed the shop", (await office.OrderAsync(order)).Version, office.Seller, default);

        Assert.Equal("invoices.order-invoiced", await RefusedAsync(GiveUpAsync));
        Assert.Equal("invoices.order-invoiced", await RefusedAsync(() => office.OrderCards.EffectsOfCancellingAsync(order, office.Seller, default)));
        Assert.Equal((OrderState.Placed, InvoiceState.Draft), ((await office.OrderAsync(order)).State, (await office.InvoiceAsync(rest)).State));
        await office.Invoices.CancelAsync(prepayment, "the order is given up", (await office.InvoiceAsync(prepayment)).Version, office.Clerk, default);
        Assert.Equal(1, (await office.OrderCards.EffectsOfCancellingAsync(order, office.Seller, default)).Drafts);
        await GiveUpAsync();

        Assert.Equal((OrderState.Cancelled, 30m), ((await office.OrderAsync(order)).State, (await office.PaymentAsync(payment)).Free));
        Assert.Null(await office.InvoiceCards.FindAsync(rest, office.Clerk, default));
    }

    [Fact]
    public async Task Order_ThatIsChanged_TellsWhereItsInvoicesDoNotFit()
    {
        var order = await office.SoldAsync(100);
        var id = InvoiceId.New();
        await office.Invoices.FromOrderAsync(id, order, 0, office.Clerk, default);
        var sheet = await office.OrderAsync(order, office.Seller);
        async Task<decimal?> MisfitAsync(decimal price) => (await office.OrderCards.EffectsAsync(
            order, sheet.Head, sheet.Written.Content with { Lines = [.. sheet.Written.Content.Lines.Select(l => l with { Asked = price })] }, [], office.Seller, default)).Invoiced;

        Assert.Null(await MisfitAsync(80));
        await office.Invoices.IssueAsync(id, (await office.InvoiceAsync(id)).Version, office.Clerk, default);
        Assert.Equal([100m, null, 100m], [await MisfitAsync(80), await MisfitAsync(100), await MisfitAsync(120)]);
    }

    [Fact]
    public async Task Goods_ForWhoIsOverdue_Wait_AReleaseHoldsForOneShipment_AndWhatIsPaidLetsThemGo()
    {
        var credit = office.Services.GetRequiredService<CreditControl>();
        var debtor = await office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Late & Later", PartnerKinds.Client, Responsible: office.Seller.UserId), office.Seller, default);
        var (first, second, owed) = (await office.SoldAsync(debtor, 100), await office.SoldAsync(debtor, 40), InvoiceId.New());
        await office.Invoices.FromOrderAsync(owed, first, 0, office.Clerk, default);
        var earlier = new InvoiceDesk(office.Services.GetRequiredService<IDbContextFactory<PortalDb>>(), new StillClock(office.Clock.GetUtcNow().AddDays(-1)));
        await earlier.IssueAsync(owed, (await office.InvoiceAsync(owed)).Version, office.Clerk, default);
        var (one, two) = (await office.PickAsync(first), await office.PickAsync(second));
        async Task PostAsync(ShipmentId id) => await office.Shipping.PostAsync(id, (await office.ShipmentAsync(id)).Version, office.Keeper, default);

        Assert.Equal("credit.overdue", await RefusedAsync(() => PostAsync(one)));
        Assert.Equal((OrderState.Placed, ShipmentState.Draft), ((await office.OrderAsync(first)).State, (await office.ShipmentAsync(one)).State));
        await credit.ReleaseAsync(one, "pays tomorrow", (await office.ShipmentAsync(one)).Version, office.Clerk, default);
        await PostAsync(one);
        Assert.Equal("credit.overdue", await RefusedAsync(() => PostAsync(two)));
        // money that is given to no invoice yet covers the debt
        await office.Payments.BookAsync(PaymentId.New(), new(BillingOffice.Today, new(100, "EUR"), debtor, null, null), office.Clerk, default);
        await PostAsync(two);

        Assert.Equal([OrderState.Shipped, OrderState.Shipped], [(await office.OrderAsync(first)).State, (await office.OrderAsync(second)).State]);
    }

    [Fact]
    public async Task Goods_BeyondTheLimit_WaitUntilSomebodyWithTheRightReleasesThem()
    {
        var credit = office.Services.GetRequiredService<CreditControl>();
        var order = await office.SoldAsync(5000);
        await office.Services.GetRequiredService<AgreementRegistry>().AddAsync(office.Client, new(AgreementKind.Agreement, "L-1", null, null, BillingOffice.Today, null, 0, new Money(10, "EUR"), null), office.Head, default);
        var id = await office.PickAsync(order);
        var seen = (await office.ShipmentAsync(id)).Version;
        async Task PostAsync() => await office.Shipping.PostAsync(id, (await office.ShipmentAsync(id)).Version, office.Keeper, default);

        Assert.Equal("credit.over-limit", await RefusedAsync(PostAsync));
        Assert.Equal([CreditStop.OverLimit], (await credit.FindAsync(id, office.Keeper, default))!.Stops);
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => credit.ReleaseAsync(id, "good client", seen, office.Seller, default)));
        Assert.Equal("text.required", await RefusedAsync(() => credit.ReleaseAsync(id, " ", seen, office.Clerk, default)));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => credit.ReleaseAsync(id, "good client", seen, office.Clerk, default)));
        Assert.Equal("Ann Count", (await credit.FindAsync(id, office.Keeper, default))!.ReleasedBy);
        await PostAsync();

        Assert.Equal(OrderState.Shipped, (await office.OrderAsync(order)).State);
    }
}
