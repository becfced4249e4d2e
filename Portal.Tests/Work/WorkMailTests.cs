using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Work;
using Portal.Infrastructure.Work.Handovers;

namespace Portal.Tests.Work;

/// <summary>Letters about work.</summary>
public sealed class WorkMailTests(MailOffice office) : IClassFixture<MailOffice>, IAsyncLifetime
{
    private Actor head = null!;

    /// <summary>What an earlier test left open is told before this one begins, and long enough ago.</summary>
    public async Task InitializeAsync()
    {
        head = await office.ReaderAsync("Hed", "sales-head");
        await office.RoundAsync();
        await office.AdvanceAsync(WorkNotices.Pause);
    }

    public async Task DisposeAsync() => await office.ValueAsync<bool>("with blocked as (update identity.portal_user set blocked = true returning 1) select count(*) > 0 from blocked");

    private static string Link(Infrastructure.Processes.TaskRow task) => $"{MailOffice.Address}work?task={task.Id.Value}";

    private async Task<AssignmentId> GiveAsync(string title, Actor giver, Actor performer)
    {
        var id = AssignmentId.New();
        await office.Assignments.GiveAsync(id, new AssignmentOrder { Title = title, Performer = performer.UserId }, giver);
        return id;
    }

    [Theory]
    [InlineData("en", "22/11/2026 18:30")]
    [InlineData("ru", "22.11.2026 18:30")]
    public async Task Deadline_IsWrittenAsOnThePages(string language, string written)
    {
        var ann = await office.ReaderAsync("Ann", "sales", language);
        await office.Assignments.GiveAsync(AssignmentId.New(), new AssignmentOrder { Title = "Count the stock", Performer = ann.UserId, Deadline = new(2026, 11, 22, 18, 30, 0, TimeSpan.Zero) }, head);

        await office.RoundAsync();

        Assert.Contains(written, Assert.Single(office.Take(ann)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deal_GivenOver_IsWrittenAboutToItsNewManager_UnlessHeTookItHimself()
    {
        var (ann, bob) = (await office.ReaderAsync("Ann", "sales"), await office.ReaderAsync("Bob", "sales"));
        var desk = office.Services.GetRequiredService<DealDesk>();
        var cards = office.Services.GetRequiredService<DealCardQuery>();
        async Task<DealId> HandedAsync(string title, Actor to, Actor by)
        {
            var id = await desk.AddAsync(new(new(title, Manager: ann.UserId)), ann, default);
            await desk.HandAsync(id, to.UserId, (await cards.FindAsync(id, ann, default))!.Deal.Version, by, default);
            return id;
        }

        var given = await HandedAsync("Shelves for the hall", bob, head);
        await HandedAsync("Shelves for the yard", bob, bob);
        await office.RoundAsync();

        var letter = Assert.Single(office.Take(bob));
        Assert.StartsWith("Hed handed 1 deal to you: Shelves for the hall", letter, StringComparison.Ordinal);
        Assert.Contains($"{MailOffice.Address}deals/{given.Value}", letter, StringComparison.Ordinal);
        Assert.DoesNotContain("yard", letter, StringComparison.Ordinal);
        Assert.Empty(office.Take(ann));
    }

    [Fact]
    public async Task Offered_ManyTasksToARole_ComeInOneLetterToEach_AndTheNextNotBeforeThePause()
    {
        var (ann, bob) = (await office.ReaderAsync("Ann", "sales"), await office.ReaderAsync("Bob", "sales"));
        var first = await office.StartAsync("offered", ann);
        for (var i = 1; i < 30; i++) await office.StartAsync("offered", ann);

        await office.RoundAsync();
        var letters = new[] { Assert.Single(office.Take(ann)), Assert.Single(office.Take(bob)) };
        var late = await office.StartAsync("offered", ann);
        await office.RoundAsync();
        var meanwhile = office.Take(ann);
        await office.AdvanceAsync(WorkNotices.Pause);
        await office.RoundAsync();

        Assert.All(letters, letter =>
        {
            Assert.StartsWith("30 new tasks wait for someone\n", letter, StringComparison.Ordinal);
            Assert.Contains(Link(first), letter, StringComparison.Ordinal);
            Assert.Contains("… and 20 more", letter, StringComparison.Ordinal);
        });
        Assert.Empty(meanwhile);
        var next = Assert.Single(office.Take(ann));
        Assert.StartsWith("1 new task waits for someone: Call back\n", next, StringComparison.Ordinal);
        Assert.Contains(Link(late), next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offered_ToARole_IsNotToldInAnotherBranch()
    {
        var other = BranchId.New();
        await using (var db = office.Open())
        {
            var company = new Company(CompanyId.New(), "Quill & Daughters", "EUR", "UTC");
            db.Add(company);
            db.Add(new Branch(other, company.Id, "Hill", "UTC"));
            await db.SaveChangesAsync();
        }
        var (here, there) = (await office.ReaderAsync("Ann", "sales"), await office.ReaderAsync("Tom", "sales", branch: other));

        await office.StartAsync("offered", here);
        await office.RoundAsync();

        Assert.Single(office.Take(here));
        Assert.Empty(office.Take(there));
    }

    [Fact]
    public async Task Given_ByTheMap_IsToldInTheReadersLanguage_AndNotWhenItIsDoneAlready()
    {
        var ann = await office.ReaderAsync("Ann", "sales", "ro");
        var open = await office.StartAsync("given", ann, ann);
        var done = await office.StartAsync("given", ann, ann);
        await office.Runner.CompleteAsync(done.Id, Portal.Workflows.Expressions.ContextValue.Empty, ann);

        await office.RoundAsync();

        var letter = Assert.Single(office.Take(ann));
        Assert.StartsWith("1 sarcină nouă pentru dvs.: Call back\n", letter, StringComparison.Ordinal);
        Assert.Contains(Link(open), letter, StringComparison.Ordinal);
        Assert.DoesNotContain(Link(done), letter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_ThatPasses_IsToldToWhoAnswersForIt_Once()
    {
        var task = await office.StartAsync("late", head);

        await office.AdvanceAsync(TimeSpan.FromHours(8));
        await office.RoundAsync();
        await office.AdvanceAsync(WorkNotices.Pause);
        await office.RoundAsync();

        var letter = Assert.Single(office.Take(head));
        Assert.StartsWith("1 task is past its deadline (performer: ", letter, StringComparison.Ordinal);
        Assert.Contains(Link(task), letter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_ADayAhead_IsToldToWhoHasTheWork()
    {
        var ann = await office.ReaderAsync("Ann", "sales");
        var task = await office.StartAsync("given", ann, ann);
        await office.RoundAsync();
        office.Take(ann);

        await office.AdvanceAsync(TimeSpan.FromDays(2));
        await office.RoundAsync();

        var letter = Assert.Single(office.Take(ann));
        Assert.StartsWith("1 deadline within a day: Call back\n", letter, StringComparison.Ordinal);
        Assert.Contains(Link(task), letter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handover_OfTasksAndAssignments_TellsFromWhomTheyCame()
    {
        var (ann, bob) = (await office.ReaderAsync("Ann", "sales"), await office.ReaderAsync("Bob", "sales"));
        for (var i = 0; i < 3; i++) await office.StartAsync("given", ann, ann);
        var lease = await GiveAsync("Read the lease", head, ann);
        await office.RoundAsync();
        office.Take(ann);

        await office.Services.GetRequiredService<Handover>().RunAsync(HandoverPlan.Everything(ann.UserId, bob.UserId), head);
        await office.RoundAsync();

        var letter = Assert.Single(office.Take(bob));
        Assert.StartsWith("My work: 4 things are new\n", letter, StringComparison.Ordinal);
        Assert.Contains("3 tasks came to you from Ann", letter, StringComparison.Ordinal);
        Assert.Contains("1 assignment came to you from Ann", letter, StringComparison.Ordinal);
        Assert.Contains($"{MailOffice.Address}work?assignment={lease.Value}", letter, StringComparison.Ordinal);
        Assert.Empty(office.Take(ann));
    }

    [Fact]
    public async Task Claim_OfATask_IsNotToldToWhoClaimedIt()
    {
        var ann = await office.ReaderAsync("Ann", "sales");
        var task = await office.StartAsync("offered", ann);
        await office.Tasks.ClaimAsync(task.Id, ann);

        await office.RoundAsync();

        Assert.Empty(office.Take(ann));
    }

    [Fact]
    public async Task Comments_OnOneTask_AreAllInTheLetter_InTheirOrder()
    {
        var (ann, bob) = (await office.ReaderAsync("Ann", "sales"), await office.ReaderAsync("Bob", "sales"));
        var task = await office.StartAsync("offered", ann);
        await office.Tasks.ClaimAsync(task.Id, ann);
        var remarks = office.Services.GetRequiredService<Remarks>();
        foreach (var said in new[] { "They call at nine.", "No, at ten.", "Ask for Mara." }) await remarks.AddAsync(new(ObjectKind.ProcessTask, task.Id.Value), said, bob);

        await office.RoundAsync();

        var letter = Assert.Single(office.Take(ann), l => l.Contains("They call at nine.", StringComparison.Ordinal));
        Assert.Matches("(?s)They call at nine\\..*No, at ten\\..*Ask for Mara\\.", letter);
    }

    [Fact]
    public async Task Assignment_GivenCommentedReportedAndReturned_IsToldToTheOther()
    {
        var (ann, bob) = (await office.ReaderAsync("Ann", "sales"), await office.ReaderAsync("Bob", "sales"));
        var id = await GiveAsync("Read the lease", ann, bob);
        var link = $"{MailOffice.Address}work?assignment={id.Value}";
        await office.RoundAsync();
        var given = Assert.Single(office.Take(bob));

        await office.Services.GetRequiredService<Remarks>().AddAsync(new(ObjectKind.Assignment, id.Value), "Until when?", bob);
        await office.RoundAsync();
        var asked = Assert.Single(office.Take(ann));

        await office.AdvanceAsync(WorkNotices.Pause);
        await office.Assignments.ReportAsync(id, "Nothing unusual in it", bob);
        await office.RoundAsync();
        var reported = Assert.Single(office.Take(ann));

        await office.AdvanceAsync(WorkNotices.Pause);
        await office.Assignments.ReturnAsync(id, "Look at page 4", ann);
        await office.RoundAsync();
        var returned = Assert.Single(office.Take(bob));

        Assert.StartsWith("1 new assignment from Ann: Read the lease\n", given, StringComparison.Ordinal);
        Assert.StartsWith("Bob commented on 1 piece of your work: Read the lease\n", asked, StringComparison.Ordinal);
        Assert.Contains("Until when?", asked, StringComparison.Ordinal);
        Assert.Contains("Nothing unusual in it", reported, StringComparison.Ordinal);
        Assert.Contains("Look at page 4", returned, StringComparison.Ordinal);
        Assert.All([given, asked, reported, returned], letter => Assert.Contains(link, letter, StringComparison.Ordinal));
    }

    /// <summary>One way to ask for everything: the wishes.</summary>
    [Theory]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public async Task Wishes_KeepAwayWhatIsNotWanted(bool newWork, bool deadlines, bool answers)
    {
        await office.Preferences.SetAsync(new(newWork, deadlines, answers), head);
        var bob = await office.ReaderAsync("Bob", "sales");
        await office.StartAsync("given", bob, head);
        await office.StartAsync("late", bob);
        var asked = await GiveAsync("Read the lease", head, bob);
        await office.Assignments.ReportAsync(asked, "Read", bob);

        await office.AdvanceAsync(TimeSpan.FromHours(8));
        await office.RoundAsync();

        var letter = Assert.Single(office.Take(head));
        Assert.Equal((newWork, deadlines, answers), (letter.Contains("new task for you"), letter.Contains("past its deadline"), letter.Contains("result from Bob")));
    }

    [Fact]
    public async Task Substitute_IsWrittenToForWhoIsAway()
    {
        var (ann, bob) = (await office.ReaderAsync("Ann", "sales"), await office.ReaderAsync("Bob", "quality"));
        await office.Tasks.SubstituteAsync(ann.UserId, bob.UserId, office.Clock.GetUtcNow(), office.Clock.GetUtcNow().AddDays(5), ann);

        var task = await office.StartAsync("given", ann, ann);
        await office.RoundAsync();

        Assert.Contains(Link(task), Assert.Single(office.Take(bob)), StringComparison.Ordinal);
    }

    /// <summary>Two nodes come round at once: one gathers, and no letter is ordered twice.</summary>
    [Fact]
    public async Task Order_ByTwoNodesAtOnce_OrdersEachLetterOnce()
    {
        var ann = await office.ReaderAsync("Ann", "sales");
        await office.StartAsync("given", ann, ann);
        await office.AdvanceAsync(WorkNotices.Settling);
        await using var node = office.NewNode();

        await Task.WhenAll(office.Notices.OrderAsync(default), node.GetRequiredService<WorkNotices>().OrderAsync(default));
        await office.WorkAsync();

        Assert.Single(office.Take(ann));
    }
}
