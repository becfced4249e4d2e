using Portal.Web.Shared;

namespace Portal.Tests.Shared;

public sealed class OnceTests
{
    private readonly Once once = new();
    private int runs;

    [Fact]
    public async Task RunAsync_WhileAnotherRuns_DoesNothing()
    {
        var saved = new TaskCompletionSource();
        var first = once.RunAsync(() => CountAsync(saved.Task));
        await once.RunAsync(() => CountAsync(Task.CompletedTask));
        Assert.Equal((1, true), (runs, once.Running));

        saved.SetResult();
        await first;
        await once.RunAsync(() => CountAsync(Task.CompletedTask));
        Assert.Equal((2, false), (runs, once.Running));
    }

    [Fact]
    public async Task RunAsync_AfterAFailure_RunsAgain()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => once.RunAsync(() => throw new InvalidOperationException()));
        await once.RunAsync(() => CountAsync(Task.CompletedTask));
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task RunAsync_AfterTheEnd_DoesNothing()
    {
        once.End();
        await once.RunAsync(() => CountAsync(Task.CompletedTask));
        Assert.Equal(0, runs);
    }

    private Task CountAsync(Task until)
    {
        runs++;
        return until;
    }
}
