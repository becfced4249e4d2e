using Portal.Domain.Sales.Offers;
using Portal.Infrastructure.Printing;
using Portal.Infrastructure.Sales.Offers;
using Portal.Web.Sales.Offers;
using Portal.Web.Shared;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace Portal.Tests.Sales.Offers;

/// <summary>Offers as PDF: what a reader of the file finds in it.</summary>
public sealed class OfferPaperTests
{
    private static readonly OfferPapers Press = new(new TextCatalog(typeof(OfferPapers).Assembly));

    private static OfferPrint Print(string language, int lines = 3, string name = "Oak shelf", byte[]? logo = null) => new(
        "2026-0007", 2, "Shelves for the hall",
        new("EUR", language, new(2026, 6, 11))
        {
            Lines =
            [
                new(Guid.NewGuid(), OfferLineKind.Section, "Hall one"),
                .. Enumerable.Range(1, lines).Select(i => new OfferLine(Guid.NewGuid(), OfferLineKind.Free, $"{name} {i}") { Price = 1234.5m, Quantity = i, Unit = "pcs", VatRate = 20, Discount = i % 2 * 5 }),
                new(Guid.NewGuid(), OfferLineKind.Free, "Setup") { Price = 50, VatRate = 20, IsOption = true },
            ],
            Payments = [new(PaymentEvent.Acceptance, 0, 30), new(PaymentEvent.Shipment, 14)],
            Opening = "Îți mulțumim, șef! Спасибо, ёж. Дякуємо, їжак і ґудзик.",
        },
        new("Petrel & Finch", "EX-1", "Lantern Works", "Mira Vale", "Sella Quick"), new(2026, 6, 1), null, new("Quay 7, Example Town", "+00 000", "Bank of Examples"), logo);

    // as a reader of the file copies it: glyphs back to letters by the map that each font carries
    private static List<string> Pages(byte[] pdf)
    {
        using var file = PdfDocument.Open(pdf);
        return [.. file.GetPages().Select(page => ContentOrderTextExtractor.GetText(page).ReplaceLineEndings("\n"))];
    }

    private static string TextOf(byte[] pdf) => string.Join('\n', Pages(pdf));

    [Fact]
    public void Language_ThatIsChosen_IsSpokenByWhatNobodyTyped()
    {
        OfferLine Line(OfferLineKind kind, string name) => new(Guid.NewGuid(), kind, name);
        var typed = new OfferContent("EUR", "en", new(2026, 6, 11)) { Lines = [Line(OfferLineKind.Delivery, "Delivery"), Line(OfferLineKind.Free, "Service"), Line(OfferLineKind.Delivery, "Delivery by boat"), Line(OfferLineKind.Product, "Service")] };

        var russian = Press.In(typed, "ru");

        Assert.Equal(["ru", "Доставка", "Услуга", "Delivery by boat", "Service"], [russian.Language, .. russian.Lines.Select(l => l.Name)]);
        Assert.Equal(["Livrare", "Serviciu", "Delivery by boat", "Service"], Press.In(russian, "ro").Lines.Select(l => l.Name));
    }

    [Fact]
    public void Texts_OfTheCompany_FollowTheLanguage_AndWhatSomebodyWroteStays()
    {
        var settings = new OfferSettings { Texts = new() { ["en"] = new("Dear client", "Yours"), ["ro"] = new("Stimate client", null) } };
        OfferContent In(string language, string? opening, string? closing) => new("EUR", language, new(2026, 6, 11)) { Opening = opening, Closing = closing };
        (string?, string?) Said(OfferContent content, string before) => settings.Translated(content, before) is var said ? (said.Opening, said.Closing) : default;

        Assert.Equal(("Stimate client", null), Said(In("ro", "Dear client", "Yours"), "en"));
        Assert.Equal(("Dear Mira", "Yours truly"), Said(In("ro", "Dear Mira", "Yours truly"), "en"));
        // who has emptied a text wants none; where there was none to empty, there is one now
        Assert.Equal((null, "Yours"), Said(In("en", null, null), "ro"));
        Assert.Equal(("Dear client", "Yours"), Said(In("en", null, null), "uk"));
        Assert.Equal(("Dear client", "Yours"), Said(In("en", "Dear client", "Yours"), "en"));
    }

