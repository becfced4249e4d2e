using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Clients.Intake;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Confidential;

/// <summary>
/// Takes out of what is read of clients what the reader may not know. That a hidden field is filled is told (<c>Hidden</c> of a row names those that are), what it holds is not.
/// </summary>
internal static class HiddenFields
{
    private const ConfidentialFields Numbers = ConfidentialFields.Phones | ConfidentialFields.Mails;

    /// <summary>What is hidden from the actor of a client whom somebody answers for: nothing of his own.</summary>
    public static ConfidentialFields HiddenOf(this Actor actor, Guid? responsible) => responsible == actor.UserId ? ConfidentialFields.None : actor.Hidden;

    /// <summary>What is hidden from the actor of a client that is being changed.</summary>
    public static async Task<ConfidentialFields> HiddenOfAsync(this PortalDb db, PartnerId partner, Actor actor, CancellationToken ct) =>
        actor.Hidden == ConfidentialFields.None ? ConfidentialFields.None : actor.HiddenOf(await db.Set<Partner>().Where(p => p.Id == partner).Select(p => p.Responsible).SingleOrDefaultAsync(ct));

    /// <summary>True where any of the fields is hidden.</summary>
    public static bool Has(this ConfidentialFields hidden, ConfidentialFields any) => (hidden & any) != 0;

    /// <summary>Refuses who would open hidden fields to himself by becoming the one who answers for the client.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.take-over</c></exception>
    public static void RequireNoTakeOver(this Actor actor, Guid? before, Guid? after)
    {
        if (actor.Hidden != ConfidentialFields.None && after == actor.UserId && before != after) throw new RuleBrokenException("clients.take-over");
    }

    /// <summary>Places of people in clients within the actor's reach by which he may read all that is said of them: where something of it is hidden from him, those of clients he answers for.</summary>
    public static IQueryable<ContactRole> OpenRoles(this PortalDb db, Actor actor)
    {
        var clients = db.Set<Partner>().Within(actor);
        if (actor.Hidden.Has(Numbers | ConfidentialFields.Notes)) clients = clients.Where(p => p.Responsible == actor.UserId);
        return db.Set<ContactRole>().Where(r => clients.Any(p => p.Id == r.Partner));
    }

    /// <summary>Kinds of search entries whose text, beside the title, tells hidden fields.</summary>
    public static ObjectKind[] Untold(this Actor actor) =>
    [
        .. actor.Hidden.Has(Numbers) ? [ObjectKind.Partner, ObjectKind.Person] : Array.Empty<ObjectKind>(),
        .. actor.Hidden.Has(ConfidentialFields.TaxNumbers) ? [ObjectKind.Counterparty] : Array.Empty<ObjectKind>(),
    ];

    /// <summary>A row of a list as this reader may know it.</summary>
    public static PartnerRow For(this PartnerRow row, Actor reader)
    {
        var hidden = reader.HiddenOf(row.ResponsibleId);
        return hidden == ConfidentialFields.None ? row
            : row with { Phone = Told(hidden, ConfidentialFields.Phones, row.Phone), Email = Told(hidden, ConfidentialFields.Mails, row.Email), Hidden = Filled(hidden, row.Phone, row.Email) };
    }

    /// <summary>A card as this reader may know it.</summary>
    public static PartnerDetailsPage For(this PartnerDetailsPage page, Actor reader)
    {
        var (head, hidden) = (page.Head, reader.HiddenOf(page.Head.ResponsibleId));
        return hidden == ConfidentialFields.None ? page : page with
        {
            Head = head with
            {
                Phone = Told(hidden, ConfidentialFields.Phones, head.Phone), Email = Told(hidden, ConfidentialFields.Mails, head.Email), Note = Told(hidden, ConfidentialFields.Notes, head.Note),
                Hidden = Filled(hidden, head.Phone, head.Email, head.Note),
            },
            Contacts = [.. page.Contacts.Select(c => c with
            {
                Phone = Told(hidden, ConfidentialFields.Phones, c.Phone), Email = Told(hidden, ConfidentialFields.Mails, c.Email), Note = Told(hidden, ConfidentialFields.Notes, c.Note),
                Others = [.. c.Others.Where(o => !hidden.Has(FieldOf(o.Channel)))],
                Hidden = Filled(hidden, c.Phone, c.Email, c.Note) | c.Others.Select(o => FieldOf(o.Channel) & hidden).Aggregate(ConfidentialFields.None, (all, one) => all | one),
            })],
            Places = [.. page.Places.Select(p => p with { ContactPhone = Told(hidden, ConfidentialFields.Phones, p.ContactPhone), Hidden = Filled(hidden, p.ContactPhone) })],
            Entities = [.. page.Entities.Select(e => hidden.Has(ConfidentialFields.TaxNumbers) && (e.TaxNumber ?? e.RegisterNumber) is not null
                ? e with { TaxNumber = null, RegisterNumber = null, Hidden = ConfidentialFields.TaxNumbers } : e)],
            Agreements = [.. page.Agreements.Select(a => hidden.Has(ConfidentialFields.Terms) ? a with { PaymentDays = 0, CreditLimit = null, Currency = null, Note = null, Hidden = ConfidentialFields.Terms } : a)],
        };
    }

