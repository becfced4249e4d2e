namespace Portal.Web.Sales;

/// <summary>What addresses of deals, leads and the funnel call alike.</summary>
internal static class SalesAddress
{
    /// <summary>Names that stand in addresses for all states, the reader himself and nobody or nothing.</summary>
    public const string Any = "any", Mine = "mine", Nobody = "nobody", None = "none";

    /// <summary>The manager that an address names, and whether those without one are meant.</summary>
    public static (Guid? Manager, bool Nobody) Manager(string? named, Guid me) => (named == Mine ? me : Guid.TryParse(named, out var user) ? user : null, named == Nobody);
}
