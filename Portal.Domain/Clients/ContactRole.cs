using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>Ties a person to a partner, a counterparty or a place, in words such as "receives goods at door 3".</summary>
public sealed class ContactRole
{
    private ContactRole() { }

    /// <summary>Ties the person; at least one of the three is given.</summary>
    public ContactRole(Guid id, PersonId person, string role, PartnerId? partner = null, CounterpartyId? counterparty = null, PlaceId? place = null)
    {
        if (partner is null && counterparty is null && place is null) throw new RuleBrokenException("clients.contact-without-object");
        (Id, Person, Partner) = (id, person, partner);
        Change(role, counterparty, place);
    }

    public Guid Id { get; private set; }
    public PersonId Person { get; private set; }
    public string Role { get; private set; } = "";
    public PartnerId? Partner { get; private set; }
    public CounterpartyId? Counterparty { get; private set; }
    public PlaceId? Place { get; private set; }
    /// <summary>True when the person has it no longer; what was said and done with him stays.</summary>
    public bool Ended { get; private set; }

    /// <summary>Sets what the person is there for, and for which entity or place of the partner.</summary>
    public void Change(string role, CounterpartyId? counterparty, PlaceId? place) =>
        (Role, Counterparty, Place) = (Required.Text(role, "contact.role", 120), counterparty, place);

    /// <summary>The person has it no longer.</summary>
    public void End() => Ended = true;

    /// <summary>The person has it again.</summary>
    public void Resume() => Ended = false;
}
