using Microsoft.AspNetCore.Identity;
using Portal.Domain.Clients;
using Portal.Domain.Identity;

namespace Portal.Infrastructure.Identity;

/// <summary>Somebody who signs in: staff, or an external person linked to exactly one partner.</summary>
public sealed class PortalUser : IdentityUser<Guid>
{
    public string DisplayName { get; set; } = "";
    /// <summary>One of the five: en, ru, uk, ro, id.</summary>
    public string Culture { get; set; } = "en";
    /// <summary>IANA name of the zone in which this user reads times.</summary>
    public string TimeZone { get; set; } = "UTC";
    /// <summary><c>system</c>, <c>light</c> or <c>dark</c>.</summary>
    public string Theme { get; set; } = "system";
    /// <summary>Compact rows on work screens.</summary>
    public bool Dense { get; set; } = true;
    /// <summary>False turns single-key shortcuts off (WCAG 2.1.4).</summary>
    public bool SingleKeyShortcuts { get; set; } = true;
    public BranchId? Branch { get; set; }
    /// <summary>Set for external people only.</summary>
    public PartnerId? Partner { get; set; }
    /// <summary>A person who left: cannot sign in, the history stays.</summary>
    public bool Blocked { get; set; }
    public bool MustChangePassword { get; set; }
    public DateTimeOffset? LastSignedInAt { get; set; }
}

/// <summary>A role: a named set of permissions with a reach. Data, not code.</summary>
public sealed class Role
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    /// <summary>Stable code; the standard roles are those of <see cref="StandardRoles"/>.</summary>
    public string Code { get; init; } = "";
    public string Name { get; set; } = "";
    public Domain.Shared.ActorScope Scope { get; set; } = Domain.Shared.ActorScope.All;
    public string[] Permissions { get; set; } = [];
    /// <summary>Standard roles can be changed but not removed.</summary>
    public bool BuiltIn { get; init; }
}

/// <summary>A user holds a role.</summary>
public sealed class UserRole
{
    public Guid UserId { get; init; }
    public Guid RoleId { get; init; }
}

/// <summary>A named page and query string, own or shared; run with the rights of who opens it.</summary>
public sealed class SavedView
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    /// <summary>Path of the page, such as <c>/board</c>.</summary>
    public string Page { get; init; } = "";
    public string Name { get; set; } = "";
    /// <summary>Query string without the question mark.</summary>
    public string Query { get; set; } = "";
    public Guid Owner { get; init; }
    public bool Shared { get; set; }
}

/// <summary>The view with which a page opens for a user where its address says nothing else.</summary>
public sealed class DefaultView
{
    public Guid UserId { get; init; }
    /// <summary>Path of the page, such as <c>/board</c>.</summary>
    public string Page { get; init; } = "";
    /// <summary>Id of the <see cref="SavedView"/>; one that is no longer seen opens nothing.</summary>
    public Guid View { get; set; }
}
