using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Leads;

/// <summary>A stream of leads, such as those of the brand or of events.</summary>
public sealed class LeadStream : INamedTerm
{
    private LeadStream() { }

    /// <summary>Adds a stream of the company's own.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public LeadStream(LeadStreamId id, string key, string name, int position)
    {
        (Id, Key, Position) = (id, Required.Text(key, "stream.key", 80), position);
        Rename(name);
    }

    public LeadStreamId Id { get; private set; }
    /// <inheritdoc/>
    public string Key { get; private set; } = "";
    /// <summary>Null where the product calls it in the language of who reads.</summary>
    public string? Name { get; private set; }
    /// <inheritdoc/>
    public int Position { get; private set; }
    /// <summary>True when nothing new may come by it.</summary>
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <inheritdoc/>
    public void Rename(string name) => Name = Required.Text(name, "stream.name", 80);

    /// <inheritdoc/>
    public void Archive() => Archived = true;

    /// <inheritdoc/>
    public void Restore() => Archived = false;
}
