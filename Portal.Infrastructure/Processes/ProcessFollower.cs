using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>A process as its step leaves it.</summary>
/// <param name="About">the object it is about</param>
/// <param name="Stages">funnel stages on which its tokens stand, in order; none before the first and after the end</param>
/// <param name="Now">the instant of the step, in the company's zone</param>
/// <param name="Database">a context in the step's transaction, whose saves stand or fall with the step</param>
public sealed record FollowedStep(PublishedMap Map, ObjectRef About, InstanceStatus Status, IReadOnlyList<Stage> Stages, DateTimeOffset Now, PortalDb Database);

/// <summary>What a feature does with its objects while a process about them takes a step, in the step's own transaction: the engine knows no feature.</summary>
/// <param name="Kind">kind of the objects</param>
public sealed record ProcessFollower(ObjectKind Kind, Func<FollowedStep, CancellationToken, Task> FollowAsync);
