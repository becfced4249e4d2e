using Portal.Infrastructure.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Identity;

/// <summary>Names of roles for people: standard ones in the reader's language, own ones as they were typed.</summary>
internal static class RoleNames
{
    public static string Show(Role role, Texts texts) => role.BuiltIn && texts.Has($"role.{role.Code}") ? texts[$"role.{role.Code}"] : role.Name;

    /// <summary>The name behind a code that a route map or a task holds.</summary>
    public static string Show(string code, Texts texts) => texts.Has($"role.{code}") ? texts[$"role.{code}"] : code;
}
