using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;
using Portal.Web.Identity;
using Portal.Web.Processes;
using Portal.Web.Shared;
using Portal.Web.Shell;
using Portal.Workflows.Expressions;

namespace Portal.Web.Work;

/// <summary>The inbox: groups, list and the task, side by side. What is shown stands in the address; news come live.</summary>
public sealed partial class MyWorkPage(
    MyWorkQuery work, TaskQuery tasks, AssignmentQuery assignments, TaskDesk desk, ProcessRunner runner, AssignmentDesk assignmentDesk, TaskRights rights, WorkChanges changes,
    InstanceListQuery processes, CurrentActor current, Refusals refusals, Toasts toasts, Shortcuts shortcuts, NavigationManager navigation, IJSRuntime js, TimeProvider time, Texts T) : ComponentBase, IAsyncDisposable
{
    private const int PageRows = 50;
    private static readonly TimeSpan ReadAtMost = TimeSpan.FromMilliseconds(700);
    // deadlines pass and substitutions begin without anybody's doing
    private static readonly TimeSpan ReadAtLeast = TimeSpan.FromMinutes(5);

    // never disposed: a reading that is under way when the page is left still asks for its token
    private readonly PageLife closing = new();
    private readonly WorkRows rows = new();
    private readonly RowSelection selection = new();
    private Actor? actor;
    private IReadOnlyDictionary<WorkGroup, int> counts = new Dictionary<WorkGroup, int>();
    private WorkGroup group;
    private ObjectRef? chosen, read;
    private TaskDetails? task;
    private AssignmentDetails? assignment;
    private TaskPanel? panel;
    private Question question;
    private (WorkGroup, string?, int)? shown;
    private WorkInterest? interest;
    private WorkReach? reach;
    private IJSObjectReference? module;
    private ObjectRef? shownRow;
    private Task watching = Task.CompletedTask;
    private IDisposable? keys;
    private int total, own;
    private bool ready, busy, held;

    [SupplyParameterFromQuery(Name = "group")] private string? GroupInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Q { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private int? PageInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "task")] private Guid? TaskInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "assignment")] private Guid? AssignmentInAddress { get; set; }

    private string Title => $"{(Count(WorkGroup.Mine) + Count(WorkGroup.Offered) is > 0 and var open ? $"({open}) " : "")}{T["nav.work"]} · Portal";

    private int Number => Math.Clamp(PageInAddress ?? 0, 0, 10_000);

    private IEnumerable<WorkGroup> Groups => Enum.GetValues<WorkGroup>().Where(g => g != WorkGroup.Team || actor is not null && MyWorkQuery.MayOversee(actor));

    private List<Guid> ShownIds => [.. rows.Items.Select(i => i.Object.Id)];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await current.GetAsync();
        var news = changes.Watch(change => Volatile.Read(ref interest)?.Concerns(change) != false, closing.Token);
        keys = shortcuts.Use(
            new("E", "work.complete", () => panel?.CompleteAsync() ?? Task.CompletedTask),
            new("C", "work.claim", ClaimAsync),
            new("D", "work.delegate", () => { if (MayDelegate) Ask(Question.Delegate); return Task.CompletedTask; }, LeadsToField: true),
            new("J", "work.next", () => StepAsync(1)),
            new("K", "work.previous", () => StepAsync(-1)),
            new("N", "work.give", () => { Ask(Question.Give); return Task.CompletedTask; }, LeadsToField: true),
            new("Escape", "shell.close", () => { if (question == Question.None) Leave(); else Ask(Question.None); return Task.CompletedTask; }));
        watching = Task.WhenAll(WatchAsync(news), TickAsync());
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (actor is null) return;
        group = Enum.TryParse<WorkGroup>(GroupInAddress, ignoreCase: true, out var named) && Groups.Contains(named) ? named : WorkGroup.Mine;
        if (GroupInAddress is null && shown is null) group = await FirstGroupAsync();
        chosen = TaskInAddress is { } t ? new(ObjectKind.ProcessTask, t) : AssignmentInAddress is { } a ? new(ObjectKind.Assignment, a) : null;
        if (shown != (group, Q, Number))
        {
            shown = (group, Q, Number);
            selection.Clear();
            await ReadListAsync(renew: false);
        }
        Attend();
        await ReadChosenAsync();
        ready = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        keys?.Dispose();
        closing.Dispose();
        await watching;
        await module.EndAsync();
    }

    // ——— reading ———

    /// <summary>One's own work where there is some, else what is offered.</summary>
    private async Task<WorkGroup> FirstGroupAsync()
    {
        counts = await work.CountsAsync(actor!, closing.Token);
        return Count(WorkGroup.Mine) == 0 && Count(WorkGroup.Offered) > 0 ? WorkGroup.Offered : WorkGroup.Mine;
    }

    private async Task ReadListAsync(bool renew)
    {
        var asked = shown;
        actor = await current.GetAsync();
        var fresh = await work.CountsAsync(actor, closing.Token);
        var page = await work.PageAsync(group, Q, new(Number * PageRows, PageRows), actor, closing.Token);
        var works = await rights.ReachAsync(actor, closing.Token);
        var started = actor.Can(Permissions.ProcessRead) ? await processes.CountOwnAsync(actor, closing.Token) : 0;
        if (asked != shown) return;
        own = started;
        (counts, total, reach) = (fresh, page.Total, works);
        if (renew) rows.Renew(page.Rows, held);
        else rows.Show(page.Rows);
        Attend();
    }

    /// <summary>Says what changes are to be told of from now on.</summary>
    private void Attend()
    {
        if (reach is null) return;
        var ids = rows.Items.Select(i => i.Object.Id).ToHashSet();
        if (chosen is { } open) ids.Add(open.Id);
        Volatile.Write(ref interest, new(reach, MyWorkQuery.MayOversee(actor!), ids, task?.Task.Instance.Value));
    }

    private async Task ReadChosenAsync()
    {
        var asked = chosen;
        var foundTask = asked is { Kind: ObjectKind.ProcessTask } t && (actor!.Can(Permissions.TasksWork) || actor.Can(Permissions.ProcessRead)) ? await tasks.FindAsync(new(t.Id), actor, closing.Token) : null;
        var foundAssignment = asked is { Kind: ObjectKind.Assignment } a ? await assignments.FindAsync(new(a.Id), actor!, closing.Token) : null;
        if (asked != chosen) return;
        (task, assignment, read) = (foundTask, foundAssignment, asked);
        Attend();
    }

    private Task WatchAsync(IAsyncEnumerable<bool> news) => closing.UntilLeftAsync(async () =>
    {
        var last = DateTimeOffset.MinValue;
        await foreach (var _ in news)
        {
            // those that come meanwhile are read with this one
            if (time.GetUtcNow() - last is var since && since < ReadAtMost) await Task.Delay(ReadAtMost - since, time, closing.Token);
            last = time.GetUtcNow();
            await InvokeAsync(RenewAsync);
        }
    }, DispatchExceptionAsync);

    private Task TickAsync() => closing.UntilLeftAsync(async () =>
    {
        using var timer = new PeriodicTimer(ReadAtLeast, time);
        while (await timer.WaitForNextTickAsync(closing.Token)) await InvokeAsync(RenewAsync);
    }, DispatchExceptionAsync);

    private async Task RenewAsync()
    {
        if (!ready || actor is null) return;
        await ReadListAsync(renew: true);
        await ReadChosenAsync();
        StateHasChanged();
    }

    private async Task LetGoAsync()
    {
        held = false;
        if (rows.Items.Any(rows.IsGone) || rows.Fresh.Count > 0) await ReadListAsync(renew: true);
    }

    // ——— moving about ———

    private Task OpenAsync(WorkItem item)
    {
        Go(new()
        {
            ["group"] = group.ToString().ToLowerInvariant(),
            ["task"] = item.Object.Kind == ObjectKind.ProcessTask ? item.Object.Id : null, ["assignment"] = item.Object.Kind == ObjectKind.Assignment ? item.Object.Id : null,
        });
        return Task.CompletedTask;
    }

    private void Leave() => Go(new() { ["task"] = null, ["assignment"] = null });

    private Task StepAsync(int by) => rows.Step(chosen, by) is { } next && next.Object != chosen ? OpenAsync(next) : Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (shownRow == chosen) return;
        shownRow = chosen;
        try
        {
            module ??= await js.InvokeAsync<IJSObjectReference>("import", "./Work/MyWorkPage.razor.js");
            await module.InvokeVoidAsync("toChosen");
        }
        catch (JSDisconnectedException)
        {
            // the browser left meanwhile
        }
    }

    private void Go(Dictionary<string, object?> change) => navigation.NavigateTo(navigation.GetUriWithQueryParameters(change));

    private static string Address(WorkGroup to) => $"/work?group={to.ToString().ToLowerInvariant()}";

    private void Ask(Question about)
    {
        question = about;
        StateHasChanged();
    }

    // ——— acting ———

    private bool MayDelegate => task is { MayPassOn: true } || assignment is { Assignment.IsOpen: true } open && (open.Assignment.IsDoneBy(open.Reader) || open.Assignment.IsGivenBy(open.Reader) || MyWorkQuery.MayOversee(actor!));

    /// <summary>Runs a job once at a time; afterwards the newest state is shown, whether it went through or not.</summary>
    private async Task<bool> RunAsync(Func<Actor, Task> job, bool finishes = false)
    {
        if (busy) return false;
        busy = true;
        var at = chosen;
        var next = finishes && at is { } done ? rows.After(done) : null;
        var went = await refusals.TryAsync(async () => await job(actor = await current.GetAsync()));
        busy = false;
        await ReadListAsync(renew: true);
        if (went && finishes && at == chosen)
        {
            if (next is not null && !rows.IsGone(next)) await OpenAsync(next);
            else Leave();
        }
        else await ReadChosenAsync();
        StateHasChanged();
        return went;
    }

    private Task ClaimAsync() => task is { MayWork: true, Task: { ClosedAt: null } line } && line.Assignee != actor!.UserId ? RunAsync(me => desk.ClaimAsync(line.Id, me)) : Task.CompletedTask;

    private Task ReleaseAsync() => RunAsync(me => desk.ReleaseAsync(task!.Task.Id, me));

    private async Task<bool> CompleteAsync(ContextValue values)
    {
        var line = task!.Task;
        var went = await RunAsync(me => runner.CompleteAsync(line.Id, values, me), finishes: true);
        if (went) toasts.Show(ToastKind.Good, T["work.completed", line.Title.In(T.Language)]);
        return went;
    }

    private Task ActAsync(AssignmentAct act) => act switch
    {
        AssignmentAct.Accept => RunAsync(me => assignmentDesk.AcceptAsync(assignment!.Assignment.Id, me)),
        _ => RunAsync(me => assignmentDesk.ApproveAsync(assignment!.Assignment.Id, me), finishes: true),
    };

    private async Task PickedAsync(Guid person)
    {
        var asked = question;
        Ask(Question.None);
        if (asked == Question.DelegateMany) await EachChosenAsync(item => item.Task is { } t
            ? me => desk.AssignAsync(t, person, me) : me => assignmentDesk.HandOverAsync(item.Assignment!.Value, person, me), "work.delegated-many");
        else if (asked == Question.AddSigner)
        {
            if (await RunAsync(me => runner.AddSignerAsync(task!.Task.Id, person.ToString(), me))) toasts.Show(ToastKind.Good, T["work.signer-added"]);
        }
        else if (task is not null) await RunAsync(me => desk.AssignAsync(task.Task.Id, person, me), finishes: person != actor!.UserId);
        else await RunAsync(me => assignmentDesk.HandOverAsync(assignment!.Assignment.Id, person, me), finishes: assignment!.Assignment.Giver != actor!.UserId);
    }

    private async Task CompleteChosenAsync()
    {
        if (busy) return;
        busy = true;
        var items = Chosen();
        var plain = items.Where(item => item.IsPlain).ToList();
        var done = new List<WorkItem>();
        var refused = await refusals.CatchAsync(async () =>
        {
            var failed = await runner.CompleteEachAsync([.. plain.Select(item => item.Task!.Value)], actor = await current.GetAsync(), closing.Token);
            done = [.. plain.Where(item => !failed.ContainsKey(item.Task!.Value))];
            if (failed.Count > 0) throw failed.Values.First();
        });
        await TellAsync(done, refused ?? (plain.Count < items.Count ? T.Count("work.left", items.Count - plain.Count) : null), "work.completed-many");
    }

    /// <summary>Does to every chosen row what can be done to it, and says how many that were; the others stay chosen.</summary>
    private async Task EachChosenAsync(Func<WorkItem, Func<Actor, Task>> make, string words)
    {
        if (busy) return;
        busy = true;
        var (done, refused) = (new List<WorkItem>(), (string?)null);
        foreach (var item in Chosen())
            if (await refusals.CatchAsync(async () => await make(item)(actor = await current.GetAsync())) is { } why) refused = why;
            else done.Add(item);
        await TellAsync(done, refused, words);
    }

    private List<WorkItem> Chosen() => [.. rows.Items.Where(i => selection.Has(i.Object.Id) && !rows.IsGone(i))];

    private async Task TellAsync(List<WorkItem> done, string? refused, string words)
    {
        // the list may have heard of it already and show them no longer
        selection.Drop(done.Select(item => item.Object.Id));
        busy = false;
        if (done.Count > 0) toasts.Show(ToastKind.Good, T.Count(words, done.Count));
        if (refused is not null) toasts.Show(ToastKind.Warn, refused);
        await ReadListAsync(renew: true);
        await ReadChosenAsync();
    }

    private async Task SendBackAsync((string Node, string Reason) to)
    {
        Ask(Question.None);
        var (id, step) = (task!.Task.Id, NodeWords.Show(task.BackTo.First(node => node.Id == to.Node), T));
        if (await RunAsync(me => runner.SendBackAsync(id, to.Node, to.Reason, me), finishes: true)) toasts.Show(ToastKind.Good, T["work.sent-back", step]);
    }

    private async Task WordsAsync(string words)
    {
        var asked = question;
        Ask(Question.None);
        await (asked switch
        {
            Question.WithdrawProcess => RunAsync(me => runner.CancelAsync(task!.Task.Instance, words, me), finishes: true),
            Question.Report => RunAsync(me => assignmentDesk.ReportAsync(assignment!.Assignment.Id, words, me), finishes: true),
            Question.Return => RunAsync(me => assignmentDesk.ReturnAsync(assignment!.Assignment.Id, words, me), finishes: true),
            _ => RunAsync(me => assignmentDesk.WithdrawAsync(assignment!.Assignment.Id, words, me), finishes: true),
        });
    }

    private async Task GivenAsync(AssignmentId id)
    {
        Ask(Question.None);
        await ReadListAsync(renew: true);
        await ReadChosenAsync();
        toasts.Show(ToastKind.Good, T["work.given"]);
    }

    // ——— words ———

    private int Count(WorkGroup of) => counts.GetValueOrDefault(of);

    private string? Standing(WorkItem item) =>
        group is WorkGroup.Given or WorkGroup.Team or WorkGroup.Escalated ? item.PerformerName ?? T["work.nobody"]
        : item.State is { } state ? T[$"assignmentState.{state}"]
        : item.Stage?.In(T.Language);

    private static string Icon(WorkGroup group) => group switch
    {
        WorkGroup.Today => "today",
        WorkGroup.Late => "alarm",
        WorkGroup.Escalated => "campaign",
        WorkGroup.Offered => "front_hand",
        WorkGroup.Mine => "inbox",
        WorkGroup.Given => "outbox",
        WorkGroup.Done => "task_alt",
        _ => "groups",
    };

    private static string? Word(ChangeEventArgs changed) => changed.Value as string is { Length: > 0 } text ? text : null;
}
