using Portal.Domain.Clients;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Sales.Plans;
using Portal.Domain.Shared;

namespace Portal.Tests.Sales.Leads;

/// <summary>What a lead allows and what it keeps.</summary>
public sealed class LeadTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private static Lead New(string? phone = "+40 722 111 222", string? mail = null, string? text = null, LeadSourceId? source = null) =>
        new(LeadId.New(), 7, new("Shelves", text), new("Ada Lark", null, phone, mail), LeadChannel.WebForm, LeadStreamId.New(), source, "Call", Now.AddHours(4), Now);

    private static string Refused(Action change) => Assert.Throws<RuleBrokenException>(change).Code;

    [Fact]
    public void Lead_WithNobodyToReach_IsRefused() =>
        Assert.Equal("leads.contact-required", Refused(() => _ = new Lead(LeadId.New(), 1, new("Shelves"), new(Territory: "North"), LeadChannel.Call, LeadStreamId.New(), null, "Call", Now, Now)));

    [Fact]
    public void Lead_WithoutASubject_IsCalledByTheBeginningOfItsText()
    {
        var lead = new Lead(LeadId.New(), 1, new(null, $"  Forty shelves\n{new string('x', 3_000)}"), new("Ada"), LeadChannel.Mail, LeadStreamId.New(), null, "Call", Now, Now);

        Assert.Equal("Forty shelves", lead.Subject);
        Assert.Equal(100, new LeadAppeal(null, new string('y', 900)).Checked().Subject!.Length);
        Assert.Equal("text.too-long", Refused(() => new LeadAppeal("Shelves", new string('x', LeadAppeal.MostText + 1)).Checked()));
    }

    [Theory]
    [InlineData("How much is it? What is the price", true)]
    [InlineData("Сколько стоит сорок стеллажей?", true)]
    [InlineData("Яка вартість?", true)]
    [InlineData("Яка ціна?", true)]
    [InlineData("Care este prețul?", true)]
    [InlineData("Berapa harganya?", true)]
    [InlineData("Berapa harga rak?", true)]
    [InlineData("Please call me back about the pretty one for our centre", false)]
    [InlineData("Перезвоните мне, пожалуйста", false)]
    public void Appeal_IsReadForTheQuestionOfThePrice(string text, bool asks) => Assert.Equal(asks, new LeadAppeal(null, text).AsksPrice);

    [Fact]
    public void Open_AlwaysHasANextStep_AndClosedHasNone()
    {
        var lead = New();
        Assert.Equal("text.required", Refused(() => lead.Plan(" ", Now)));
        Assert.Equal(("Call", Now.AddHours(4)), (lead.NextStep, lead.NextStepAt));

        lead.Disqualify(LeadRejection.NoNeed, null, Now);
        Assert.Equal((LeadState.Disqualified, (string?)null, (DateTimeOffset?)null, Now), (lead.State, lead.NextStep, lead.NextStepAt, lead.ClosedAt));
        Assert.Equal("leads.closed", Refused(() => lead.Plan("Call", Now)));
        Assert.Equal("text.required", Refused(() => lead.Reopen(null, Now)));

        lead.Reopen("Write", Now.AddDays(1));
        Assert.Equal((LeadState.New, "Write", (LeadRejection?)null), (lead.State, lead.NextStep, lead.Rejection));
    }

    [Fact]
    public void Qualify_AsksForInterestAndAnswers()
    {
        var lead = New();
        Assert.Equal("leads.interest-required", Refused(() => lead.Qualify(0)));
        lead.Rate(LeadInterest.Warm);
        Assert.Equal("leads.answers-required", Refused(() => lead.Qualify(2)));

        lead.Qualify(0);

        Assert.Equal((LeadState.Qualified, LeadTool.MeetOrOffer), (lead.State, lead.Tool));
    }

    [Fact]
    public void Doubted_IsNeitherQualifiedNorConverted_BeforeSomebodyTrustsIt()
    {
        var lead = New();
        lead.Rate(LeadInterest.Hot);
        lead.ComeBy(LeadFormId.New(), LeadSuspicion.Links);
        Assert.Equal("leads.doubted", Refused(() => lead.Qualify(0)));
        Assert.Equal("leads.doubted", Refused(() => lead.Convert(PartnerId.New(), null, DealId.New(), Now)));

        lead.Trust();
        lead.Qualify(0);

        Assert.Equal(LeadState.Qualified, lead.State);
    }

    [Fact]
    public void Converted_PointsToTheDeal_AndStaysClosed()
    {
        var (lead, deal, partner) = (New(), DealId.New(), PartnerId.New());

        lead.Convert(partner, null, deal, Now);

        Assert.Equal((LeadState.Converted, deal, partner), (lead.State, lead.Deal!.Value, lead.Partner!.Value));
        Assert.Equal("leads.converted", Refused(() => lead.Reopen("Call", Now)));
        Assert.Equal("leads.closed", Refused(() => lead.Disqualify(LeadRejection.Other, null, Now)));
    }

    [Fact]
    public void AskedAgain_AddsWhatWasNotKnown_AndKeepsWhatWas()
    {
        var lead = New();

        lead.AskAgain(new LeadAppeal(null, "What is the price?").Checked(), new("Somebody Else", "Lark Ltd", "0722 111 222", "ADA@lark.example"), LeadChannel.Call, Now.AddDays(1));

        Assert.Equal(("Ada Lark", "Lark Ltd", "+40 722 111 222", "ada@lark.example", 2, true), (lead.Name, lead.Company, lead.Phone, lead.MailKey, lead.Appeals, lead.AskedPrice));
    }

    [Theory]
    [InlineData("+40 722 111 222", "0722-111-222")]
    [InlineData("8 (495) 123-45-67", "+7 495 123 45 67")]
    [InlineData("+380 44 123 45 67", "044 123 45 67")]
    public void Phone_IsKnownAgain_HoweverItIsWritten(string one, string other) => Assert.Equal(new LeadContact(Phone: one).PhoneKey, new LeadContact(Phone: other).PhoneKey);

    [Fact]
    public void Source_IsFixedAtTheFirstContact()
    {
        var lead = New(source: LeadSourceId.New());

        Assert.Equal("sales.source-fixed", Refused(() => lead.Describe("Shelves", lead.Contact, lead.Stream, LeadSourceId.New(), null)));
    }

    [Fact]
    public void Talk_BeforeTheLeadOrInTheFuture_IsRefused_AndTheFirstOneIsKept()
    {
        var lead = New();
        Assert.Equal("leads.contact-in-future", Refused(() => lead.Talk(Now.AddMinutes(1), Now)));
        Assert.Equal("leads.contact-in-future", Refused(() => lead.Talk(Now.AddMinutes(-1), Now)));

        lead.Talk(Now.AddHours(3), Now.AddHours(5));
        lead.Talk(Now.AddHours(2), Now.AddHours(5));

        Assert.Equal((Now.AddHours(2), Now.AddHours(3), LeadState.Working), (lead.FirstContactAt, lead.LastContactAt, lead.State));
    }

    [Theory]
    [InlineData(NeedKind.YesNo, "yes", "yes")]
    [InlineData(NeedKind.YesNo, "maybe", null)]
    [InlineData(NeedKind.Number, "12.50", "12.50")]
    [InlineData(NeedKind.Number, "1e30", null)]
    [InlineData(NeedKind.Number, "9999999999999999999999999999", null)]
    [InlineData(NeedKind.Choice, "Oak", "Oak")]
    [InlineData(NeedKind.Choice, "Stone", null)]
    public void Answer_FitsItsQuestion_OrIsRefused(NeedKind kind, string given, string? kept)
    {
        var question = new NeedQuestion(NeedQuestionId.New(), new("Which wood?", kind, Options: ["Oak", "Ash"]), 1);

        if (kept is null) Assert.Equal("leads.answer-unreadable", Refused(() => question.Read(given)));
        else Assert.Equal(kept, question.Read(given));
        Assert.Null(question.Read("  "));
    }

    [Theory]
    [InlineData("https://example.com", "https://example.com")]
    [InlineData("example.com/", "https://example.com")]
    [InlineData("http://localhost:8080", "http://localhost:8080")]
    [InlineData("HTTPS://Shop.Example.COM:443", "https://shop.example.com")]
    [InlineData("https://магазин.example", "https://xn--80aairftm.example")]
    [InlineData("https://example.com/path", null)]
    [InlineData("https://example.com; script-src *", null)]
    [InlineData("https://a.example https://b.example", null)]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("https://user@example.com", null)]
    [InlineData("*", null)]
    [InlineData("https://*.example.com", null)]
    [InlineData("", null)]
    public void Origin_IsASiteAndNothingElse(string entered, string? kept)
    {
        if (kept is null) Assert.Equal("leads.origin-unreadable", Refused(() => LeadForm.Origin(entered)));
        else Assert.Equal(kept, LeadForm.Origin(entered));
    }

    [Theory]
    [InlineData("2026-03-02T10:00", "2026-03-02T14:00")] // within the day
    [InlineData("2026-03-02T16:00", "2026-03-03T11:00")] // two hours today, two tomorrow
    [InlineData("2026-03-02T22:00", "2026-03-03T13:00")] // after hours
    [InlineData("2026-03-06T17:00", "2026-03-10T12:00")] // over a weekend and a holiday
    public void AnswerTime_CountsWorkingHours(string came, string due)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Bucharest");
        var days = new WorkingDays(new Dictionary<DateOnly, bool> { [new(2026, 3, 9)] = false });

        var at = AnswerTime.Due(Local(came), new(), days, zone);

        Assert.Equal(Local(due), at);

        DateTimeOffset Local(string text) => new(DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(2));
    }

    [Fact]
    public void Rules_ThatCannotBe_AreRefused()
    {
        Assert.Equal("leads.hours", Refused(() => new LeadRules(WorkFrom: 18, WorkUntil: 9).Checked()));
        Assert.Equal("number.out-of-range", Refused(() => new LeadRules(AnswerHours: 0).Checked()));
        Assert.Equal([LeadRoute.Load, LeadRoute.Choice], new LeadRules { Order = [LeadRoute.Load, LeadRoute.Hand, LeadRoute.Choice, LeadRoute.Load] }.Checked().Order);
    }
}
