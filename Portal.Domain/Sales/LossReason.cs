using Portal.Domain.Shared;

namespace Portal.Domain.Sales;

/// <summary>Why deals are lost.</summary>
public sealed class LossReason : INamedTerm
{
    private LossReason() { }

    /// <summary>Adds a reason of the company's own.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public LossReason(LossReasonId id, string key, string name, int position)
    {
        (Id, Key, Position) = (id, Required.Text(key, "loss.key", 80), position);
        Rename(name);
    }

    public LossReasonId Id { get; private set; }
    /// <inheritdoc/>
    public string Key { get; private set; } = "";
    /// <summary>Null where the product calls it in the language of who reads.</summary>
    public string? Name { get; private set; }
    /// <inheritdoc/>
    public int Position { get; private set; }
    /// <summary>True when it is not offered any more.</summary>
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <inheritdoc/>
    public void Rename(string name) => Name = Required.Text(name, "loss.name", 80);

    /// <inheritdoc/>
    public void Archive() => Archived = true;

    /// <inheritdoc/>
    public void Restore() => Archived = false;
}
