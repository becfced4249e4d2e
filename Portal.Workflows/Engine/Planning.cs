using Portal.Domain.Shared;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>A task somebody can expect from a process.</summary>
/// <param name="Node">the user task</param>
/// <param name="Name">its name</param>
/// <param name="Roles">roles it will be offered to</param>
/// <param name="Assignee">the one person, where the map already tells</param>
/// <param name="Start">when it is expected to begin</param>
/// <param name="Due">when it must be done; null where the map sets no deadline or needs data not there yet</param>
/// <param name="Share">1 when it comes for certain; less when decisions lie before it; 0 when only an exception leads there</param>
/// <param name="IsGuess">a decision before it has no past to be judged by: its ways were given equal parts</param>
/// <param name="Stage">funnel stage</param>
public sealed record PlannedTask(
    string Node, LocalText Name, IReadOnlyList<string> Roles, string? Assignee, DateTimeOffset Start, DateTimeOffset? Due, decimal Share, bool IsGuess, string? Stage);

/// <summary>
/// The tasks each participant can expect: a walk of the map from its start (or from where tokens are), loops once,
/// every branch of a decision with the share that past processes gave it, or an equal one where too few have gone it, deadlines as durations.
/// </summary>
public static class Planning
{
    private readonly record struct Arrival(DateTimeOffset At, decimal Share, bool IsGuess, string? Stage);

    /// <summary>The planned tasks of a process about to start, earliest first.</summary>
    public static IReadOnlyList<PlannedTask> Tasks(ProcessMap map, ContextValue variables, DateTimeOffset now, PastWays? past = null)
    {
        var tasks = new List<PlannedTask>();
        Walk(new(map, past ?? PastWays.None, variables, tasks), null, map.In(null).OfType<StartEvent>().ToDictionary(s => s.Id, _ => new Arrival(now, 1, false, null)));
        return Ordered(map, tasks);
    }

    /// <summary>The tasks still ahead of a running instance, those open now included.</summary>
    public static IReadOnlyList<PlannedTask> Ahead(ProcessMap map, InstanceState state, DateTimeOffset now, PastWays? past = null)
    {
        var tasks = new List<PlannedTask>();
        foreach (var level in state.Tokens.Where(t => state.Scopes.First(s => s.Id == t.Scope).Kind != ScopeKind.Iteration).GroupBy(t => map.Node(t.Node).Parent))
            Walk(new(map, past ?? PastWays.None, state.Variables, tasks), level.Key, level.GroupBy(t => t.Node).ToDictionary(g => g.Key, g => new Arrival(now, 1, false, g.First().Stage)));
        return Ordered(map, tasks);
    }

    /// <summary>True for a node at which a token takes one or some of several ways.</summary>
    public static bool IsDecision(FlowNode node) => node is ExclusiveGateway or EventGateway or InclusiveGateway && node.Outgoing.Count > 1;

    /// <summary>What every part of a walk works with.</summary>
    private sealed record Journey(ProcessMap Map, PastWays Past, ContextValue Variables, List<PlannedTask> Tasks);

    private static List<PlannedTask> Ordered(ProcessMap map, List<PlannedTask> tasks) =>
        [.. tasks.GroupBy(t => t.Node).Select(g => g.MaxBy(t => t.Share)!).OrderBy(t => t.Start).ThenBy(t => map.Node(t.Node).Order)];

    private static DateTimeOffset Walk(Journey journey, string? level, Dictionary<string, Arrival> from)
    {
        var map = journey.Map;
        var arrivals = new Dictionary<string, Arrival>(from);
        var latest = from.Count == 0 ? default : from.Values.Max(a => a.At);
        foreach (var node in InOrder(map, level))
        {
            if (!arrivals.TryGetValue(node.Id, out var arrival)) continue;
            var stage = node.Work.Stage?.Key ?? arrival.Stage;
            var done = Done(journey, node, arrival with { Stage = stage });
            latest = done > latest ? done : latest;
            foreach (var (target, share, isGuess) in Onward(journey, node, arrival)) Arrive(map, arrivals, target, new Arrival(done, share, isGuess, stage));
        }
        return latest;
    }

