using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>Id of a <see cref="Person"/>.</summary>
public readonly record struct PersonId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static PersonId New() => new(Guid.CreateVersion7());
}

/// <summary>A human being: one record, whether he works for us, for a client or only calls.</summary>
public sealed class Person : ISearchable
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
    public DateOnly? BirthDate { get; private set; }
    public string? Note { get; private set; }
    /// <summary>The record that stands for this one since both were found to be one person.</summary>
    public PersonId? MergedInto { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Sets what else is known of the person.</summary>
    public void Annotate(DateOnly? birthDate, string? note) => (BirthDate, Note) = (birthDate, Required.Optional(note, "person.note", 1000));

    /// <summary>Sets the name and how to reach the person.</summary>
    public void Describe(string name, string? phone, string? email)
    {
        Name = Required.Text(name, "person.name", 200);
        Phone = Required.Optional(phone, "person.phone", 40);
        Email = Required.Optional(email, "person.email", 200);
    }

    /// <summary>Leaves its place to another record of the same person.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.merge-itself</c></exception>
    public void MergeInto(PersonId survivor) => MergedInto = survivor != Id ? survivor : throw new RuleBrokenException("clients.merge-itself");

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Person, Id.Value), Name, $"{Phone} {Email}", null);
}
