using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Npgsql;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;

namespace Portal.Tests.Work;

/// <summary>An open inbox reads again when something changed that can concern its reader, and else not.</summary>
public sealed class WorkChangesTests(InboxApp app) : IClassFixture<InboxApp>
{
    private static readonly Guid Me = Guid.NewGuid(), Absent = Guid.NewGuid(), Other = Guid.NewGuid(), Branch = Guid.NewGuid(), Shown = Guid.NewGuid(), Open = Guid.NewGuid();

    private static WorkInterest Interest(bool oversees = false, Guid? branch = null) =>
        new(new WorkReach(new(Me, "Me", ["sales"]), [new(Absent, "Awa", ["legal"])], branch), oversees, new HashSet<Guid> { Shown }, Open);

    private static WorkChange OfTask(Guid[]? people = null, string[]? roles = null, Guid? branch = null, Guid? id = null) =>
        new(new(ObjectKind.ProcessTask, id ?? Guid.NewGuid()), false, Guid.NewGuid(), people ?? [], roles ?? [], branch);

    [Fact]
    public void Change_OfWhatIsMineOrMyRolesOrOfWhoIsAway_Concerns()
    {
        Assert.True(Interest().Concerns(OfTask([Other, Me])));
        Assert.True(Interest().Concerns(OfTask([Absent])));
        Assert.True(Interest().Concerns(OfTask(roles: ["sales"])));
        Assert.True(Interest().Concerns(OfTask(roles: ["legal"])));
        Assert.True(Interest().Concerns(OfTask([Other], id: Shown)));
        Assert.True(Interest(oversees: true).Concerns(OfTask([Other])));
        Assert.True(Interest().Concerns(new(new(ObjectKind.ProcessInstance, Open), false, null, [], [], null)));
    }

    [Fact]
    public void Change_OfOthersWork_DoesNotConcern()
    {
        Assert.False(Interest().Concerns(OfTask([Other], ["quality"])));
        Assert.False(Interest(branch: Branch).Concerns(OfTask(roles: ["sales"], branch: Guid.NewGuid())));
        Assert.False(Interest(oversees: true, branch: Branch).Concerns(OfTask([Other], branch: Guid.NewGuid())));
        Assert.False(Interest().Concerns(new(new(ObjectKind.ProcessInstance, Guid.NewGuid()), false, null, [], [], null)));
        Assert.False(Interest().Concerns(OfTask([Me]) with { IsTalk = true }));
        Assert.False(Interest(oversees: true).Concerns(new(new(ObjectKind.Substitution, Guid.NewGuid()), false, null, [Other], [], null)));
    }

    /// <summary>Changes that concern nobody here cost the open inbox no reading; the one after them that does is read.</summary>
    [Fact]
    public async Task Inbox_OfWhomAChangeDoesNotConcern_ReadsNothing()
    {
        await using var window = await app.OpenInboxAsync("quality", "?group=mine", new BrowserNewContextOptions { ViewportSize = new() { Width = 1440, Height = 900 }, Locale = "en-GB" });
        var (giver, performer, reader) = (await app.ActorAsync("legal"), await app.ActorAsync("supply"), await app.ActorAsync("quality"));
        var assignments = app.Services.GetRequiredService<AssignmentDesk>();
        // the same bus tells the test when the changes were told to everybody
        var told = 0;
        using var stop = new CancellationTokenSource();
        var heard = Task.Run(async () =>
        {
            await foreach (var _ in app.Services.GetRequiredService<WorkChanges>().Watch(change => change.People.Contains(performer.UserId), stop.Token)) Interlocked.Increment(ref told);
        });
        using var lists = new Reads("item.about_id", new NpgsqlConnectionStringBuilder(app.Database.OwnerConnection).Database!);

        for (var i = 0; i < 3; i++)
        {
            var before = Volatile.Read(ref told);
            await app.SaleAsync();
            await GiveAsync(performer);
            await Support.Wait.UntilAsync(() => Volatile.Read(ref told) > before, "the change to be told");
        }
        var read = lists.Count;
        var mine = await GiveAsync(reader);
        await window.Page.Locator(".work-row").First.WaitForAsync();

        Assert.Equal(0, read);
        Assert.InRange(lists.Count, 1, 2);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => heard);
        window.AssertClean();

        async Task<AssignmentId> GiveAsync(Portal.Domain.Shared.Actor to)
        {
            var id = AssignmentId.New();
            await assignments.GiveAsync(id, new AssignmentOrder { Title = "Read the lease", Performer = to.UserId }, giver);
            return id;
        }
    }

    /// <summary>Counts the statements of this process that carry some words and go to one database.</summary>
    private sealed class Reads : IDisposable
    {
        private readonly ConcurrentBag<string> found = [];
        private readonly ActivityListener listener;

        public Reads(string words, string database)
        {
            listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Npgsql",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity =>
                {
                    var tags = activity.TagObjects.Select(tag => tag.Value as string ?? "").ToList();
                    if (tags.Any(tag => tag.Contains(words, StringComparison.Ordinal)) && tags.Any(tag => tag.Contains(database, StringComparison.Ordinal))) found.Add(activity.DisplayName);
                },
            };
            ActivitySource.AddActivityListener(listener);
        }

        public int Count => found.Count;

        public void Dispose() => listener.Dispose();
    }
}
