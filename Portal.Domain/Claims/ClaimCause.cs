using Portal.Domain.Shared;

namespace Portal.Domain.Claims;

/// <summary>Why clients complain: a node of a tree. Figures of a cause hold those of the causes below it.</summary>
public sealed class ClaimCause
{
    /// <summary>Causes one above the other.</summary>
    public const int MostLevels = 5;

    private ClaimCause() { }

    /// <summary>Adds a cause of the company's own.</summary>
    /// <param name="parent">the cause above it; null at the top</param>
    /// <param name="key">what maps and files call it</param>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public ClaimCause(ClaimCauseId id, ClaimCauseId? parent, string key, string name, int position)
    {
        (Id, Parent, Key, Position) = (id, parent, Required.Text(key, "claim.cause-key", 200), position);
        Rename(name);
    }

    public ClaimCauseId Id { get; private set; }
    /// <summary>The cause above it; null at the top.</summary>
    public ClaimCauseId? Parent { get; private set; }
    /// <summary>What maps and files call it.</summary>
    public string Key { get; private set; } = "";
    /// <summary>Null where the product calls it in the language of who reads.</summary>
    public string? Name { get; private set; }
    /// <summary>Place among those beside it, from 1.</summary>
    public int Position { get; private set; }
    /// <summary>True when it is not offered any more.</summary>
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Gives it a name of the company's own.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public void Rename(string name) => Name = Required.Text(name, "claim.cause-name", 100);

    /// <summary>Puts it below another cause, or at the top.</summary>
    /// <param name="tree">the parent of every cause</param>
    /// <exception cref="RuleBrokenException"><c>claims.cause-circle</c>, <c>claims.cause-deep</c></exception>
    public void Move(ClaimCauseId? parent, IReadOnlyDictionary<ClaimCauseId, ClaimCauseId?> tree)
    {
        if (parent is { } above && Chain(above, tree).Contains(Id)) throw new RuleBrokenException("claims.cause-circle");
        if (Depth(parent, tree) + Height(Id, tree) > MostLevels) throw new RuleBrokenException("claims.cause-deep", MostLevels);
        Parent = parent;
    }

    /// <summary>Takes it out of what is offered.</summary>
    public void Archive() => Archived = true;

    /// <summary>Offers it again.</summary>
    public void Restore() => Archived = false;

    /// <summary>A cause and those above it, from the lowest.</summary>
    /// <param name="tree">the parent of every cause</param>
    public static IReadOnlyList<ClaimCauseId> Chain(ClaimCauseId cause, IReadOnlyDictionary<ClaimCauseId, ClaimCauseId?> tree)
    {
        List<ClaimCauseId> chain = [];
        for (ClaimCauseId? at = cause; at is { } id && !chain.Contains(id); at = tree.GetValueOrDefault(id)) chain.Add(id);
        return chain;
    }

    /// <summary>A cause and all below it.</summary>
    /// <param name="tree">the parent of every cause</param>
    public static IReadOnlyList<ClaimCauseId> Branch(ClaimCauseId cause, IReadOnlyDictionary<ClaimCauseId, ClaimCauseId?> tree) => [.. tree.Keys.Where(id => Chain(id, tree).Contains(cause))];

    /// <summary>How many levels there are down to where a new cause would stand below <paramref name="parent"/>.</summary>
    public static int Depth(ClaimCauseId? parent, IReadOnlyDictionary<ClaimCauseId, ClaimCauseId?> tree) => parent is { } id ? Chain(id, tree).Count : 0;

    private static int Height(ClaimCauseId cause, IReadOnlyDictionary<ClaimCauseId, ClaimCauseId?> tree) =>
        Branch(cause, tree).Select(id => Chain(id, tree).TakeWhile(above => above != cause).Count() + 1).DefaultIfEmpty(1).Max();
}
