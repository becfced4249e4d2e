using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>
/// One row of a file of clients, read and checked by itself. What names the client wrongly (a tax number that breaks its country's rules, a mail address that is none)
/// refuses the row; what only reaches him badly (a phone of an odd length) or tells of him (an impossible birth date) is taken in as it was written, and noted.
/// </summary>
internal sealed record ClientRow
{
    private static readonly char[] Separators = [';', ',', '\n', '\r', '|'];

    public string? Key { get; private init; }
    /// <summary>The client's own name; null in a row that only adds a contact or an address to its document, or that is about a human being.</summary>
    public string? Name { get; private init; }
    public PartnerKinds? Kinds { get; private init; }
    public PartnerStanding? Standing { get; private init; }
    public string? LegalName { get; private init; }
    public string? TaxNumber { get; private init; }
    public string? RegisterNumber { get; private init; }
    public string? Country { get; private init; }
    public string? LegalAddress { get; private init; }
    public string[] Phones { get; private init; } = [];
    public string[] Mails { get; private init; } = [];
    public string? Website { get; private init; }
    public string? Person { get; private init; }
    public string? Role { get; private init; }
    public string[] PersonPhones { get; private init; } = [];
    public string[] PersonMails { get; private init; } = [];
    public DateOnly? BirthDate { get; private init; }
    /// <summary>A birth date that no calendar has, as it was written.</summary>
    public string? BirthText { get; private init; }
    public string? Place { get; private init; }
    public PlacePurposes? Purposes { get; private init; }
    public string? Address { get; private init; }
    public PostalAddress Parts { get; private init; } = new(null, null, null, null, null, null);
    public GeoPoint? Point { get; private init; }
    public string? Door { get; private init; }
    public string? AccessNote { get; private init; }
    public string? Responsible { get; private init; }
    public string[] Tags { get; private init; } = [];
    public string? Note { get; private init; }

    /// <summary>Whether a phone is of a length that its country does not have.</summary>
    public bool HasOddPhone => Phones.Concat(PersonPhones).Any(phone => PhoneNumber.Of(phone, Country).Fault is not null);

    /// <summary>Whether the row tells of a legal entity.</summary>
    public bool HasEntity => (LegalName ?? TaxNumber ?? RegisterNumber ?? LegalAddress) is not null;

    /// <summary>Whether the row tells of an address.</summary>
    public bool HasPlace => (Place ?? Address ?? Parts.Town ?? Parts.Street ?? Parts.House ?? Parts.Premise ?? Parts.Postcode ?? Parts.Region) is not null || Point is not null;

    /// <summary>
    /// What the row is known by where the file gives no key: who and where. Only one who has the same name, numbers and address is the same row again;
    /// a note or a tag does not make it another.
    /// </summary>
    public string Identity => string.Join('\u001F', Name, Person, LegalName, TaxNumber, string.Join(';', Phones), string.Join(';', Mails), string.Join(';', PersonPhones), string.Join(';', PersonMails),
        BirthDate?.ToString("O"), BirthText, Place, Address, Parts.ToString()).ToLowerInvariant();

