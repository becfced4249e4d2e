using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;

namespace Portal.Infrastructure.Work;

/// <summary>Whose assignments are whose: those of giver, performer and controller and their substitutes, and of those whose work somebody looks after.</summary>
internal static class AssignmentRights
{
    /// <summary>Refuses everybody but staff: an external person gives and gets no assignment.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public static void RequireStaff(this Actor actor)
    {
        if (!actor.IsSystem && (actor.PartnerId is not null || actor.UserId == Guid.Empty)) throw new RuleBrokenException("identity.not-allowed", "staff");
    }

    /// <summary>True when the actor may read the assignment.</summary>
    public static bool MaySee(this Actor actor, Assignment assignment) =>
        actor.PartnerId is null && (assignment.Concerns(actor) || actor.Oversees(assignment.Branch, assignment.Performer));

    /// <summary>Those of some assignments that the actor himself may read; what he reads for people he stands in for is not among them.</summary>
    public static IQueryable<Assignment> SeenBy(this IQueryable<Assignment> assignments, Actor actor)
    {
        var (me, oversees, only, people) = (actor.UserId, actor.Can(Permissions.TasksOversee), actor.OnlyBranch(), actor.OnlyPeople()?.ToArray());
        return assignments.Where(a => a.Giver == me || a.Performer == me || a.Controller == me
            || oversees && (only == null || a.Branch == null || a.Branch == only) && (people == null || people.Contains(a.Performer)));
    }
}
