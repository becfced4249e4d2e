using Microsoft.AspNetCore.Components;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Work;
using Portal.Web.Identity;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Sales.Deals;

/// <summary>Deals as kanban or list: moved by drag or keys, live for everybody who looks at them.</summary>
public sealed partial class DealsPage(
    CurrentActor current, DealListQuery list, KanbanQuery kanban, DealChoicesQuery offers, DealDesk desk, DealBulk bulk, LiveChanges live, WorkChanges work, NavigationManager page, Refusals refusals, Shortcuts shortcuts,
    Toasts toasts, TimeProvider time, Texts texts) : ComponentBase, IAsyncDisposable
{
    private const int PageSize = 50;
    private static readonly TimeSpan ReadAtMost = TimeSpan.FromMilliseconds(500);

    private readonly PageLife gone = new();
    private readonly Once once = new();
    private readonly RowSelection selection = new();
    private readonly Dictionary<StageId, int> called = [];
    private DealChoices? choices;
    private IReadOnlyList<KanbanColumn>? columns;
    private FoundDeals? found;
    private Task watching = Task.CompletedTask;
    private IDisposable? keys;
    private (DealRow Deal, bool Lost)? asked;
    private DealId? moving, focused;
    private Guid me;
    private bool manages, exports;
    private int total;
    private string? refused;

    [SupplyParameterFromQuery] private string? View { get; set; }
    [SupplyParameterFromQuery] private string? Text { get; set; }
    [SupplyParameterFromQuery] private Guid? Pipeline { get; set; }
    [SupplyParameterFromQuery] private Guid? Stage { get; set; }
    [SupplyParameterFromQuery] private string? State { get; set; }
    [SupplyParameterFromQuery] private string? Manager { get; set; }
    [SupplyParameterFromQuery] private Guid? Team { get; set; }
    [SupplyParameterFromQuery] private Guid? Source { get; set; }
    [SupplyParameterFromQuery] private Guid? Loss { get; set; }
    [SupplyParameterFromQuery] private string? Step { get; set; }
    [SupplyParameterFromQuery] private string? Day { get; set; }
    [SupplyParameterFromQuery] private DateOnly? From { get; set; }
    [SupplyParameterFromQuery] private DateOnly? Until { get; set; }
    [SupplyParameterFromQuery] private Guid? Client { get; set; }
    [SupplyParameterFromQuery] private bool Archived { get; set; }
    [SupplyParameterFromQuery] private string? Sort { get; set; }
    [SupplyParameterFromQuery] private bool Desc { get; set; }
    [SupplyParameterFromQuery(Name = "page")] private int Number { get; set; }
    [SupplyParameterFromQuery] private bool Add { get; set; }
    [SupplyParameterFromQuery] private Guid? Deal { get; set; }

    private Texts T => texts;
    private bool AsList => View == "list";
    private DealSort Order => Named.Of<DealSort>(Sort) ?? DealSort.Opened;

    /// <summary>The pipeline of the address; the kanban shows the first one where none is named.</summary>
    private PipelineId? Shown => Pipeline is { } named ? new(named) : AsList ? null : choices?.Pipelines.FirstOrDefault(p => !p.Archived)?.Id;

    private DealFilter Wanted => DealAddress.Filter(me, Text, Pipeline, Stage, AsList ? State : null, Manager, Team, Source, Loss, Step, Day, AsList ? From : null, AsList ? Until : null, Client, AsList && Archived);

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        // of all work only that for the deals that are shown
        var (news, tasks) = (live.Watch(change => change.Object.Kind is default(ObjectKind) or ObjectKind.Deal, gone.Token), work.Watch(change => change.IsUnknown || change.About is { } about && Find(new(about)) is not null, gone.Token));
        watching = gone.HearAsync(news, tasks, ReadAtMost, time, () => InvokeAsync(RenewAsync), DispatchExceptionAsync);
        keys = shortcuts.Use(
            new("N", "deals.add", () => { if (manages) Go(("add", "true"), ("deal", null)); return Task.CompletedTask; }),
            new("M", "deals.move-to", () => { AskWhere(); return Task.CompletedTask; }),
            new("Escape", "shell.close", () => { if (asked is not null) DropQuestion(); else if (Deal is not null || Add) Go(("deal", null), ("add", null)); return Task.CompletedTask; }));
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => ReadAsync();

    private async Task ReadAsync() => refused = await refusals.CatchAsync(async () =>
    {
        var actor = await current.GetAsync();
        (me, manages, exports) = (actor.UserId, actor.Can(Permissions.DealsManage), actor.Can(Permissions.ClientsExport));
        choices ??= await offers.ReadAsync(actor, gone.Token);
        var wanted = (AsList, Wanted, Order, Desc, Number, Shown);
        if (AsList)
        {
            var read = await list.ListAsync(Wanted, Order, Order == DealSort.Opened ? !Desc : Desc, new(Number * PageSize, PageSize), actor, gone.Token);
            // another filter may have been asked for meanwhile
            if (wanted == (AsList, Wanted, Order, Desc, Number, Shown)) (found, columns, total) = (read, null, read.Total);
        }
        else if (Shown is { } pipeline)
        {
            var read = await kanban.ColumnsAsync(pipeline, Wanted, called, actor, gone.Token);
            if (wanted == (AsList, Wanted, Order, Desc, Number, Shown) && moving is null) (columns, found, total) = (read, null, read.Sum(c => c.Count));
        }
    });

    private async Task MoreAsync(StageId stage)
    {
        called[stage] = called.GetValueOrDefault(stage, KanbanQuery.FirstCards) + KanbanQuery.FirstCards;
        await ReadAsync();
    }

    // ——— moving ———

    private DealRow? Find(DealId id) => (columns?.SelectMany(c => c.Cards) ?? found?.Rows)?.FirstOrDefault(d => d.Id == id);

    private void AskWhere()
    {
        if (manages && (focused ?? (Deal is { } open ? new DealId(open) : null)) is { } id && Find(id) is { State: DealState.Open } deal) asked = (deal, false);
        StateHasChanged();
    }

    private void DropQuestion() => asked = null;

    private Task DropAsync((DealId Deal, string Target) dropped) => Find(dropped.Deal) is not { } deal ? Task.CompletedTask : dropped.Target switch
    {
        "won" => WinAsync(deal),
        "lost" => AskWhyAsync(deal),
        _ => Guid.TryParse(dropped.Target, out var stage) ? MoveAsync(deal, new(stage)) : Task.CompletedTask,
    };

    private Task MoveAskedAsync(DealRow deal, MoveTarget target)
    {
        asked = null;
        return target.State switch { DealState.Won => WinAsync(deal), DealState.Lost => AskWhyAsync(deal), _ => MoveAsync(deal, target.Stage!.Value) };
    }

    private Task AskWhyAsync(DealRow deal)
    {
        asked = (deal, true);
        return Task.CompletedTask;
    }

    /// <summary>Shows the card where it is put at once; where that is refused it goes back, and the reason is told.</summary>
    private async Task MoveAsync(DealRow deal, StageId to)
    {
        if (deal.Stage == to) return;
        var from = deal.Stage;
        (moving, columns) = (deal.Id, columns is null ? null : Moved(columns, deal, to));
        StateHasChanged();
        var version = 0u;
        var moved = await refusals.TryAsync(async () => version = await desk.MoveAsync(deal.Id, to, deal.Version, await current.GetAsync(), gone.Token));
        moving = null;
        if (moved)
            toasts.Show(ToastKind.Good, T["deals.moved", deal.Title, choices?.Find(to)?.Stage.Name.In(T.Language)], async () =>
            {
                await refusals.TryAsync(async () => await desk.MoveAsync(deal.Id, from, version, await current.GetAsync(), gone.Token));
                await RenewAsync();
            });
        await RenewAsync();
    }

    private async Task WinAsync(DealRow deal)
    {
        var version = 0u;
        if (await refusals.TryAsync(async () => version = await desk.WinAsync(deal.Id, deal.Version, await current.GetAsync(), gone.Token))) ToldClosed(deal, "deals.won", version);
        await RenewAsync();
    }

    private async Task LoseAsync(DealRow deal, LossAnswer answer)
    {
        asked = null;
        var version = 0u;
        if (await refusals.TryAsync(async () => version = await desk.LoseAsync(deal.Id, answer.Reason, answer.Note, deal.Version, await current.GetAsync(), gone.Token))) ToldClosed(deal, "deals.lost", version);
        await RenewAsync();
    }

    private void ToldClosed(DealRow deal, string words, uint version) => toasts.Show(ToastKind.Good, T[words, deal.Title], async () =>
    {
        await refusals.TryAsync(async () => await desk.ReopenAsync(deal.Id, deal.Stage, version, await current.GetAsync(), gone.Token));
        await RenewAsync();
    });

    private async Task RenewAsync()
    {
        await ReadAsync();
        StateHasChanged();
    }

    private static IReadOnlyList<KanbanColumn> Moved(IReadOnlyList<KanbanColumn> columns, DealRow deal, StageId to) => [.. columns.Select(c =>
        c.Stage == deal.Stage ? c with { Count = c.Count - 1, Sum = c.Sum - deal.AmountBase, Weighted = c.Weighted - deal.Weighted, Cards = [.. c.Cards.Where(d => d.Id != deal.Id)] }
        : c.Stage == to ? c with { Count = c.Count + 1, Sum = c.Sum + deal.AmountBase, Weighted = c.Weighted + deal.Weighted, Cards = [deal with { Stage = to }, .. c.Cards] } : c)];

    // ——— many at once ———

    private Task HandChosenAsync(string? to) => once.RunAsync(async () =>
    {
        if (!Guid.TryParse(to, out var manager)) return;
        BulkOutcome? outcome = null;
        if (!await refusals.TryAsync(async () => outcome = await bulk.HandAsync(Chosen, manager, await current.GetAsync(), gone.Token))) return;
        await ToldAsync("deals.handed-many", outcome!);
    });

    private Task MoveChosenAsync(string? to) => once.RunAsync(async () =>
    {
        if (!Guid.TryParse(to, out var stage)) return;
        BulkOutcome? outcome = null;
        if (!await refusals.TryAsync(async () => outcome = await bulk.MoveAsync(Chosen, new(stage), await current.GetAsync(), gone.Token))) return;
        await ToldAsync("deals.moved-many", outcome!);
    });

    private async Task ToldAsync(string words, BulkOutcome outcome)
    {
        selection.Clear();
        if (outcome.Changed > 0)
            toasts.Show(ToastKind.Good, T.Count(words, outcome.Changed), async () =>
            {
                await refusals.TryAsync(async () => await bulk.UndoAsync(outcome, await current.GetAsync(), gone.Token));
                await RenewAsync();
            });
        if (outcome.Refused.Count > 0) toasts.Show(ToastKind.Warn, T.Count("deals.not-changed", outcome.Refused.Count, T.Of(outcome.Refused[0])));
        await RenewAsync();
    }

    private DealId[] Chosen => [.. selection.Chosen.Select(id => new DealId(id))];

    // ——— addresses ———

    private void AddedAsync(DealId id) => Go(("add", null), ("deal", id.Value));

    private string Open(DealId id) => Address(("deal", id.Value), ("add", null));

    private string By(DealSort sort) => Address(("sort", sort == DealSort.Opened ? null : sort.ToString()), ("desc", Order == sort && !Desc ? "true" : null), ("page", null));

    private string Export(string format) => page.GetUriWithQueryParameters($"/export/deals.{format}", new Dictionary<string, object?>
    {
        ["text"] = Text, ["pipeline"] = Pipeline, ["stage"] = Stage, ["state"] = State, ["manager"] = Manager, ["team"] = Team, ["source"] = Source, ["loss"] = Loss, ["step"] = Step, ["day"] = Day,
        ["from"] = From, ["until"] = Until, ["client"] = Client, ["archived"] = Archived ? true : null, ["sort"] = Sort, ["desc"] = Desc ? true : null,
    });

    private string Address(params (string Name, object? Value)[] changes) => page.With(changes);

    private void Go(params (string Name, object? Value)[] changes) => page.NavigateTo(Address(changes));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        keys?.Dispose();
        gone.Dispose();
        await watching;
    }
}