    /// <summary>Nodes of a level so that each comes after all that lead to it, loops cut.</summary>
    private static IEnumerable<FlowNode> InOrder(ProcessMap map, string? level)
    {
        var order = new List<FlowNode>();
        var seen = new HashSet<string>();
        foreach (var node in map.In(level).Reverse()) Visit(node);
        return Enumerable.Reverse(order);

        void Visit(FlowNode root)
        {
            if (!seen.Add(root.Id)) return;
            var open = new Stack<(FlowNode Node, int Step)>([(root, 0)]);
            while (open.TryPop(out var at))
            {
                var next = map.Reachability.Next(at.Node.Id);
                if (at.Step == next.Count)
                {
                    order.Add(at.Node);
                    continue;
                }
                open.Push((at.Node, at.Step + 1));
                if (!map.Reachability.IsBackward(at.Node.Id, next[at.Step]) && seen.Add(next[at.Step])) open.Push((map.Node(next[at.Step]), 0));
            }
        }
    }

    private static IEnumerable<(string Target, decimal Share, bool IsGuess)> Onward(Journey journey, FlowNode node, Arrival arrival)
    {
        var map = journey.Map;
        var next = map.Reachability.Next(node.Id).Where(to => !map.Reachability.IsBackward(node.Id, to)).ToList();
        if (!IsDecision(node) || next.Count < 2) return next.Select(to => (to, map.Node(to) is BoundaryEvent ? 0 : arrival.Share, arrival.IsGuess));
        return journey.Past.Shares(node, next) is { } shares
            ? next.Zip(shares, (to, part) => (to, arrival.Share * part, arrival.IsGuess))
            : next.Select(to => (to, arrival.Share / next.Count, true));
    }

    private static void Arrive(ProcessMap map, Dictionary<string, Arrival> arrivals, string target, Arrival arrival)
    {
        if (!arrivals.TryGetValue(target, out var other))
        {
            arrivals[target] = arrival;
            return;
        }
        // Branches of an AND come each with the full share; those of a decision add up again.
        var share = map.Node(target) is ParallelGateway ? Math.Max(other.Share, arrival.Share) : Math.Min(1, other.Share + arrival.Share);
        share = Math.Round(share, 6);
        // what comes by every way comes for certain, however the ways were guessed
        arrivals[target] = new Arrival(arrival.At > other.At ? arrival.At : other.At, share, share < 1 && (arrival.IsGuess || other.IsGuess), arrival.Stage ?? other.Stage);
    }

    /// <summary>When the work of a node is done; tasks met on the way are written down.</summary>
    private static DateTimeOffset Done(Journey journey, FlowNode node, Arrival arrival)
    {
        var map = journey.Map;
        var evaluation = new Evaluation(journey.Variables, arrival.At);
        switch (node)
        {
            case UserTask task:
                var due = Known(() => task.Work.Due is { } text ? Deadline.Of(text, evaluation) : null);
                var roles = Known(() => task.Work.CandidateRoles?.Names(evaluation)) ?? (map.LaneOf(task) is { } lane ? [lane.Role] : []);
                journey.Tasks.Add(new PlannedTask(task.Id, task.Name, roles, Known(() => task.Work.Assignee?.Names(evaluation).FirstOrDefault()), arrival.At, due, arrival.Share, arrival.IsGuess, arrival.Stage));
                return due > arrival.At ? due.Value : arrival.At;
            case SubProcess part:
                return Walk(journey, part.Id, map.In(part.Id).OfType<StartEvent>().ToDictionary(s => s.Id, _ => arrival));
            case CatchEvent { Trigger: TimerTrigger timer }:
                return Known(() => Timers.Plan(node, timer, evaluation, Timers.IsDeadline(map, node)))?.Due is { } fires && fires > arrival.At ? fires : arrival.At;
            default:
                return arrival.At;
        }
    }

    /// <summary>What an expression gives; nothing when it needs data that is not there yet.</summary>
    private static T? Known<T>(Func<T?> work)
    {
        try { return work(); }
        catch (RuleBrokenException) { return default; }
    }
}
