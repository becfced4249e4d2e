using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Infrastructure.Database;
using Portal.Tests.Imports;

namespace Portal.Tests.Billing;

/// <summary>Whose a payment from a bank's file is, where what the payer wrote tells something else than his name.</summary>
public sealed class PayerTests(ImportRig rig) : IClassFixture<ImportRig>
{
    [Fact]
    public async Task Payment_OfAClientWhoNamesAnothersInvoice_IsNobodysYet_AndADateIsNoInvoice()
    {
        var (toys, dyes) = (new Partner(PartnerId.New(), "Clockwork Toys Ltd", PartnerKinds.Client), new Partner(PartnerId.New(), "Dye Works", PartnerKinds.Client));
        await using (var db = rig.Contexts.CreateFor(ImportRig.Importer))
        {
            db.AddRange(toys, dyes);
            await db.SaveChangesAsync();
            var (company, content, day) = (await db.Set<Company>().Select(c => c.Id).SingleAsync(), new OfferContent("EUR", "en", new(2026, 2, 1)) { Lines = [new(Guid.NewGuid(), OfferLineKind.Free, "Dye") { Quantity = 1, Asked = 120, Price = 120 }] }, new DateOnly(2026, 2, 1));
            var order = new SalesOrder(SalesOrderId.New(), company, new(null, null, null, null), new(dyes.Id), content, [], new Dictionary<ProductId, OrderedGoods>(), ImportRig.Importer, DateTimeOffset.UtcNow);
            var invoice = new Invoice(InvoiceId.New(), company, new(order.Id, null, dyes.Id, null, null, null, null), InvoiceContent.Whole(content), ImportRig.Importer, DateTimeOffset.UtcNow);
            await invoice.IssueAsync(day, ImportRig.Importer, DateTimeOffset.UtcNow, () => Task.FromResult(new DocumentNumber(2026, 4)));
            db.AddRange(order, invoice);
            await db.SaveChangesAsync();
        }

        var run = await rig.ImportAsync("payments", "april.csv", """
            date,document,payer,amount,currency,purpose
            2026-02-04,21,Clockwork Toys Ltd,120,,Order K-302 of 2026-04-03
            2026-02-04,22,Clockwork Toys Ltd,121,,invoice 2026-0004
            2026-02-04,23,Some bank,122,,invoice 2026-0004
            2026-02-04,24,Clockwork Toys Ltd,123,ABC,
            """);

        Assert.Equal((3, 1), (run.Applied, run.Refused));
        await using var read = rig.Contexts.CreateFor(ImportRig.Importer);
        Assert.Equal([(120m, toys.Id), (121m, null), (122m, (PartnerId?)dyes.Id)], (await read.Set<Payment>().Where(p => p.Amount >= 120).OrderBy(p => p.Amount).ToListAsync()).Select(p => (p.Amount, p.Partner)));
    }
}
