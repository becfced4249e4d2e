using Portal.Domain.Shared;

namespace Portal.Domain.Claims;

/// <summary>What a cause repeats itself about.</summary>
public enum ClaimDimension { Product, Driver, Warehouse, Route }

/// <summary>Whether somebody has looked at an incident, and whether it is over.</summary>
public enum IncidentState { Open, Acknowledged, Closed }

/// <summary>A cause that has come again about the same product, driver, warehouse or route: a reason to look at what makes the claims, not at one of them.</summary>
public sealed class ClaimIncident
{
    private ClaimIncident() { }

    /// <summary>Raises it.</summary>
    /// <param name="about">id of the product, driver or warehouse; the words of a route</param>
    /// <param name="name">what that is called now</param>
    /// <param name="count">claims within <paramref name="days"/> days</param>
    public ClaimIncident(ClaimIncidentId id, ClaimCauseId cause, ClaimDimension dimension, string about, string name, int count, int days, DateTimeOffset now)
    {
        (Id, Cause, Dimension, About, Name, Days, RaisedAt) = (id, cause, dimension, about, name, days, now);
        Repeat(count, now);
    }

    public ClaimIncidentId Id { get; private set; }
    public ClaimCauseId Cause { get; private set; }
    public ClaimDimension Dimension { get; private set; }
    /// <summary>Id of the product, driver or warehouse; the words of a route.</summary>
    public string About { get; private set; } = "";
    /// <summary>What that was called when it was raised.</summary>
    public string Name { get; private set; } = "";
    public IncidentState State { get; private set; }
    /// <summary>Claims within <see cref="Days"/> days when the last of them came.</summary>
    public int Count { get; private set; }
    public int Days { get; private set; }
    public DateTimeOffset RaisedAt { get; private set; }
    /// <summary>When the last of its claims came.</summary>
    public DateTimeOffset LastAt { get; private set; }
    public DateTimeOffset? AcknowledgedAt { get; private set; }
    public string? AcknowledgedBy { get; private set; }
    public DateTimeOffset? ClosedAt { get; private set; }
    public string? ClosedBy { get; private set; }
    /// <summary>What was done so that it does not come again.</summary>
    public string? Measure { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>It has come once more.</summary>
    public void Repeat(int count, DateTimeOffset now) => (Count, LastAt) = (count, now);

    /// <summary>Somebody looks at it.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.incident-closed</c></exception>
    public void Acknowledge(Actor by, DateTimeOffset now)
    {
        if (State == IncidentState.Closed) throw new RuleBrokenException("claims.incident-closed");
        if (State == IncidentState.Open) (State, AcknowledgedAt, AcknowledgedBy) = (IncidentState.Acknowledged, now, by.Name);
    }

    /// <summary>Something was done about it; should it come again, it is raised anew.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.incident-closed</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public void Close(string? measure, Actor by, DateTimeOffset now)
    {
        if (State == IncidentState.Closed) throw new RuleBrokenException("claims.incident-closed");
        Measure = Required.Text(measure, "claim.measure", 1000);
        (State, ClosedAt, ClosedBy) = (IncidentState.Closed, now, by.Name);
    }
}