    [Theory]
    [InlineData("en", "Commercial offer 2026-0007, version 2", "Total to pay", "within 14 days of shipment")]
    [InlineData("ru", "Коммерческое предложение 2026-0007, версия 2", "Итого к оплате", "в течение 14 дней после отгрузки")]
    [InlineData("uk", "Комерційна пропозиція 2026-0007, версія 2", "Разом до сплати", "протягом 14 днів після відвантаження")]
    [InlineData("ro", "Ofertă comercială 2026-0007, versiunea 2", "Total de plată", "în 14 zile de la expediere")]
    [InlineData("id", "Penawaran harga 2026-0007, versi 2", "Total bayar", "14 hari setelah pengiriman barang")]
    public void Write_InEachLanguage_HoldsItsWordsAndTheLettersOfAll(string language, string title, string total, string due)
    {
        var text = TextOf(Press.Write(Print(language)));

        Assert.Contains(title, text);
        Assert.Contains(total, text);
        Assert.Contains(due, text);
        Assert.Contains("Îți mulțumim, șef! Спасибо, ёж. Дякуємо, їжак і ґудзик.", text);
        Assert.Contains("Lantern Works", text);
        // 1 × 1234.50 − 5 %, 2 × 1234.50, 3 × 1234.50 − 5 %, with 20 % of tax
        Assert.Contains($"{8592.14m.ToString("N2", Domain.Identity.Languages.CultureOf(language))} EUR", text);
    }

    [Fact]
    public void Write_OverManyPages_RepeatsTheHead_AndNumbersEachPage()
    {
        var pages = Pages(Press.Write(Print("en", lines: 90)));

        Assert.InRange(pages.Count, 3, 9);
        Assert.All(pages.Select((page, i) => (page, i)), p => Assert.Contains($"page {p.i + 1} of {pages.Count}", p.page));
        Assert.All(pages.SkipLast(1), page => Assert.Contains("Product or service", page));
        for (var i = 1; i <= 90; i++) Assert.Single(pages, page => $"{page} ".ReplaceLineEndings(" ").Contains($"Oak shelf {i} ", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_WithAWordLongerThanItsColumn_BreaksIt_AndLosesNothing()
    {
        var word = string.Concat(Enumerable.Repeat("Донаудампфшифф", 12));

        Assert.Contains(word, TextOf(Press.Write(Print("ru", 1, word))).Replace("\n", ""));
    }

    [Theory]
    [InlineData("en", "Good day,", "With the link below")]
    [InlineData("ru", "Здравствуйте!", "По ссылке ниже")]
    [InlineData("uk", "Вітаємо!", "За посиланням нижче")]
    [InlineData("ro", "Bună ziua,", "La linkul de mai jos")]
    [InlineData("id", "Dengan hormat,", "Lewat tautan di bawah")]
    public void Letter_SpeaksOfALinkOnlyWhereThereIsOne_AndToNobodyWithoutAName(string language, string greeting, string link)
    {
        var content = Print(language).Content with { Parties = new("Petrel & Finch", null, null, null, null) };

        var (bare, whole) = (Press.LetterText(content, "2026-0007", null, null, false), Press.LetterText(content, "2026-0007", "Mira Vale", "Sella Quick", true));

        Assert.StartsWith($"{greeting}\n\n", bare);
        Assert.DoesNotContain(link, bare);
        Assert.EndsWith("\nPetrel & Finch", bare);
        Assert.Contains("Mira Vale", whole.Split('\n')[0]);
        Assert.Contains(link, whole);
        Assert.EndsWith("\nSella Quick\nPetrel & Finch", whole);
    }

    [Fact]
    public void Logo_ThatIsNoPicture_CannotBeDrawn()
    {
        Assert.False(Paper.CanDraw("<svg onload=alert(1)>"u8.ToArray()));
        Assert.False(Paper.CanDraw([]));
        var png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
        Assert.True(Paper.CanDraw(png));
        Assert.NotEmpty(Press.Write(Print("en", logo: png)));
    }
}
