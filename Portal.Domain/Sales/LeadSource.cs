using Portal.Domain.Shared;

namespace Portal.Domain.Sales;

/// <summary>Where clients come from at their first contact, such as an advertisement or a recommendation.</summary>
public sealed class LeadSource : INamedTerm
{
    private LeadSource() { }

    /// <summary>Adds a source of the company's own.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public LeadSource(LeadSourceId id, string key, string name, int position)
    {
        (Id, Key, Position) = (id, Required.Text(key, "source.key", 80), position);
        Rename(name);
    }

    public LeadSourceId Id { get; private set; }
    /// <inheritdoc/>
    public string Key { get; private set; } = "";
    /// <summary>Null where the product calls it in the language of who reads.</summary>
    public string? Name { get; private set; }
    /// <inheritdoc/>
    public int Position { get; private set; }
    /// <summary>True when nothing new may come from there.</summary>
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <inheritdoc/>
    public void Rename(string name) => Name = Required.Text(name, "source.name", 80);

    /// <inheritdoc/>
    public void Archive() => Archived = true;

    /// <inheritdoc/>
    public void Restore() => Archived = false;
}
