using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Stock;

/// <summary>Id of a <see cref="Warehouse"/>.</summary>
public readonly record struct WarehouseId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static WarehouseId New() => new(Guid.CreateVersion7());
}

/// <summary>Where goods lie. How it values them is settled when it is opened: what was reckoned by one model cannot be told by the other.</summary>
public sealed class Warehouse
{
    private Warehouse() { }

    /// <summary>Opens a warehouse.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public Warehouse(WarehouseId id, CompanyId company, string name, StockModel model, BranchId? branch)
    {
        (Id, Company, Model) = (id, company, model);
        Describe(name, branch);
    }

    public WarehouseId Id { get; private set; }
    public CompanyId Company { get; private set; }
    public BranchId? Branch { get; private set; }
    public string Name { get; private set; } = "";
    public StockModel Model { get; private set; }
    /// <summary>True when nothing more moves there.</summary>
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Sets name and branch.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public void Describe(string name, BranchId? branch)
    {
        Name = Required.Text(name, "warehouse.name", 200);
        Branch = branch;
    }

    /// <summary>Lets nothing more move there.</summary>
    public void Archive() => Archived = true;

    /// <summary>Lets goods move there again.</summary>
    public void Restore() => Archived = false;
}
