using Portal.Domain.Sales;
using Portal.Domain.Shared;

namespace Portal.Domain.Claims;

/// <summary>Where on the way from the order to the client it went wrong, such as packing or delivery: who can see that it does not happen again.</summary>
public sealed class ClaimStep : INamedTerm
{
    private ClaimStep() { }

    /// <summary>Adds a step of the company's own.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public ClaimStep(ClaimStepId id, string key, string name, int position)
    {
        (Id, Key, Position) = (id, Required.Text(key, "claim.step-key", 80), position);
        Rename(name);
    }

    public ClaimStepId Id { get; private set; }
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
    public void Rename(string name) => Name = Required.Text(name, "claim.step-name", 80);

    /// <inheritdoc/>
    public void Archive() => Archived = true;

    /// <inheritdoc/>
    public void Restore() => Archived = false;
}
