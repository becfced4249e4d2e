using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;

namespace Portal.Infrastructure.Work;

/// <summary>Whose assignments are whose: those of giver, performer and controller and their substitutes, and of a branch for who looks after its work.</summary>
internal static class AssignmentRights
{
    /// <summary>Refuses everybody but staff: an external person gives and gets no assignment.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public static void RequireStaff(this Actor actor)
    {
        if (!actor.IsSystem && (actor.PartnerId is not null || actor.UserId == Guid.Empty)) throw new RuleBrokenException("identity.not-allowed", "staff");
    }

    /// <summary>True when the actor looks after the work of that branch.</summary>
    public static bool Oversees(this Actor actor, BranchId? branch) =>
        actor.Can(Permissions.TasksOversee) && (actor.OnlyBranch() is not { } only || only == branch);

    /// <summary>True when the actor may read the assignment.</summary>
    public static bool MaySee(this Actor actor, Assignment assignment) =>
        actor.PartnerId is null && (assignment.Concerns(actor) || actor.Oversees(assignment.Branch));
}
