using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Plans;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Plans;
using Portal.Web.Sales.Funnel;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Plans;

/// <summary>Plans of a year: a grid that is typed or pasted into, and what has come of it.</summary>
public sealed partial class PlansPage
{
    private static readonly TimeSpan ReadAtMost = TimeSpan.FromSeconds(2);

    [SupplyParameterFromQuery] private Guid? Pipeline { get; set; }
    [SupplyParameterFromQuery] private int? Year { get; set; }
    [SupplyParameterFromQuery] private int? Month { get; set; }

    private readonly PageLife gone = new();
    private readonly ScriptObject script = new();
    private IReadOnlyList<PipelineRow> pipelines = [];
    private PipelineRow? pipeline;
    private PlanYear? year;
    private string? refused;
    private bool plans, exports;
    private ElementReference root;
    private Task watching = Task.CompletedTask, planning = Task.CompletedTask;

    private int Shown => Year is >= 1990 and < 2100 ? Year.Value : Time.Today.Year;

    /// <summary>The month whose figures stand above; the present one, unless the whole year is asked for.</summary>
    private int? Chosen => Month is >= 1 and <= 12 ? Month : Month is null && Shown == Time.Today.Year ? Time.Today.Month : null;

    protected override void OnInitialized() => watching = gone.HearAsync(Live.Watch(c => c.Object.Kind is ObjectKind.SalesPlan or ObjectKind.Deal or ObjectKind.Import || c == LiveChange.Resync, gone.Token), ReadAtMost, Clock, () => InvokeAsync(ReadAsync), DispatchExceptionAsync);

    protected override Task OnParametersSetAsync() => ReadAsync();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender) await script.OpenAsync(Js, "./Sales/Plans/PlansPage.razor.js", this, self => [root, self]);
    }

    private async Task ReadAsync()
    {
        refused = await Refusals.CatchAsync(async () =>
        {
            var actor = await Current.GetAsync();
            var asked = Page.Uri;
            pipelines = await Pipelines.ListAsync(gone.Token);
            var of = pipelines.FirstOrDefault(p => p.Id.Value == Pipeline) ?? pipelines.FirstOrDefault() ?? throw new RuleBrokenException("sales.pipeline-unknown");
            var read = await Query.ReadAsync(of.Id, Shown, actor, gone.Token);
            // another year may have been asked for meanwhile
            if (asked == Page.Uri) (pipeline, year, plans, exports) = (of, read, actor.Can(Permissions.PlansManage), actor.Can(Permissions.ClientsExport));
        });
        StateHasChanged();
    }

    private Task SetAsync(PlanRow row, PlanCell cell, string? typed) => PlanAsync([(row, cell, typed ?? "")], false);

    /// <summary>Takes in a piece of a spreadsheet: lines of cells parted by tabs, from a cell on.</summary>
    [JSInvokable]
    public Task Paste(int line, int column, string text) => InvokeAsync(() =>
    {
        if (year is null || line < 0 || line >= year.Rows.Count || column is < 0 or > 11) return Task.CompletedTask;
        var lines = text.Replace("\r\n", "\n").Replace('\r', '\n').TrimEnd('\n').Split('\n');
        var cells = new List<(PlanRow, PlanCell, string)>();
        for (var i = 0; i < lines.Length && line + i < year.Rows.Count; i++)
        {
            var fields = lines[i].Split('\t');
            for (var j = 0; j < fields.Length && column + j < 12; j++) cells.Add((year.Rows[line + i], year.Rows[line + i].Months[column + j], fields[j]));
        }
        return PlanAsync(cells, true);
    });

    // one after the other: who types quickly is at the next cell before the last one is saved
    private Task PlanAsync(IReadOnlyList<(PlanRow Row, PlanCell Cell, string Text)> cells, bool pasted) => planning = PlanAsync(planning, cells, pasted);

    private async Task PlanAsync(Task before, IReadOnlyList<(PlanRow Row, PlanCell Cell, string Text)> cells, bool pasted)
    {
        await before;
        if (pipeline is not { } of) return;
        var done = await Refusals.TryAsync(async () =>
        {
            await Desk.SetAsync(of.Id, [.. cells.Select(c => new PlannedCell(c.Cell.Month, c.Row.Manager, PlanNumber.Read(c.Text)))], await Current.GetAsync(), gone.Token);
        });
        if (done && pasted)
        {
            var earlier = cells.Select(c => new PlannedCell(c.Cell.Month, c.Row.Manager, c.Cell.Figures.Plan)).ToList();
            Toasts.Show(ToastKind.Good, T.Count("plans.pasted", cells.Count), () => Refusals.TryAsync(async () => await Desk.SetAsync(of.Id, earlier, await Current.GetAsync(), CancellationToken.None)));
        }
        await ReadAsync();
        // a cell that was refused shows again what is planned
        if (!done) await script.CallAsync("restore");
    }

    private PlanFact Of(PlanRow row) => Chosen is { } month ? row.Months[month - 1].Figures : row.Total;

    private string Name(PlanRow row) => row.Name ?? T["plans.nobody"];

    private string Facts(Guid? manager, bool nobody, DateOnly from, DateOnly until) =>
        $"/funnel?pipeline={pipeline!.Id.Value}&from={FunnelAddress.Text(from)}&to={FunnelAddress.Text(until)}&of=Won{(manager is { } who ? $"&manager={who}" : nobody ? "&manager=none" : "")}#behind";

    private string Address(params (string Name, object? Value)[] changes) => Page.With(changes);

    private void Go(params (string Name, object? Value)[] changes) => Page.NavigateTo(Address(changes));

    private string Export(string format) => $"/export/plans.{format}?pipeline={pipeline!.Id.Value}&year={Shown}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        gone.Dispose();
        await watching;
        await script.DisposeAsync();
    }
}
