using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Billing;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Stock;
using Portal.Web.Documents;
using Portal.Web.Shared;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace Portal.Tests.Billing;

/// <summary>Papers of documents: what a reader of the file finds in it, and who gets it.</summary>
public sealed class DocumentPaperTests(BillingOffice office) : IClassFixture<BillingOffice>
{
    private static readonly TextCatalog Catalog = new(typeof(TextCatalog).Assembly);

    private DocumentPapers Papers => office.Services.GetRequiredService<DocumentPapers>();

    // as a reader of the file copies it
    private async Task<string> ReadAsync(PaperRequest wanted, string? language = null, Actor? reader = null)
    {
        var paper = await Papers.FindAsync(wanted, reader ?? office.Clerk, default);
        Assert.NotNull(paper);
        using var file = PdfDocument.Open(Catalog.Write(language is null ? paper : paper with { Language = language }));
        return string.Join(' ', file.GetPages().Select(page => ContentOrderTextExtractor.GetText(page).ReplaceLineEndings(" ")));
    }

    [Theory]
    [InlineData("en", "Invoice {0} of", "Act of acceptance to invoice {0}", "In favour of Quill & Marsh", "signature, name, date")]
    [InlineData("ru", "Счёт на оплату № {0} от", "Акт приёма-передачи к счёту № {0}", "В пользу Quill & Marsh", "подпись, имя, дата")]
    [InlineData("uk", "Рахунок на оплату № {0} від", "Акт приймання-передачі до рахунку № {0}", "На користь Quill & Marsh", "підпис, ім’я, дата")]
    [InlineData("ro", "Factura nr. {0} din", "Proces-verbal de predare-primire la factura nr. {0}", "În favoarea Quill & Marsh", "semnătură, nume, dată")]
    [InlineData("id", "Faktur {0} tanggal", "Berita acara serah terima untuk faktur {0}", "Menjadi hak Quill & Marsh", "tanda tangan, nama, tanggal")]
    public async Task Money_InEachLanguage_HoldsItsWordsAndSums(string language, string invoice, string act, string favour, string sign)
    {
        var id = await office.IssuedAsync(1234.5m);
        var number = (await office.InvoiceAsync(id)).Number!;
        var today = BillingOffice.Today;

        var (asked, taken) = (await ReadAsync(new(PaperKind.Invoice, id.Value), language), await ReadAsync(new(PaperKind.Act, id.Value), language));
        var told = await ReadAsync(new(PaperKind.Statement, office.Client.Value, "EUR", today, today), language);

        var sum = $"{1234.5m.ToString("N2", Languages.CultureOf(language))} EUR";
        Assert.Contains(string.Format(null, invoice, number), asked);
        Assert.Contains(sum, asked);
        Assert.Contains("Lantern Works", asked);
        Assert.Contains(string.Format(null, act, number), taken);
        Assert.Contains(sign, taken);
        Assert.Contains(favour, told);
        Assert.Contains(number, told);
    }

    [Fact]
    public async Task Goods_TellWhatAndWhereTo_ButNoPrice()
    {
        var order = await office.SoldAsync(4321);
        var id = await office.PickAsync(order);
        Assert.Contains("Pick list", await ReadAsync(new(PaperKind.DeliveryNote, id.Value), reader: office.Keeper));
        Assert.Null(await Papers.FindAsync(new(PaperKind.Waybill, id.Value), office.Keeper, default));
        await office.Shipping.PostAsync(id, (await office.ShipmentAsync(id)).Version, office.Keeper, default);
        var back = StockDocumentId.New();
        await office.Services.GetRequiredService<StockDesk>().AddAsync(back, StockDocumentKind.CustomerReturn, office.Keeper, default);

        var number = (await office.ShipmentAsync(id)).Number!;
        var (note, waybill) = (await ReadAsync(new(PaperKind.DeliveryNote, id.Value), reader: office.Keeper), await ReadAsync(new(PaperKind.Waybill, id.Value), reader: office.Keeper));
        Assert.Contains($"Delivery note {number} of", note);
        Assert.Contains($"Waybill to delivery note {number}", waybill);
        Assert.Contains("Vehicle:", waybill);
        Assert.All([note, waybill], text =>
        {
            Assert.Contains("Frame", text);
            Assert.Contains("Lantern Works", text);
            Assert.DoesNotContain("4,321", text);
        });
        Assert.Contains("Return from client", await ReadAsync(new(PaperKind.Stock, back.Value), reader: office.Keeper));
    }

    [Fact]
    public async Task Papers_AreForWhoSeesTheDocument_AndADraftHasNoAct()
    {
        var draft = InvoiceId.New();
        await office.Invoices.FromOrderAsync(draft, await office.SoldAsync(50), 0, office.Clerk, default);
        var invoice = new PaperRequest(PaperKind.Invoice, draft.Value);

        Assert.Contains("Invoice, draft", await ReadAsync(invoice));
        Assert.Null(await Papers.FindAsync(invoice with { Kind = PaperKind.Act }, office.Clerk, default));
        Assert.Null(await Papers.FindAsync(invoice, office.Clerk with { Scope = ActorScope.Own }, default));
        Assert.Equal("identity.not-allowed", (await Assert.ThrowsAsync<RuleBrokenException>(() => Papers.FindAsync(invoice, office.Keeper, default))).Code);
        Assert.Null(await Papers.FindAsync(new(PaperKind.Statement, office.Client.Value, "EUR"), office.Clerk, default));
    }

    [Fact]
    public async Task Invoices_EndWithTheCompanysTextInTheirLanguage()
    {
        await office.Services.GetRequiredService<OfferSettingsStore>().ChangeAsync(new("Quay 7") { Texts = new() { ["ru"] = new(null, null, "Счёт действителен пять дней.") } }, 0, office.Head, default);
        var id = await office.IssuedAsync(10);

        var russian = await ReadAsync(new(PaperKind.Invoice, id.Value), "ru");

        Assert.Contains("Quay 7", russian);
        Assert.Contains("Счёт действителен пять дней.", russian);
        Assert.DoesNotContain("Счёт действителен", await ReadAsync(new(PaperKind.Invoice, id.Value), "en"));
    }
}
