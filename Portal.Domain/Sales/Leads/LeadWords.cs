using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Leads;

/// <summary>How far a lead is.</summary>
public enum LeadState { New, Working, Qualified, Converted, Disqualified }

/// <summary>The way by which an appeal came.</summary>
public enum LeadChannel { ByHand, WebForm, Mail, Call, Import, Api }

/// <summary>How much the client wants it.</summary>
public enum LeadInterest { Unknown, Cold, Warm, Hot }

/// <summary>How a client of some interest is best talked to.</summary>
public enum LeadTool { FindOut, WriteAndWarm, MeetOrOffer, CallNow }

/// <summary>Why nothing comes of a lead.</summary>
public enum LeadRejection { NotOurs, NoNeed, NoBudget, Unreachable, Duplicate, Spam, Other }

/// <summary>Why a lead is whose it is: the client asked for him, his partner's own manager, the place it came from, whoever had least to do, nobody could be found, somebody gave it.</summary>
public enum LeadRoute { Choice, Partner, Territory, Load, Nobody, Hand }

/// <summary>Why what came through a form is looked at by a person first.</summary>
public enum LeadSuspicion { Trap, TooFast, Links, Flood }

/// <summary>Who appealed and how to reach him, as he wrote it.</summary>
/// <param name="Territory">region or town, in free words</param>
public sealed record LeadContact(string? Name = null, string? Company = null, string? Phone = null, string? Mail = null, string? Territory = null)
{
    /// <summary>The same in order. At least one of name, company, phone and mail must be there.</summary>
    /// <exception cref="RuleBrokenException"><c>text.too-long</c>, <c>leads.contact-required</c>, those of <see cref="PhoneNumber.Require"/> and <see cref="MailAddress.Require"/></exception>
    public LeadContact Checked()
    {
        var contact = new LeadContact(
            Required.Optional(Name, "lead.name", 200), Required.Optional(Company, "lead.company", 200), Required.Optional(Phone, "lead.phone", 40), Required.Optional(Mail, "lead.mail", 200), Required.Optional(Territory, "lead.territory", 200));
        if ((contact.Name ?? contact.Company ?? contact.Phone ?? contact.Mail) is null) throw new RuleBrokenException("leads.contact-required");
        PhoneNumber.Require(contact.Phone);
        MailAddress.Require(contact.Mail);
        return contact;
    }

    /// <summary>Whether nobody of ours has read what is said this way: it comes from whoever sends it.</summary>
    public static bool IsStrangers(LeadChannel channel) => channel is LeadChannel.WebForm or LeadChannel.Api;

    /// <summary>What of this differs from what is known, in one line; null where nothing does.</summary>
    public string? Beyond(LeadContact known) =>
        string.Join(" · ", new[]
        {
            Same(Name, known.Name) ? null : Name, Same(Company, known.Company) ? null : Company, Same(PhoneKey ?? Phone, known.PhoneKey ?? known.Phone) ? null : Phone, Same(MailKey ?? Mail, known.MailKey ?? known.Mail) ? null : Mail, Same(Territory, known.Territory) ? null : Territory,
        }.OfType<string>()) is { Length: > 0 } said ? said : null;

    /// <summary>By what one phone is known again, however it is written; null without one.</summary>
    public string? PhoneKey => string.IsNullOrWhiteSpace(Phone) ? null : PhoneNumber.Of(Phone, null).Tail is { Length: >= PhoneNumber.LeastDigits } tail ? tail : null;

    /// <summary>By what one mail address is known again; null without one.</summary>
    public string? MailKey => string.IsNullOrWhiteSpace(Mail) ? null : MailAddress.Of(Mail) is { Fault: null } mail ? mail.Normal : null;

    private static bool Same(string? said, string? known) => said is null || said.Equals(known, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What somebody wants, in his own words.</summary>
/// <param name="Text">as it came</param>
public sealed record LeadAppeal(string? Subject = null, string? Text = null)
{
    /// <summary>Longest text.</summary>
    public const int MostText = 8_000;

    private const int MostSubject = 200;

    // what asks for a price in our languages, as TextFold folds it: beginnings of words, and whole words
    private static readonly string[] PriceBeginnings = ["price", "pricing", "quotation", "stoimost", "vartist", "koshtu", "harga", "biaya"];
    private static readonly HashSet<string> PriceWords =
        ["cost", "costs", "quote", "tsena", "tseny", "tsenu", "tsene", "tsenoy", "tsen", "tsina", "tsini", "tsinu", "tsin", "stoit", "stoyat", "pret", "pretul", "preturi", "preturile", "pretului", "costa"];

    /// <summary>The same in order; without a subject its text begins as one.</summary>
    /// <exception cref="RuleBrokenException"><c>text.too-long</c>, <c>text.required</c></exception>
    public LeadAppeal Checked()
    {
        var text = Required.Optional(Text, "lead.text", MostText);
        var subject = string.IsNullOrWhiteSpace(Subject) ? Begin(text) : Subject;
        return new(Required.Text(subject, "lead.subject", MostSubject), text);
    }

    /// <summary>Whether it asks what something costs.</summary>
    public bool AsksPrice => TextFold.Words($"{Subject} {Text}").Any(word => PriceWords.Contains(word) || PriceBeginnings.Any(p => word.StartsWith(p, StringComparison.Ordinal)));

    private static string? Begin(string? text)
    {
        // a greeting tells nothing where more is said
        var lines = text?.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        var line = lines.FirstOrDefault(l => l[^1] is not (',' or '!')) ?? lines.FirstOrDefault();
        return line is { Length: > 100 } ? $"{line[..99].TrimEnd()}…" : line;
    }
}
