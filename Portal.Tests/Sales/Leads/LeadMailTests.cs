using System.Text;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Sales.Leads;

namespace Portal.Tests.Sales.Leads;

/// <summary>A letter is read for who wrote it, how to reach him and what he wants.</summary>
public sealed class LeadMailTests
{
    [Fact]
    public void Text_WithHeadLines_TellsSenderAndSubject_AndItsSignatureTheRest()
    {
        var read = LeadMailText.Read("""
            From: Mira Vale <Mira.Vale@lantern.example>
            Date: Mon, 2 Mar 2026 10:12
            Subject: Re: Forty shelves

            Good morning,
            we need forty shelves by 12.05.2026, order 2026-03-14. What would they cost?

            Kind regards
            Mira Vale
            Lantern Works Ltd
            +40 (21) 312 45-67

            > On Monday you wrote: call +40 700 000 000
            """);

        Assert.Equal(("Forty shelves", true), (read.Appeal.Subject, read.Appeal.AsksPrice));
        Assert.Equal(new("Mira Vale", "Lantern Works Ltd", "+40 (21) 312 45-67", "mira.vale@lantern.example"), read.Contact);
        Assert.StartsWith("Good morning,", read.Appeal.Text);
    }

    [Theory]
    [InlineData("Здравствуйте, нужны сорок стеллажей.\n\nС уважением,\nИван Петренко\nООО «Ромашка»\nтел. 8 (495) 123-45-67, i.petrenko@romashka.example", "Иван Петренко", "ООО «Ромашка»", "8 (495) 123-45-67", "i.petrenko@romashka.example")]
    [InlineData("Bună ziua, avem nevoie de rafturi.\nCu stimă,\nIoana Pop\nFloarea SRL\n0722 111 222\nioana@floarea.example", "Ioana Pop", "Floarea SRL", "0722 111 222", "ioana@floarea.example")]
    [InlineData("Потрібні стелажі\n--\nОлена Коваль\nТОВ Мальва\n+380441234567", "Олена Коваль", "ТОВ Мальва", "+380441234567", null)]
    [InlineData("just words, no sender", null, null, null, null)]
    [InlineData("", null, null, null, null)]
    public void Text_WithoutHead_IsReadByItsSignature(string text, string? name, string? company, string? phone, string? mail) =>
        Assert.Equal(new LeadContact(name, company, phone, mail), LeadMailText.Read(text).Contact);

    [Fact]
    public void Text_OfAnyLength_IsCutToWhatALeadTakes()
    {
        var read = LeadMailText.Read($"Subject: {new string('s', 399)}\n\n{string.Concat(Enumerable.Repeat("12 34 56 78 90 ", 20_000))}");

        Assert.Equal((200, LeadAppeal.MostText), (read.Appeal.Subject!.Length, read.Appeal.Text!.Length));
    }

    [Fact]
    public void File_WithPartsAndEncodings_IsReadAsItsWriterWroteIt()
    {
        var eml = "From: =?utf-8?B?0JjQstCw0L0g0J/QtdGC0YDQtdC90LrQvg==?= <i.petrenko@romashka.example>\r\nSubject: =?koi8-r?Q?=F3=CF=D2=CF=CB?=\r\n =?koi8-r?Q?_=D3=D4=C5=CC=CC=C1=D6=C5=CA?=\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>drawn</p>\r\n"
            + "--inner\r\nContent-Type: text/plain; charset=\"windows-1251\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=D1=EA=EE=EB=FC=EA=EE =F1=F2=EE=E8=F2?=\r\n +7 495 123-45-67\r\n--inner--\r\n"
            + "--outer\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--outer--\r\n";

        var read = LeadMailFile.Read(Encoding.Latin1.GetBytes(eml));

        Assert.Equal(("Сорок стеллажей", "Сколько стоит? +7 495 123-45-67"), (read.Appeal.Subject, read.Appeal.Text));
        Assert.Equal(new("Иван Петренко", null, "+7 495 123-45-67", "i.petrenko@romashka.example"), read.Contact);
    }

    [Fact]
    public void File_OfHtmlAlone_IsReadWithoutItsMarks()
    {
        var read = LeadMailFile.Read(Encoding.UTF8.GetBytes("From: a@b.example\nSubject: Lamps\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
            + Convert.ToBase64String(Encoding.UTF8.GetBytes("<html><head><style>p { color: red }</style></head><body><p>Ten lamps &amp; a chair</p><br>please</body></html>"))));

        Assert.Equal("Ten lamps & a chair\n\nplease", read.Appeal.Text);
        Assert.Equal("a@b.example", read.Contact.Mail);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%PDF-1.7 no letter at all")]
    public void File_ThatIsNoLetter_IsRefused(string content) =>
        Assert.Equal("leads.letter-unreadable", Assert.Throws<RuleBrokenException>(() => LeadMailFile.Read(Encoding.UTF8.GetBytes(content))).Code);

    [Fact]
    public void File_ThatIsTooLarge_OrNestsWithoutEnd_IsRefusedOrHasNoText()
    {
        Assert.Equal("leads.letter-unreadable", Assert.Throws<RuleBrokenException>(() => LeadMailFile.Read(new byte[LeadMailFile.MostBytes + 1])).Code);
        var nested = new StringBuilder("Subject: Deep\r\n");
        for (var i = 0; i < 2_000; i++) nested.Append(System.Globalization.CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n");

        Assert.Null(LeadMailFile.Read(Encoding.ASCII.GetBytes(nested.ToString())).Appeal.Text);
    }
}
