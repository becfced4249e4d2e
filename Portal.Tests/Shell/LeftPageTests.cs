using System.Text.RegularExpressions;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.JSInterop;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Infrastructure.Identity;
using Portal.Tests.Support;
using Portal.Web.Shared;

namespace Portal.Tests.Shell;

/// <summary>A page that is left while it reads ends quietly: nobody is told of a fault that is none.</summary>
public sealed class LeftPageTests(PortalApp app) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task Page_LeftWhileItReads_IsNoFault()
    {
        using var log = new LogLines(LogLevel.Error);
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        await app.AddUserAsync("ada", StandardRoles.Administrator);
        await using var window = await app.OpenWindowAsync("ada");
        await window.GoToAsync("/roles");
        await using (var holding = await app.Database.DataSource.OpenConnectionAsync())
        {
            await using var transaction = await holding.BeginTransactionAsync();
            await using (var hold = new NpgsqlCommand("lock table identity.portal_user", holding)) await hold.ExecuteNonQueryAsync();
            app.Services.GetRequiredService<UserRights>().Forget();
            await window.Page.Locator("nav a[href='/users'], nav a[href='users']").First.ClickAsync();
            await Wait.UntilAsync(WaitsAsync, "the page of users to wait for its reader's rights");
            await window.Page.Locator("nav a[href='/audit'], nav a[href='audit']").First.ClickAsync();
            await window.Page.IsAtAsync(url => url.EndsWith("/audit", StringComparison.Ordinal));
        }

        await window.Page.Locator("section.page[data-ready]").WaitForAsync();
        Assert.Empty(log.Lines);
    }

    [Fact]
    public void Token_AfterTheComponentWasLeft_IsCancelledAndCanBeAskedFor()
    {
        var life = new PageLife();

        life.Dispose();
        life.Dispose();

        Assert.True(life.IsOver && life.Token.IsCancellationRequested);
    }

    /// <summary>Else a page that reads at most once a second is minutes behind after a burst.</summary>
    [Fact]
    public async Task News_OfABurst_AreHeardTogether()
    {
        var (life, news, heard) = (new PageLife(), Channel.CreateUnbounded<int>(), 0);
        var hearing = life.HearAsync(news.Reader.ReadAllAsync(life.Token), TimeSpan.FromHours(1), TimeProvider.System, () => Task.FromResult(Interlocked.Increment(ref heard)), failure => throw failure);

        for (var i = 0; i < 200; i++) news.Writer.TryWrite(i);
        await Wait.UntilAsync(() => news.Reader.Count == 0, "the burst to be taken in while the page rests");
        life.Dispose();
        await hearing;

        Assert.Equal(1, heard);
    }

    /// <summary>Else a page that reads a million rows would read them without end while everybody works.</summary>
    [Theory]
    [InlineData(100, 1_000)]
    [InlineData(3_000, 12_000)]
    public async Task Page_RestsLonger_TheLongerItReads(int reading, int rest)
    {
        var (life, news, clock) = (new PageLife(), Channel.CreateUnbounded<int>(), new RestClock());
        var hearing = life.HearAsync(news.Reader.ReadAllAsync(life.Token), TimeSpan.FromSeconds(1), clock, () =>
        {
            clock.Pass(TimeSpan.FromMilliseconds(reading));
            return Task.CompletedTask;
        }, failure => throw failure);

        news.Writer.TryWrite(1);

        Assert.Equal(TimeSpan.FromMilliseconds(rest), await clock.Asked);
        life.Dispose();
        await hearing;
    }

    [Fact]
    public void Components_HoldNoSourceThatCannotBeAskedOnceTheyWereLeft() => Check.None(
        SourceTree.Files("Portal.Web", ".razor", ".razor.cs").Where(file => Regex.IsMatch(File.ReadAllText(file), @"readonly CancellationTokenSource")));

    [Fact]
    public async Task End_OfWhatABrowserThatIsGoneHad_IsQuiet()
    {
        foreach (Exception gone in new Exception[] { new JSDisconnectedException("gone"), new TaskCanceledException() }) await new Half(gone).EndAsync("dispose");

        await Assert.ThrowsAsync<JSException>(() => new Half(new JSException("broken")).EndAsync("dispose").AsTask());
    }

    private async Task<bool> WaitsAsync()
    {
        await using var command = app.Database.DataSource.CreateCommand("select exists (select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database()))");
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A clock that stands unless told, and tells for how long somebody rests.</summary>
    private sealed class RestClock : TimeProvider
    {
        private readonly TaskCompletionSource<TimeSpan> asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long passed;

        public Task<TimeSpan> Asked => asked.Task;

        public override long GetTimestamp() => passed;

        public void Pass(TimeSpan time) => passed += (long)(time.TotalSeconds * TimestampFrequency);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            asked.TrySetResult(dueTime);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }

    /// <summary>A module in a browser that answers every call with a failure.</summary>
    private sealed class Half(Exception failure) : IJSObjectReference
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => ValueTask.FromException<TValue>(failure);
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => ValueTask.FromException<TValue>(failure);
        public ValueTask DisposeAsync() => ValueTask.FromException(failure);
    }
}
