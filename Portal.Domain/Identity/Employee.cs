using Portal.Domain.Clients;
using Portal.Domain.Shared;

namespace Portal.Domain.Identity;

/// <summary>Id of an <see cref="Employee"/>.</summary>
public readonly record struct EmployeeId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static EmployeeId New() => new(Guid.CreateVersion7());
}

/// <summary>A person who works for us; may have a user to sign in with.</summary>
public sealed class Employee
{
    private Employee() { }

    /// <summary>Takes a person on.</summary>
    public Employee(EmployeeId id, PersonId person, BranchId branch, string? jobTitle)
    {
        Id = id;
        Person = person;
        Branch = branch;
        Employ(jobTitle);
    }

    public EmployeeId Id { get; private set; }
    public PersonId Person { get; private set; }
    public BranchId Branch { get; private set; }
    public string? JobTitle { get; private set; }
    /// <summary>The sign-in of this employee.</summary>
    public Guid? User { get; private set; }
    public bool Archived { get; private set; }

    /// <summary>Sets what he is employed as.</summary>
    public void Employ(string? jobTitle) => JobTitle = Required.Optional(jobTitle, "employee.job-title", 120);

    /// <summary>Lets him work in another branch.</summary>
    public void MoveTo(BranchId branch) => Branch = branch;

    /// <summary>Gives the employee a sign-in.</summary>
    public void LinkUser(Guid user) => User = user;
}
