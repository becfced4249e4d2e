using Portal.Domain.Shared;

namespace Portal.Domain.Processes;

/// <summary>Somebody works for somebody who is away: he sees and does that person's tasks as long as it lasts.</summary>
public sealed class Substitution
{
    private Substitution() { }

    /// <summary>Agrees on a substitute from <paramref name="starts"/> (included) to <paramref name="ends"/> (not included).</summary>
    /// <exception cref="RuleBrokenException"><c>process.substitute-self</c>, <c>process.substitute-period</c></exception>
    public Substitution(SubstitutionId id, Guid absent, Guid substitute, DateTimeOffset starts, DateTimeOffset ends)
    {
        if (absent == substitute) throw new RuleBrokenException("process.substitute-self");
        if (ends <= starts) throw new RuleBrokenException("process.substitute-period");
        (Id, Absent, Substitute, Starts, Ends) = (id, absent, substitute, starts, ends);
    }

    public SubstitutionId Id { get; private set; }
    /// <summary>User who is away.</summary>
    public Guid Absent { get; private set; }
    /// <summary>User who works for him.</summary>
    public Guid Substitute { get; private set; }
    public DateTimeOffset Starts { get; private set; }
    public DateTimeOffset Ends { get; private set; }

    /// <summary>Ends it before its time.</summary>
    public void End(DateTimeOffset now)
    {
        if (now < Ends) Ends = now < Starts ? Starts : now;
    }
}
