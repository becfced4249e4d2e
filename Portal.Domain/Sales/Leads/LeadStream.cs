using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Leads;

/// <summary>A stream of leads, such as those of the brand or of events.</summary>
public sealed class LeadStream
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
    /// <summary>What forms, files and programs call it; unique.</summary>
    public string Key { get; private set; } = "";
    /// <summary>Null where the product calls it in the language of who reads.</summary>
    public string? Name { get; private set; }
    /// <summary>Place in lists, from 1.</summary>
    public int Position { get; private set; }
    /// <summary>True when nothing new may come by it.</summary>
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Gives it a name of the company's own.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public void Rename(string name) => Name = Required.Text(name, "stream.name", 80);

    /// <summary>Takes it out of what is offered.</summary>
    public void Archive() => Archived = true;

    /// <summary>Offers it again.</summary>
    public void Restore() => Archived = false;
}
