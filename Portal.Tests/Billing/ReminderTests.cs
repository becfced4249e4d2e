using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Sales.Offers;
using Portal.Tests.Dispatch;

namespace Portal.Tests.Billing;

/// <summary>Letters to clients: papers that somebody sends, and reminders that go by themselves, once for each step.</summary>
public sealed class ReminderTests(BillingOffice office) : IClassFixture<BillingOffice>
{
    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    private Task<PartnerId> ClientAsync(string? mail) => office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new($"Debtor {Guid.NewGuid():N}", PartnerKinds.Client, Email: mail, Responsible: office.Seller.UserId), office.Seller, default);

    // due on the day of its issue, which was so many days ago
    private async Task<InvoiceId> OverdueAsync(PartnerId client, int days)
    {
        var (order, id) = (await office.SoldAsync(client, 100), InvoiceId.New());
        await office.Invoices.FromOrderAsync(id, order, 0, office.Clerk, default);
        var earlier = new InvoiceDesk(office.Services.GetRequiredService<IDbContextFactory<PortalDb>>(), new StillClock(office.Clock.GetUtcNow().AddDays(-days)));
        await earlier.IssueAsync(id, (await office.InvoiceAsync(id)).Version, office.Clerk, default);
        return id;
    }

    private async Task<IReadOnlyList<int>> RemindedAsync(InvoiceId id) => [.. (await office.InvoiceAsync(id)).Reminders.Select(r => r.AfterDays)];

    [Fact]
    public async Task Reminders_GoOncePerStep_FromTheMorning_AndNotToWhoHasPaidOrIsExcepted()
    {
        var store = office.Services.GetRequiredService<OfferSettingsStore>();
        var (late, later, early) = (await ClientAsync("late@example.org"), await ClientAsync("later@example.org"), await ClientAsync("early@example.org"));
        var (paid, excepted, mute) = (await ClientAsync("paid@example.org"), await ClientAsync("excepted@example.org"), await ClientAsync(null));
        var invoices = new Dictionary<PartnerId, InvoiceId>();
        foreach (var (client, days) in new[] { (late, 3), (later, 20), (early, 2), (paid, 20), (excepted, 20), (mute, 20) }) invoices[client] = await OverdueAsync(client, days);
        await office.Payments.BookAsync(PaymentId.New(), new(BillingOffice.Today, new(100, "EUR"), paid, null, null), office.Clerk, default);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => office.Reminders.ExceptAsync(excepted, true, office.Clerk, default)));

        Assert.Equal(0, await office.Reminders.RunAsync(default));
        await store.ChangeAsync(new() { Reminders = new(true, 3, 14, 0) }, 0, office.Head, default);
        await using (var night = office.NewNode(new StillClock(office.Clock.GetUtcNow().AddHours(-1)))) Assert.Equal(0, await night.GetRequiredService<InvoiceReminders>().RunAsync(default));
        // two nodes at once
        await using (var other = office.NewNode()) await Task.WhenAll(office.Reminders.RunAsync(default), other.GetRequiredService<InvoiceReminders>().RunAsync(default));
        await office.Reminders.RunAsync(default);

        Assert.Equal([3], await RemindedAsync(invoices[late]));
        Assert.Equal([14], await RemindedAsync(invoices[later]));
        foreach (var client in new[] { early, paid, excepted }) Assert.Empty(await RemindedAsync(invoices[client]));
        Assert.Null(Assert.Single((await office.InvoiceAsync(invoices[mute])).Reminders).SentTo);
        Assert.Single(await office.LettersToAsync("late@example.org"));
        // paid after the letter was written and before it went
        await using (var next = office.NewNode(new StillClock(office.Clock.GetUtcNow().AddDays(11)))) Assert.Equal(2, await next.GetRequiredService<InvoiceReminders>().RunAsync(default));
        var payment = PaymentId.New();
        await office.Payments.BookAsync(payment, new(BillingOffice.Today, new(100, "EUR"), early, null, null), office.Clerk, default);
        await office.GiveAsync(payment, invoices[early], 100);
        Assert.Equal([3, 14], await RemindedAsync(invoices[late]));
        await office.Reminders.ExceptAsync(excepted, false, office.Clerk, default);
        Assert.Equal(1, await office.Reminders.RunAsync(default));
        office.Clock.Advance(TimeSpan.FromDays(12));
        Assert.Single(await office.LettersToAsync("late@example.org"));
        Assert.Empty(await office.LettersToAsync("early@example.org"));
    }

    [Fact]
    public async Task Letter_WithAPaper_GoesOnce_InTheClientsLanguage_AndDraftsStayHere()
    {
        var client = await ClientAsync("books@example.org");
        var draft = InvoiceId.New();
        await office.Invoices.FromOrderAsync(draft, await office.SoldAsync(client, 70), 0, office.Clerk, default);
        var wanted = new PaperRequest(PaperKind.Invoice, draft.Value);
        Assert.Equal("documents.not-for-mail", await RefusedAsync(() => office.Letters.DraftAsync(wanted, office.Clerk, default)));
        await office.Invoices.IssueAsync(draft, (await office.InvoiceAsync(draft)).Version, office.Clerk, default);

        Assert.Equal("books@example.org", (await office.Letters.DraftAsync(wanted, office.Clerk, default)).Mail);
        Assert.Equal("offers.mail-unreadable", await RefusedAsync(() => office.Letters.SendAsync(Guid.NewGuid(), wanted, "no address", "Invoice", "Please", office.Clerk, default)));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.Letters.SendAsync(Guid.NewGuid(), wanted, "books@example.org", "Invoice", "Please", office.Keeper, default)));
        var id = Guid.NewGuid();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => office.Letters.SendAsync(id, wanted, "books@example.org", "Our invoice", "Please find it attached.", office.Clerk, default)));

        var letter = Assert.Single(await office.LettersToAsync("books@example.org"));
        Assert.Contains($"invoice-{(await office.InvoiceAsync(draft)).Number}.pdf", letter);
        Assert.Equal(1, await office.ValueAsync<long>("select count(*) from clients.timeline_entry where about_id = $1 and what = 'document.sent'", draft.Value));
        // what is cancelled before its letter goes, does not go
        await office.Letters.SendAsync(Guid.NewGuid(), wanted, "books@example.org", "Once more", "Please", office.Clerk, default);
        await office.Invoices.CancelAsync(draft, "wrong", (await office.InvoiceAsync(draft)).Version, office.Clerk, default);
        Assert.Empty(await office.LettersToAsync("books@example.org"));
    }
}
