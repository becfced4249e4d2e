using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;

namespace Portal.Tests.Database;

public sealed class OutboxDrainTests(PortalDatabase database) : IClassFixture<PortalDatabase>, IAsyncDisposable
{
    private readonly StillClock clock = new(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<string> handled = new();
    private readonly List<ServiceProvider> nodes = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
    }

    private ServiceProvider Node(string kind, Func<OutboxMessage, Task> handle)
    {
        var node = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddSingleton<TimeProvider>(clock).AddPortalDb()
            .AddSingleton(new OutboxHandler(kind, async (message, _) =>
            {
                await handle(message);
                handled.Enqueue(message.Key);
            })).BuildServiceProvider();
        nodes.Add(node);
        return node;
    }

    private async Task WriteAsync(string key, string kind, string? retry = null)
    {
        await using var command = database.DataSource.CreateCommand(OutboxEntry.InsertSql);
        command.Parameters.AddRange(new OutboxEntry(key, kind, "{}"u8.ToArray(), retry).Parameters(clock.GetUtcNow()));
        await command.ExecuteNonQueryAsync();
    }

    private static Task<int> RunAsync(ServiceProvider node) => node.GetRequiredService<OutboxDrain>().RunDueAsync(default);

    /// <summary>Fault 19: one entry fails for ever; it is set aside after its tries, the others go on.</summary>
    [Fact]
    public async Task Drain_WithAPoisonEntry_SetsItAside_AndGoesOn()
    {
        var poison = true;
        var node = Node("poison", message => poison && message.Key == "p-bad" ? throw new InvalidOperationException("Cannot be digested.") : Task.CompletedTask);
        foreach (var key in new[] { "p-1", "p-bad", "p-2" }) await WriteAsync(key, "poison", "R3/PT1M");

        for (var i = 0; i < 6; i++)
        {
            await RunAsync(node);
            clock.Advance(TimeSpan.FromMinutes(2));
        }
        await WriteAsync("p-3", "poison");
        await RunAsync(node);

        Assert.Equal(["p-1", "p-2", "p-3"], handled.Order());
        var administrator = new Actor { UserId = Guid.CreateVersion7(), Name = "Root", Permissions = [Permissions.OutboxManage] };
        var desk = node.GetRequiredService<OutboxDesk>();
        var failed = Assert.Single((await desk.FailedAsync(new(0, 10), administrator, default)).Rows);
        Assert.Equal(("p-bad", 3, "Cannot be digested."), (failed.Key, failed.Attempts, failed.LastError));
        Assert.NotNull(failed.SetAsideAt);
        poison = false;
        Assert.Equal(1, await desk.RetryAsync([failed.Id], administrator, default));
        await RunAsync(node);
        Assert.Contains("p-bad", handled);
        Assert.Empty((await desk.FailedAsync(new(0, 10), administrator, default)).Rows);
    }

    [Fact]
    public async Task Drain_OnTwoNodes_HandlesEachEntryOnce()
    {
        var (first, second) = (Node("many", _ => Task.CompletedTask), Node("many", _ => Task.CompletedTask));
        for (var i = 0; i < 200; i++) await WriteAsync($"many-{i}", "many");

        async Task AllAsync(ServiceProvider node)
        {
            while (await RunAsync(node) > 0) { }
        }
        await Task.WhenAll(AllAsync(first), AllAsync(second));

        Assert.Equal(200, handled.Count);
        Assert.Equal(200, handled.Distinct().Count());
    }

    [Fact]
    public async Task Write_TheSameKeyTwice_IsOneEntry()
    {
        var node = Node("twin", _ => Task.CompletedTask);
        await WriteAsync("twin-1", "twin");
        await WriteAsync("twin-1", "twin");

        await RunAsync(node);
        await RunAsync(node);

        Assert.Equal(["twin-1"], handled);
    }

    [Fact]
    public async Task Drain_LeavesWhatNobodyHereHandles()
    {
        await WriteAsync("foreign-1", "somebody-elses");

        Assert.Equal(0, await RunAsync(Node("mine", _ => Task.CompletedTask)));
    }

    [Theory]
    [InlineData("R5/PT5M", 5, 300)]
    [InlineData(null, 5, null)]
    [InlineData("often", 5, null)]
    [InlineData("R0/PT5M", 5, null)]
    public void RetryPlan_ReadsACycle(string? cycle, int tries, int? seconds) =>
        Assert.Equal(new RetryPlan(tries, seconds is { } s ? TimeSpan.FromSeconds(s) : null), RetryPlan.Of(cycle));

    [Fact]
    public void RetryPlan_Next_GrowsWithJitter_AndEnds()
    {
        var now = DateTimeOffset.UnixEpoch;
        for (var failed = 1; failed < 5; failed++)
        {
            var wait = (RetryPlan.Usual.Next(failed, now, new Random(failed))!.Value - now).TotalSeconds;
            Assert.InRange(wait, 10 * Math.Pow(2, failed - 1), 12 * Math.Pow(2, failed - 1));
        }
        Assert.Null(RetryPlan.Usual.Next(5, now, new Random(1)));
    }
}