    /// <summary>A row of a file as this reader may know it; he does not answer for its client where <paramref name="hidden"/> says so.</summary>
    public static ClientFileRow Without(this ClientFileRow row, ConfidentialFields hidden) => hidden == ConfidentialFields.None ? row : row with
    {
        OwnPhones = hidden.Has(ConfidentialFields.Phones) ? "" : row.OwnPhones, Phones = hidden.Has(ConfidentialFields.Phones) ? "" : row.Phones,
        OwnMails = hidden.Has(ConfidentialFields.Mails) ? "" : row.OwnMails, Mails = hidden.Has(ConfidentialFields.Mails) ? "" : row.Mails,
        Hidden = hidden,
    };

    /// <summary>What a partner is recognised by without what is hidden.</summary>
    public static PartyDetails Without(this PartyDetails party, ConfidentialFields hidden) => hidden == ConfidentialFields.None ? party : party with
    {
        Phones = hidden.Has(ConfidentialFields.Phones) ? [] : party.Phones,
        Mails = hidden.Has(ConfidentialFields.Mails) ? [] : party.Mails,
        TaxNumbers = hidden.Has(ConfidentialFields.TaxNumbers) ? [] : party.TaxNumbers,
    };

    /// <summary>Reasons of a pair without those that tell of hidden fields.</summary>
    public static IReadOnlyList<MatchReason> Without(this IReadOnlyList<MatchReason> reasons, ConfidentialFields hidden) =>
        hidden == ConfidentialFields.None ? reasons : [.. reasons.Where(r => !hidden.Has(FieldOf(r.Field)))];

    /// <summary>The field that a channel's numbers belong to.</summary>
    public static ConfidentialFields FieldOf(ContactChannel channel) => channel == ContactChannel.Email ? ConfidentialFields.Mails : ConfidentialFields.Phones;

    /// <summary>The field that a comparison tells of.</summary>
    public static ConfidentialFields FieldOf(MatchField field) => field switch
    {
        MatchField.Phone => ConfidentialFields.Phones, MatchField.Mail => ConfidentialFields.Mails, MatchField.TaxNumber => ConfidentialFields.TaxNumbers, _ => ConfidentialFields.None,
    };

    /// <summary>The field of a client that a changed column of the audit belongs to; several where the column alone does not tell.</summary>
    public static ConfidentialFields FieldOf(string kind, string column) => (kind, column) switch
    {
        (nameof(Partner) or nameof(Person), nameof(Partner.Phone)) => ConfidentialFields.Phones,
        (nameof(Partner) or nameof(Person), nameof(Partner.Email)) => ConfidentialFields.Mails,
        (nameof(Partner) or nameof(Person), nameof(Partner.Note)) => ConfidentialFields.Notes,
        (nameof(ContactPoint), nameof(ContactPoint.Value)) => Numbers,
        (nameof(Counterparty), nameof(Counterparty.TaxNumber) or nameof(Counterparty.RegisterNumber)) => ConfidentialFields.TaxNumbers,
        (nameof(Agreement), nameof(Agreement.PaymentDays) or nameof(Agreement.CreditLimit) or nameof(Agreement.Currency) or nameof(Agreement.Note)) => ConfidentialFields.Terms,
        // a merge keeps what every field was before and after
        (nameof(ObjectKind.Merge), nameof(Merge.Changes)) => Numbers | ConfidentialFields.TaxNumbers | ConfidentialFields.Notes,
        _ => ConfidentialFields.None,
    };

    /// <summary>A row of the audit without hidden values, whoever answers for the client: what it tells of may have been another's then.</summary>
    public static AuditRow For(this AuditRow row, Actor reader) => reader.Hidden == ConfidentialFields.None ? row : new()
    {
        Id = row.Id, At = row.At, UserId = row.UserId, UserName = row.UserName, Origin = row.Origin, ObjectKind = row.ObjectKind, ObjectId = row.ObjectId, Action = row.Action,
        Before = Masked(row.ObjectKind, row.Before, reader.Hidden), After = Masked(row.ObjectKind, row.After, reader.Hidden),
    };

    private static string? Masked(string kind, string? json, ConfidentialFields hidden)
    {
        if (json is null || JsonNode.Parse(json) is not JsonObject fields) return json;
        foreach (var column in fields.Select(f => f.Key).Where(column => hidden.Has(FieldOf(kind, column))).ToList())
            if (fields[column] is not null) fields[column] = AuditRow.Hidden;
        return fields.ToJsonString();
    }

    private static string? Told(ConfidentialFields hidden, ConfidentialFields field, string? value) => hidden.Has(field) ? null : value;

    private static ConfidentialFields Filled(ConfidentialFields hidden, string? phone, string? mail = null, string? note = null) =>
        hidden & ((phone is null ? 0 : ConfidentialFields.Phones) | (mail is null ? 0 : ConfidentialFields.Mails) | (note is null ? 0 : ConfidentialFields.Notes));
}
