using Portal.Domain.Shared;

namespace Portal.Domain.Identity;

/// <summary>Id of a <see cref="Company"/>.</summary>
public readonly record struct CompanyId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static CompanyId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="Branch"/>.</summary>
public readonly record struct BranchId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static BranchId New() => new(Guid.CreateVersion7());
}

/// <summary>A legal entity of ours: documents carry one.</summary>
public sealed class Company
{
    private Company() { }

    /// <summary>Founds a company. Currency is ISO 4217, the time zone IANA: it decides business days and document dates.</summary>
    public Company(CompanyId id, string name, string currency, string timeZone)
    {
        Id = id;
        Name = Required.Text(name, "company.name", 200);
        Currency = currency;
        TimeZone = timeZone;
    }

    public CompanyId Id { get; private set; }
    public string Name { get; private set; } = "";
    public string Currency { get; private set; } = "";
    public string TimeZone { get; private set; } = "";
    public string? TaxNumber { get; private set; }
}

/// <summary>A division of ours with its own address, time zone and calendar. Trips, vehicles and users carry one.</summary>
public sealed class Branch
{
    private Branch() { }

    /// <summary>Opens a branch.</summary>
    public Branch(BranchId id, CompanyId company, string name, string timeZone)
    {
        Id = id;
        Company = company;
        Describe(name, null, timeZone);
    }

    public BranchId Id { get; private set; }
    public CompanyId Company { get; private set; }
    public string Name { get; private set; } = "";
    public string? Address { get; private set; }
    public string TimeZone { get; private set; } = "";
    /// <summary>True when nothing new may go there.</summary>
    public bool Archived { get; private set; }
    /// <summary>Changes with every save: shows that a colleague was first.</summary>
    public uint Version { get; private set; }

    /// <summary>Sets name, address and IANA time zone.</summary>
    public void Describe(string name, string? address, string timeZone)
    {
        Name = Required.Text(name, "branch.name", 200);
        Address = Required.Optional(address, "branch.address", 300);
        TimeZone = timeZone;
    }

    /// <summary>Lets nothing new go there.</summary>
    public void Archive() => Archived = true;

    /// <summary>Lets new things go there again.</summary>
    public void Restore() => Archived = false;
}
