using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>Id of a <see cref="Person"/>.</summary>
public readonly record struct PersonId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static PersonId New() => new(Guid.CreateVersion7());
}

/// <summary>A human being: one record, whether he works for us, for a client or only calls.</summary>
public sealed class Person
{
    private Person() { }

    /// <summary>Takes a person into the base.</summary>
    public Person(PersonId id, string name, string? phone, string? email)
    {
        Id = id;
        Describe(name, phone, email);
    }

    public PersonId Id { get; private set; }
    public string Name { get; private set; } = "";
    public string? Phone { get; private set; }
    public string? Email { get; private set; }

    /// <summary>Sets the name and how to reach the person.</summary>
    public void Describe(string name, string? phone, string? email)
    {
        Name = Required.Text(name, "person.name", 200);
        Phone = Required.Optional(phone, "person.phone", 40);
        Email = Required.Optional(email, "person.email", 200);
    }
}

/// <summary>Ties a person to a partner, a counterparty or a place, in words such as "receives goods at door 3".</summary>
public sealed class ContactRole
{
    private ContactRole() { }

    /// <summary>Ties the person; at least one of the three is given.</summary>
    public ContactRole(Guid id, PersonId person, string role, PartnerId? partner = null, CounterpartyId? counterparty = null, PlaceId? place = null)
    {
        if (partner is null && counterparty is null && place is null) throw new RuleBrokenException("clients.contact-without-object");
        Id = id;
        Person = person;
        Role = Required.Text(role, "contact.role", 120);
        Partner = partner;
        Counterparty = counterparty;
        Place = place;
    }

    public Guid Id { get; private set; }
    public PersonId Person { get; private set; }
    public string Role { get; private set; } = "";
    public PartnerId? Partner { get; private set; }
    public CounterpartyId? Counterparty { get; private set; }
    public PlaceId? Place { get; private set; }
}
