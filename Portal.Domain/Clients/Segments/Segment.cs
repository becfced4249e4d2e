using Portal.Domain.Shared;

namespace Portal.Domain.Clients.Segments;

/// <summary>Id of a <see cref="Segment"/>.</summary>
public readonly record struct SegmentId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static SegmentId New() => new(Guid.CreateVersion7());
}

/// <summary>
/// Clients that are meant together, by a condition under a name. A dynamic one asks its condition each time, a static one holds
/// those whom the condition met when it was last refreshed, and whom people put in or took out by hand.
/// </summary>
public sealed class Segment
{
    /// <summary>Characters of a name.</summary>
    public const int MostInName = 80;

    private Segment() { }

    /// <summary>Names a condition.</summary>
    public Segment(SegmentId id, Guid owner, string name, string? note, ConditionGroup condition, bool shared)
    {
        (Id, Owner) = (id, owner);
        Describe(name, note, condition, shared);
    }

    public SegmentId Id { get; private set; }
    public string Name { get; private set; } = "";
    public string? Note { get; private set; }
    /// <summary>Our user who made it and changes it.</summary>
    public Guid Owner { get; private set; }
    /// <summary>True when all of staff use it.</summary>
    public bool Shared { get; private set; }
    public ConditionGroup Condition { get; private set; } = ConditionGroup.Everybody;
    /// <summary>When the members of a static segment were last read by its condition; null for a dynamic one.</summary>
    public DateTimeOffset? RefreshedAt { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>True when its members stand still until somebody refreshes them.</summary>
    public bool IsStatic => RefreshedAt is not null;

    /// <summary>Sets name and condition. Whoever calls has seen that the condition's fields exist and that it makes no circle.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>segments.too-deep</c>, <c>segments.too-many-tests</c></exception>
    public void Describe(string name, string? note, ConditionGroup condition, bool shared)
    {
        Name = Required.Text(name, "segment.name", MostInName);
        Note = Required.Optional(note, "segment.note", 500);
        Condition = ConditionJson.Check(condition);
        Shared = shared;
    }

    /// <summary>Goes to somebody else, who changes it from now on; under another name where he has one of this.</summary>
    public void HandTo(Guid owner, string name) => (Owner, Name) = (owner, name);

    /// <summary>Its members stand still from now on, or were read anew.</summary>
    public void Refresh(DateTimeOffset now) => RefreshedAt = now;

    /// <summary>Its condition is asked each time again.</summary>
    public void LetMove() => RefreshedAt = null;
}

/// <summary>How a client came into a static segment, or out of it for good.</summary>
public enum MemberOrigin { Condition, PutIn, TakenOut }

/// <summary>A client in a static segment; one taken out by hand stays out when the segment is refreshed.</summary>
public sealed class SegmentMember
{
    private SegmentMember() { }

    /// <summary>Puts a client in, or keeps it out.</summary>
    public SegmentMember(SegmentId segment, PartnerId partner, MemberOrigin origin) => (Segment, Partner, Origin) = (segment, partner, origin);

    public SegmentId Segment { get; private set; }
    public PartnerId Partner { get; private set; }
    public MemberOrigin Origin { get; private set; }

    /// <summary>Somebody decides by hand.</summary>
    public void Become(MemberOrigin origin) => Origin = origin;
}
