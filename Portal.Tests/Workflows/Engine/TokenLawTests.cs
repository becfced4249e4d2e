using FsCheck;
using FsCheck.Fluent;
using Portal.Workflows.Checks;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Engine;

/// <summary>Laws that hold for every well-formed map, whatever the order in which people work.</summary>
public sealed class TokenLawTests
{
    private static readonly Arbitrary<(Block Block, int Order)> Runs =
        Gen.Zip(Block.Any(3).Where(b => b.Tasks <= 200), Gen.Choose(0, int.MaxValue)).Select(pair => (pair.Item1, pair.Item2)).ToArbitrary();

    private static PaperRunner RunThrough(Block block, int order, out int completed)
    {
        var map = MapDocument.Parse(block.ToXml()).ToMap();
        MapCheck.Require(map);
        var runner = new PaperRunner(map.Process);
        runner.Start("p");
        var pick = new Random(order);
        for (completed = 0; runner.Tasks.Count > 0; completed++)
        {
            var (instance, task) = runner.Tasks[pick.Next(runner.Tasks.Count)];
            runner.Send(instance, new TaskCompleted(task.Task, ContextValue.Empty));
            if (completed > 1_000) throw new InvalidOperationException("more tasks than any map here has");
        }
        return runner;
    }

    [Fact]
    public void WellFormedMaps_NeverLoseOrDoubleAToken_AndEnd() => Prop.ForAll(Runs, run =>
    {
        var runner = RunThrough(run.Block, run.Order, out var completed);
        return completed == run.Block.Tasks && runner.AllEnded && runner.Incidents.Count == 0
            && runner.Instances.Values.All(i => i is { Status: InstanceStatus.Completed, Tokens.Length: 0, Waits.Length: 0, Scopes.Length: 1 });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Replay_OfTheSameStimuli_GivesTheSameState() => Prop.ForAll(Runs, run => RunThrough(run.Block, run.Order, out _).Replay()).QuickCheckThrowOnFailure();

    [Fact]
    public void Replay_GivesTheSameCommands() => Prop.ForAll(Runs, run =>
    {
        string Said() => System.Text.Json.JsonSerializer.Serialize<List<Command>>(RunThrough(run.Block, run.Order, out _).Said, StateJson.Options);
        return Said() == Said();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void SmallBudget_ContinuesByJobs_ToTheSameEnd() => Prop.ForAll(Runs, run =>
    {
        var runner = new PaperRunner(MapDocument.Parse(run.Block.ToXml()).ToMap().Process) { Limits = EngineLimits.Default with { NodeSteps = 3 } };
        runner.Start("p");
        var completed = 0;
        while (runner.Tasks.Count + runner.Jobs.Count > 0)
        {
            runner.Advance(TimeSpan.Zero);
            if (runner.Tasks.Count == 0) continue;
            var (instance, task) = runner.Tasks[0];
            runner.Send(instance, new TaskCompleted(task.Task, ContextValue.Empty));
            completed++;
        }
        return completed == run.Block.Tasks && runner.AllEnded;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void EveryOpenTask_IsHeldByExactlyOneWaitingToken() => Prop.ForAll(Runs, run =>
    {
        var runner = new PaperRunner(MapDocument.Parse(run.Block.ToXml()).ToMap().Process);
        var state = runner.Start("p");
        var pick = new Random(run.Order);
        while (runner.Tasks.Count > 0)
        {
            state = runner.Instances[state.Id];
            var held = state.Waits.Where(w => w.Kind == WaitKind.Task).Select(w => (w.Id, w.Token)).ToList();
            if (held.Count != runner.Tasks.Count || held.Select(h => h.Token).Distinct().Count() != held.Count) return false;
            if (held.Any(h => state.Tokens.Single(t => t.Id == h.Token).Kind != TokenKind.Waiting)) return false;
            runner.Send(state.Id, new TaskCompleted(runner.Tasks[pick.Next(runner.Tasks.Count)].Task.Task, ContextValue.Empty));
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Cancel_AtAnyMoment_ClosesEverything() => Prop.ForAll(Runs, run =>
    {
        var runner = new PaperRunner(MapDocument.Parse(run.Block.ToXml()).ToMap().Process);
        var state = runner.Start("p");
        for (var i = run.Order % 5; i > 0 && runner.Tasks.Count > 0; i--)
            runner.Send(state.Id, new TaskCompleted(runner.Tasks[0].Task.Task, ContextValue.Empty));
        if (runner.AllEnded) return true;
        state = runner.Send(state.Id, new Cancel("enough"));
        return runner.Tasks.Count + runner.Jobs.Count == 0 && state is { Status: InstanceStatus.Cancelled, Tokens.Length: 0, Waits.Length: 0 };
    }).QuickCheckThrowOnFailure();
}