    /// <summary>Reads a row; what cannot be understood refuses it.</summary>
    /// <param name="country">ISO 3166 code of rows that name no country, or null.</param>
    public static ClientRow Of(ImportRow row, string? country)
    {
        var own = row.Text("country", 80) is { } named ? CountryNames.CodeOf(named) ?? Refused(row, "country-unknown", "country", named) : null;
        country = own ?? country;
        var (given, surname) = (row.Text("given-name", 99), row.Text("surname", 99));
        var birth = row.Text("birth-date", 40);
        var born = row.Date("birth-date");
        var read = new ClientRow
        {
            Key = row.OneLine("key", 120),
            Name = row.OneLine("name", 200),
            Kinds = Read(row, "kinds", "kind-unknown", ClientWords.KindsOf),
            Standing = Read(row, "standing", "standing-unknown", ClientWords.StandingOf),
            LegalName = row.Text("legal-name", 200),
            TaxNumber = Tax(row, country),
            RegisterNumber = row.Text("register-number", 40),
            Country = country,
            LegalAddress = row.Text("legal-address", 300),
            Phones = PhonesOf(row, "phone"),
            Mails = MailsOf(row, "email"),
            Website = row.Text("website", 200),
            Person = row.Text("contact", 200) ?? ($"{given} {surname}".Trim() is { Length: > 0 } both ? both : null),
            Role = row.Text("contact-role", 120),
            PersonPhones = PhonesOf(row, "contact-phone"),
            PersonMails = MailsOf(row, "contact-email"),
            BirthDate = born,
            BirthText = born is null ? birth : null,
            Place = row.Text("place", 200),
            Purposes = Read(row, "purposes", "purpose-unknown", ClientWords.PurposesOf),
            Address = row.Text("address", 300),
            Parts = new(country, row.Text("region", 120), row.Text("town", 120), row.Text("street", 200), row.Text("house", 40), row.Text("postcode", 20)) { Premise = row.Text("premise", 120) },
            Point = row.Point("latitude", "longitude"),
            Door = row.Text("door", 80),
            AccessNote = row.Text("access-note", 500),
            Responsible = row.Text("responsible", 200),
            Tags = Several(row.Text("tags", 2000)),
            Note = row.Text("note", 4000),
        };
        if (read.Name is null && read.Person is null && read.LegalName is null && read.Key is null) row.Refuse("missing", "name");
        return read.WithPerson();
    }

    // a birth date without a contact is that of a client who is a human being; "reception" is whom to ask for; a number of nobody in particular is the client's
    private ClientRow WithPerson()
    {
        if (Person is not null) return this;
        if ((BirthDate is not null || BirthText is not null) && Name is not null) return this with { Person = Name };
        return Role is not null ? this with { Person = Role } : this with { Phones = [.. Phones, .. PersonPhones], Mails = [.. Mails, .. PersonMails], PersonPhones = [], PersonMails = [] };
    }

    private static string? Tax(ImportRow row, string? country)
    {
        if (row.Text("tax-number", 40) is not { } text) return null;
        if (Portal.Domain.Clients.Matching.TaxNumber.Of(text, country).Fault is { } fault) row.Refuse(fault.Replace('.', '-'), "tax-number", text);
        return text;
    }

    private static string[] PhonesOf(ImportRow row, string column)
    {
        var phones = WithExtensions(Several(row.Text(column, 400)));
        foreach (var phone in phones)
        {
            if (phone.Length > 40) row.Refuse("too-long", column, "40");
            else if (PhoneNumber.Of(phone, null).Refusal is not null) row.Refuse("not-a-phone", column, phone);
        }
        return phones;
    }

    // "+7 495 123-45-67, доб. 12" is one number
    private static string[] WithExtensions(string[] parts)
    {
        var phones = new List<string>();
        foreach (var part in parts)
            if (phones.Count > 0 && part.Any(char.IsAsciiDigit) && part.Count(char.IsAsciiDigit) < PhoneNumber.LeastDigits) phones[^1] += $", {part}";
            else phones.Add(part);
        return [.. phones];
    }

    private static string[] MailsOf(ImportRow row, string column)
    {
        var mails = Several(row.Text(column, 800));
        foreach (var mail in mails)
        {
            if (mail.Length > 200) row.Refuse("too-long", column, "200");
            else if (MailAddress.Of(mail).Fault is not null) row.Refuse("not-a-mail", column, mail);
        }
        return mails;
    }

    private static T? Read<T>(ImportRow row, string column, string code, Func<string, T?> read) where T : struct
    {
        if (row.Text(column, 200) is not { } text) return null;
        if (read(text) is { } value) return value;
        row.Refuse(code, column, text);
        return null;
    }

    private static string? Refused(ImportRow row, string code, params string[] args)
    {
        row.Refuse(code, args);
        return null;
    }

    private static string[] Several(string? text) => text is null ? [] : [.. text.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.OrdinalIgnoreCase)];
}
