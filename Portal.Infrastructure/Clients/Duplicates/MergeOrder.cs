using Portal.Domain.Shared;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>Whose value of a field stays.</summary>
public enum MergeSide { Survivor, Loser, Both }

/// <summary>Two parts, one of each side, that are the same: <paramref name="Fold"/> leaves its place to <paramref name="Keep"/>.</summary>
public sealed record SamePart(ObjectKind Kind, Guid Keep, Guid Fold);

/// <summary>What somebody decided about a pair that is one.</summary>
/// <param name="Survivor">the side that stays</param>
/// <param name="Fields">by name of <see cref="MergeFields"/>; a field that is not named takes <see cref="MergeFields.Usual"/></param>
public sealed record MergeOrder(Guid Pair, Guid Survivor, IReadOnlyDictionary<string, MergeSide> Fields, IReadOnlyList<SamePart> Same);

/// <summary>What came of taking a merge back.</summary>
/// <param name="Elsewhere">rows that were moved on since, or have no room any more where they were, and stay where they are</param>
/// <param name="Fields">fields and contact points that somebody has changed since, or that have no room any more, and that stay as they are</param>
public sealed record MergeUndone(int Elsewhere, IReadOnlyList<string> Fields)
{
    /// <summary>True when everything stands as before the merge.</summary>
    public bool IsWhole => Elsewhere == 0 && Fields.Count == 0;
}

/// <summary>Fields of a record for which a side is chosen.</summary>
public static class MergeFields
{
    private static readonly string[] OfPartner = ["Name", "Kinds", "Standing", "Phone", "Email", "Website", "Note", "Responsible", "Branch", "Parent", "Level"];
    private static readonly string[] OfPerson = ["Name", "Phone", "Email", "BirthDate", "Note"];

    /// <summary>Fields of a kind, in the order of its card.</summary>
    public static IReadOnlyList<string> Of(ObjectKind kind) => kind == ObjectKind.Partner ? OfPartner : OfPerson;

    /// <summary>True where both values can stand together.</summary>
    public static bool TakesBoth(string field) => field is "Kinds" or "Note";

    /// <summary>What is taken where nobody chooses: the survivor's, the loser's where the survivor has none, both relationships.</summary>
    public static MergeSide Usual(string field, object? survivor, object? loser) =>
        field == "Kinds" ? MergeSide.Both
        : survivor is null or "" && loser is not null ? MergeSide.Loser
        : field == "Note" && loser is string { Length: > 0 } && !Equals(survivor, loser) ? MergeSide.Both
        : MergeSide.Survivor;
}
