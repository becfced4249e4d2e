using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>By what somebody is reached.</summary>
public enum ContactChannel { Phone, Email, Messenger }

/// <summary>Where or for what a number or address is.</summary>
public enum ContactUse { Work, Mobile, Personal, Fax }

/// <summary>A further phone, mail address or messenger of a partner or of a person; the main ones stand in their own records.</summary>
public sealed class ContactPoint
{
    /// <summary>How many one partner or person has at most.</summary>
    public const int Most = 20;

    private ContactPoint() { }

    /// <summary>A number or address of a partner.</summary>
    public ContactPoint(Guid id, PartnerId partner, ContactChannel channel, ContactUse use, string? value) : this(id, channel, use, value) => Partner = partner;

    /// <summary>A number or address of a person.</summary>
    public ContactPoint(Guid id, PersonId person, ContactChannel channel, ContactUse use, string? value) : this(id, channel, use, value) => Person = person;

    private ContactPoint(Guid id, ContactChannel channel, ContactUse use, string? value) =>
        (Id, Channel, Use, Value) = (id, channel, use, Required.Text(value, "contact.value", 200));

    public Guid Id { get; private set; }
    public PartnerId? Partner { get; private set; }
    public PersonId? Person { get; private set; }
    public ContactChannel Channel { get; private set; }
    public ContactUse Use { get; private set; }
    /// <summary>As people wrote it.</summary>
    public string Value { get; private set; } = "";
}
