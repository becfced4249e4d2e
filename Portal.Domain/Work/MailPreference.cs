namespace Portal.Domain.Work;

/// <summary>Which letters about work a user wants; without a row he gets all.</summary>
public sealed class MailPreference
{
    private MailPreference() { }

    /// <summary>The wishes of a user.</summary>
    public MailPreference(Guid user) => User = user;

    public Guid User { get; private set; }
    /// <summary>A letter when work arrives.</summary>
    public bool OnNewWork { get; set; } = true;
    /// <summary>A letter a day before the deadline of his own work, and when a deadline passed for which he answers.</summary>
    public bool BeforeDeadline { get; set; } = true;
    /// <summary>A letter when somebody comments, reports a result or returns it.</summary>
    public bool OnAnswer { get; set; } = true;
    /// <summary>A letter when a reminder of an interaction rings.</summary>
    public bool OnReminder { get; set; } = true;
}
