using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Calendar;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Work;
using Portal.Web.Identity;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Clients.Calendar;

/// <summary>
/// The calendar: what people have with clients, and the reader's own deadlines and reminders. What is shown stands in the address; the browser's
/// half only drags, and tells ids, columns and minutes.
/// </summary>
public sealed partial class CalendarPage(
    CalendarQuery calendar, CalendarSettings settings, InteractionQuery interactions, InteractionDesk desk, MyWorkQuery work, ColleagueQuery colleagues, LiveChanges live, WorkChanges workChanges,
    CurrentActor current, Refusals refusals, Toasts toasts, Shortcuts shortcuts, LocalTime clock, NavigationManager navigation, IJSRuntime js, TimeProvider time, Texts T) : ComponentBase, IAsyncDisposable
{
    private const int DayMinutes = 24 * 60;
    private const int UsualLength = 30;
    private const int UsualRemind = 15;
    private static readonly TimeSpan ReadAtMost = TimeSpan.FromMilliseconds(300);
    // the line of now goes on, and what was planned becomes overdue, without anybody's doing
    private static readonly TimeSpan ReadAtLeast = TimeSpan.FromMinutes(1);

    private readonly ScriptObject drag = new();
    private Actor? actor;
    private IReadOnlyList<Colleague> people = [], able = [];
    private IReadOnlyList<Guid> users = [];
    private IReadOnlyList<CalendarColumn> columns = [];
    private List<InteractionRow> entries = [];
    private IReadOnlyList<WorkItem> due = [];
    private IReadOnlyList<OwnReminder> reminders = [];
    private CalendarHours? hours;
    private InteractionDraft? fresh;
    private InteractionRow? follows;
    private CalendarView view, drawn;
    private DateOnly day;
    private (CalendarView, DateOnly, string?)? shown;
    private Task watching = Task.CompletedTask;
    private IDisposable? keys;
    private ElementReference root;
    // how many moves were begun and ended: what was read meanwhile shows neither before nor after
    private int moves, moving;
    private bool settingsOpen, scrolled, aligned;

    [SupplyParameterFromQuery(Name = "view")] private string? ViewInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "day")] private DateOnly? DayInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "who")] private string? Who { get; set; }
    [SupplyParameterFromQuery(Name = "open")] private Guid? Open { get; set; }

    private bool Ready => columns.Count > 0;
    private bool MayWrite => actor?.Can(Permissions.ClientsRead) == true;

    private string Title => view switch
    {
        CalendarView.Month => day.ToString("Y", CultureInfo.CurrentCulture),
        CalendarView.Week => Range(CalendarDays.Span(view, day)),
        _ => day.ToString("D", CultureInfo.CurrentCulture),
    };

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await current.GetAsync();
        var me = actor.UserId;
        var news = live.Watch(change => change.Object.Kind is default(ObjectKind) or ObjectKind.Interaction || change.Object == new ObjectRef(ObjectKind.Reminder, me), drag.Closing);
        var mine = workChanges.Watch(change => change.IsUnknown || !change.IsTalk && change.People.Contains(me), drag.Closing);
        // who may not see clients has no interactions
        (people, able, hours) = (await colleagues.AllAsync(actor, drag.Closing), MayWrite ? await colleagues.ForClientsAsync(actor, drag.Closing) : [], await settings.OfAsync(actor, drag.Closing));
        keys = shortcuts.Use(
            new("N", "calendar.new", () => { if (MayWrite) Begin(NextHour(), UsualLength, null); return Task.CompletedTask; }),
            new("T", "calendar.today", () => { Go(clock.Today); return Task.CompletedTask; }),
            new("J", "calendar.next", () => { Turn(1); return Task.CompletedTask; }),
            new("K", "calendar.previous", () => { Turn(-1); return Task.CompletedTask; }),
            new("1", "calendarView.Day", () => { Go(CalendarView.Day); return Task.CompletedTask; }),
            new("2", "calendarView.Week", () => { Go(CalendarView.Week); return Task.CompletedTask; }),
            new("3", "calendarView.Month", () => { Go(CalendarView.Month); return Task.CompletedTask; }),
            new("4", "calendarView.Team", () => { Go(CalendarView.Team); return Task.CompletedTask; }),
            new("Escape", "shell.close", () => { Close(); return Task.CompletedTask; }));
        watching = Task.WhenAll(WatchAsync(news), WatchAsync(mine), TickAsync());
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (actor is null) return;
        view = Named.Of<CalendarView>(ViewInAddress) ?? CalendarView.Week;
        day = DayInAddress is { Year: > 1900 and < 2200 } given ? given : await DayOfOpenAsync() ?? clock.Today;
        if (shown == (view, day, Who)) return;
        shown = (view, day, Who);
        await ReadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!Ready || scrolled && drawn == view) return;
        var first = !scrolled;
        (scrolled, drawn) = (true, view);
        if (first && !await drag.OpenAsync(js, "./Clients/Calendar/CalendarPage.razor.js", this, self => [root, self])) return;
        await drag.CallAsync("scrollTo", Math.Max(0, (hours?.From ?? 0) - 30));
        if (aligned) return;
        aligned = true;
        StateHasChanged();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        keys?.Dispose();
        drag.Leave();
        await watching;
        await drag.DisposeAsync();
    }

    // ——— reading ———

    private async Task ReadAsync()
    {
        while (shown is { } asked)
        {
            var began = moves;
            var me = await current.GetAsync();
            var (first, last) = CalendarDays.Span(asked.Item1, asked.Item2);
            var period = new Period(clock.Day(first).From, clock.Day(last).To);
            var who = await UsersAsync(asked.Item1, period, me);
            var found = await calendar.ListAsync(period, who, me, drag.Closing);
            var own = who.Contains(me.UserId);
            var deadlines = own ? (await work.FilterAsync(WorkGroup.Mine, new(Due: period), new(0, 500), me, drag.Closing)).Rows : [];
            var rings = own ? await calendar.RemindersAsync(period, me, drag.Closing) : [];
            // another view asked for its own meanwhile, or a move under way will
            if (asked != shown || moving > 0) return;
            if (began != moves) continue;
            (actor, users, due, reminders) = (me, who, deadlines, rings);
            entries = [.. found.Where(row => row.State != InteractionState.Cancelled)];
            columns = asked.Item1 == CalendarView.Team
                ? [.. who.Select(user => new CalendarColumn($"{asked.Item2:yyyy-MM-dd}/{user:n}", asked.Item2, user))]
                : [.. Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(i => first.AddDays(i)).Select(one => new CalendarColumn(one.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), one, null))];
            return;
        }
    }

    private async Task<IReadOnlyList<Guid>> UsersAsync(CalendarView asked, Period period, Actor me)
    {
        var named = (Who ?? "").Split(',').Select(part => Guid.TryParse(part, out var id) ? id : Guid.Empty).Where(id => able.Any(p => p.Id == id)).Distinct().Take(CalendarQuery.MostInTeam).ToList();
        if (asked == CalendarView.Team) return named.Count > 0 ? named : await calendar.BusyAsync(new(period.From.AddDays(-7), period.To.AddDays(7)), 5, me, drag.Closing);
        return named.Count > 0 ? [named[0]] : [me.UserId];
    }

    private async Task WatchAsync<T>(IAsyncEnumerable<T> changes)
    {
        try
        {
            await foreach (var _ in changes)
            {
                await InvokeAsync(RenewAsync);
                // what comes in a burst is read once
                await Task.Delay(ReadAtMost, time, drag.Closing);
            }
        }
        catch (OperationCanceledException) when (drag.Closing.IsCancellationRequested)
        {
            // the page was left
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(ReadAtLeast, time);
        try
        {
            while (await timer.WaitForNextTickAsync(drag.Closing)) await InvokeAsync(RenewAsync);
        }
        catch (OperationCanceledException) when (drag.Closing.IsCancellationRequested)
        {
            // the page was left
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }

    private async Task RenewAsync()
    {
        await ReadAsync();
        StateHasChanged();
    }

    // ——— going about ———

    private void Go(CalendarView to) => Go(("view", to.ToString().ToLowerInvariant()), ("day", Iso(day)));

    private void Go(DateOnly to) => Go(("day", Iso(to)));

    private void Turn(int by) => Go(CalendarDays.Turn(view, day, by));

    private void Look(Guid? id)
    {
        (fresh, follows) = (null, null);
        Go(("open", id?.ToString()), ("day", Iso(day)));
    }

    private void Close()
    {
        if (fresh is not null) (fresh, follows) = (null, null);
        else if (Open is not null) Look(null);
        settingsOpen = false;
        StateHasChanged();
    }

    private void Go(params (string Name, object? Value)[] changed) => navigation.NavigateTo(navigation.GetUriWithQueryParameters(changed.ToDictionary(c => c.Name, c => c.Value)));

    private string Address(CalendarView to, DateOnly on) => navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["view"] = to.ToString().ToLowerInvariant(), ["day"] = Iso(on), ["open"] = null });

    private void ChooseOne(ChangeEventArgs picked) => Go(("who", picked.Value is string { Length: > 0 } id && id != actor!.UserId.ToString() ? id : null), ("day", Iso(day)));

    private void Team(IEnumerable<Guid> chosen) => Go(("who", string.Join(',', chosen)), ("day", Iso(day)));

    private string NameOf(Guid user) => people.FirstOrDefault(p => p.Id == user)?.Name ?? "";

    // ——— writing ———

    private void Begin(DateTime at, int minutes, Guid? responsible)
    {
        (follows, fresh) = (null, new() { Kind = InteractionKind.Meeting, At = at, Minutes = minutes, Remind = UsualRemind, Responsible = responsible ?? (view == CalendarView.Team ? actor!.UserId : users[0]) });
        StateHasChanged();
    }

    private void Follow(InteractionRow before)
    {
        follows = before;
        fresh = InteractionDraft.After(before, actor!.UserId);
        (fresh.At, fresh.Remind) = (NextHour(), UsualRemind);
    }

    private async Task SavedAsync(InteractionId id)
    {
        (fresh, follows) = (null, null);
        Look(id.Value);
        await ReadAsync();
    }

    /// <summary>A stretch of an empty column was drawn: from and until in minutes of its day.</summary>
    [JSInvokable]
    public void Drawn(string column, int from, int until)
    {
        if (!MayWrite || Find(column) is not { } at) return;
        from = Math.Clamp(from, 0, DayMinutes - 5);
        Begin(at.Day.ToDateTime(TimeOnly.MinValue).AddMinutes(from), Math.Clamp(until - from, 5, DayMinutes), at.User);
    }

    /// <summary>An entry, grasped in version <paramref name="seen"/>, was dropped onto a column, at a minute of its day; -1 keeps its time.</summary>
    [JSInvokable]
    public Task Moved(string id, uint seen, string from, string column, int minute)
    {
        if (Entry(id) is not { } row || Find(column) is not { } to || Find(from) is not { } source) return Task.CompletedTask;
        var start = to.Day.ToDateTime(minute < 0 ? TimeOnly.FromDateTime(clock.Of(row.At).DateTime) : TimeOnly.MinValue).AddMinutes(Math.Clamp(minute, 0, DayMinutes - 5));
        // dragged from the responsible to a colleague it becomes the colleague's
        var responsible = to.User is { } user && source.User == row.ResponsibleId ? user : row.ResponsibleId;
        return MoveAsync(row with { Version = seen }, clock.ToUtc(start), row.Minutes, responsible);
    }

    /// <summary>The end of an entry, grasped in version <paramref name="seen"/>, was drawn to a minute of the day it begins on.</summary>
    [JSInvokable]
    public Task Stretched(string id, uint seen, int until)
    {
        if (Entry(id) is not { } row) return Task.CompletedTask;
        var start = (int)clock.Of(row.At).TimeOfDay.TotalMinutes;
        return MoveAsync(row with { Version = seen }, row.At, Math.Clamp(until - start, 5, Interaction.MostMinutes), row.ResponsibleId);
    }

    /// <summary>An entry was moved by keys: days, minutes, and minutes at its end.</summary>
    [JSInvokable]
    public Task Nudged(string id, int days, int minutes, int longer)
    {
        if (Entry(id) is not { } row || Math.Abs(days) > 31 || Math.Abs(minutes) > DayMinutes || Math.Abs(longer) > DayMinutes) return Task.CompletedTask;
        if (view == CalendarView.Team && days != 0)
        {
            // sideways are colleagues
            var at = Enumerable.Range(0, users.Count).FirstOrDefault(i => users[i] == row.ResponsibleId);
            return MoveAsync(row, row.At, row.Minutes, users[Math.Clamp(at + days, 0, users.Count - 1)]);
        }
        return MoveAsync(row, clock.ToUtc(clock.Of(row.At).DateTime.AddDays(days).AddMinutes(minutes)), Math.Clamp(row.Minutes + longer, 5, Interaction.MostMinutes), row.ResponsibleId);
    }

    private async Task MoveAsync(InteractionRow row, DateTimeOffset at, int minutes, Guid responsible)
    {
        if ((at, minutes, responsible) == (row.At, row.Minutes, row.ResponsibleId)) return;
        if (await SetAsync(row, at, minutes, responsible) is not { } made) return;
        toasts.Show(ToastKind.Good, T["calendar.moved", row.Subject, clock.Short(at)], async () =>
        {
            // over the version this move made: whoever moved it since is not overruled
            await SetAsync(row with { Version = made }, row.At, row.Minutes, row.ResponsibleId);
        });
    }

    /// <summary>Shows the entry where it was put at once; the version it has then, or null where the save was refused.</summary>
    private async Task<uint?> SetAsync(InteractionRow row, DateTimeOffset at, int minutes, Guid responsible)
    {
        moves++;
        moving++;
        Replace(row with { At = at, Minutes = minutes, ResponsibleId = responsible });
        StateHasChanged();
        uint? made = null;
        try
        {
            await refusals.TryAsync(async () =>
            {
                made = await desk.MoveAsync(row.Id, at, minutes, responsible, row.Version, await current.GetAsync(), drag.Closing);
                Replace(row with { At = at, Minutes = minutes, ResponsibleId = responsible, Version = made.Value });
            });
        }
        finally
        {
            moving--;
        }
        // what is there now, also where the save was refused
        await RenewAsync();
        return made;
    }

    private void Replace(InteractionRow row)
    {
        if (entries.FindIndex(e => e.Id == row.Id) is >= 0 and var i) entries[i] = row;
    }

    private InteractionRow? Entry(string id) => Guid.TryParse(id, out var key) && entries.FirstOrDefault(e => e.Id.Value == key) is { State: InteractionState.Planned } row ? row : null;

    private CalendarColumn? Find(string key) => columns.FirstOrDefault(c => c.Key == key);

    private DateTime NextHour()
    {
        var now = clock.Of(clock.Now).DateTime;
        return day == DateOnly.FromDateTime(now) || view is CalendarView.Week or CalendarView.Month ? now.Date.AddHours(now.Hour + 1) : day.ToDateTime(TimeOnly.MinValue).AddMinutes(hours?.From ?? 0);
    }

    /// <summary>The day of the open interaction: a link to one names no day.</summary>
    private async Task<DateOnly?> DayOfOpenAsync() => Open is { } id && MayWrite ? DayOf((await interactions.FindAsync(new(id), actor!, drag.Closing))?.Interaction) : null;

    private void WalkTo(InteractionRow link) => Go(("open", link.Id.Value.ToString()), ("day", Iso(DayOf(link)!.Value)));

    private void Press(KeyboardEventArgs pressed, InteractionRow row)
    {
        if (pressed is { Key: "Enter", AltKey: false }) Look(row.Id.Value);
    }

    private DateOnly? DayOf(InteractionRow? row) => row is null ? null : DateOnly.FromDateTime(clock.Of(row.At).Date);

    private bool MayMove(InteractionRow row) =>
        row.State == InteractionState.Planned && (row.ResponsibleId == actor!.UserId || row.ByUser == actor.UserId || actor.Can(Permissions.ClientsManage));

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Range((DateOnly First, DateOnly Last) days) =>
        $"{days.First.ToString("m", CultureInfo.CurrentCulture)} – {days.Last.ToString("m", CultureInfo.CurrentCulture)} {days.Last.Year.ToString(CultureInfo.InvariantCulture)}";
}
