using Portal.Domain.Shared;
using Portal.Domain.Work;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Work;

public class AssignmentTests
{
    private readonly Actor giver = Person("Gwen Ashdown"), performer = Person("Piet Larkfield"), controller = Person("Cleo Winterbourne");

    private Assignment Given(Guid? to = null, Guid? controlledBy = null) => Assignment.Give(AssignmentId.New(),
        new AssignmentOrder { Title = "Measure the hall", Performer = to ?? performer.UserId, Controller = controlledBy, Deadline = Now.AddDays(2) }, null, Now, giver);

    [Fact]
    public void Life_FromGivenToDone_IsWrittenDown()
    {
        var assignment = Given();

        assignment.Accept(Now, performer);
        assignment.Report("12 by 30 metres", Now.AddHours(1), performer);
        assignment.Return("And the height?", Now.AddHours(2), giver);
        assignment.Report("12 by 30, 6 high", Now.AddHours(3), performer);
        assignment.Approve(Now.AddHours(4), giver);

        Assert.Equal((AssignmentState.Done, "12 by 30, 6 high", (DateTimeOffset?)Now.AddHours(4)), (assignment.State, assignment.Result, assignment.EndedAt));
        Assert.Equal(
            [AssignmentAction.Given, AssignmentAction.Accepted, AssignmentAction.Reported, AssignmentAction.Returned, AssignmentAction.Reported, AssignmentAction.Approved],
            assignment.Events.Select(e => e.Action));
        Assert.Equal([1, 2, 3, 4, 5, 6], assignment.Events.Select(e => e.Ordinal));
    }

    [Fact]
    public void Give_ToOneself_IsAcceptedAndDoneWithTheReport()
    {
        var own = Given(giver.UserId);
        Assert.Equal(AssignmentState.Accepted, own.State);

        own.Report("Done", Now, giver);

        Assert.Equal(AssignmentState.Done, own.State);
    }

    [Fact]
    public void Report_OfOnesOwn_WaitsForTheController()
    {
        var own = Given(giver.UserId, controller.UserId);

        own.Report("Done", Now, giver);
        Assert.Equal(AssignmentState.Reported, own.State);

        own.Approve(Now, controller);
        Assert.Equal(AssignmentState.Done, own.State);
    }

    [Fact]
    public void Verbs_ByTheWrongPerson_AreRefused()
    {
        var assignment = Given();

        Assert.Equal("work.not-performer", RefusalOf(() => assignment.Accept(Now, giver)));
        Assert.Equal("work.not-performer", RefusalOf(() => assignment.Report("x", Now, giver)));
        Assert.Equal("work.not-giver", RefusalOf(() => assignment.Withdraw("x", Now, performer)));
        assignment.Report("x", Now, performer);
        Assert.Equal("work.not-giver", RefusalOf(() => assignment.Approve(Now, performer)));
        Assert.Equal("work.not-giver", RefusalOf(() => assignment.Return("x", Now, controller)));
        Assert.Equal(AssignmentState.Reported, assignment.State);
    }

    [Fact]
    public void Verbs_AfterTheEnd_AreRefused()
    {
        var assignment = Given();
        assignment.Withdraw("No longer needed", Now, giver);

        Assert.Equal("work.state", RefusalOf(() => assignment.Accept(Now, performer)));
        Assert.Equal("work.state", RefusalOf(() => assignment.Report("x", Now, performer)));
        Assert.Equal("work.ended", RefusalOf(() => assignment.HandOver(controller.UserId, "Cleo", null, Now, giver)));
        Assert.Equal("work.ended", RefusalOf(() => assignment.Withdraw("again", Now, giver)));
        Assert.Equal("work.ended", RefusalOf(() => assignment.Spend(DateOnly.FromDateTime(Now.Date), 5, null, DateOnly.FromDateTime(Now.Date), performer)));
    }

    [Fact]
    public void HandOver_AsksTheNewPerformerAnew()
    {
        var assignment = Given();
        assignment.Accept(Now, performer);

        assignment.HandOver(controller.UserId, "Cleo Winterbourne", null, Now.AddHours(1), giver);

        Assert.Equal((AssignmentState.Given, controller.UserId, Now.AddHours(1)), (assignment.State, assignment.Performer, assignment.HandedAt));
        Assert.Equal("work.not-performer", RefusalOf(() => assignment.Report("x", Now, performer)));
    }

    [Fact]
    public void Spend_AddsUp()
    {
        var assignment = Given();
        var today = DateOnly.FromDateTime(Now.Date);

        assignment.Spend(today, 90, "Drive there", today, performer);
        assignment.Spend(today.AddDays(-1), 45, null, today, performer);

        Assert.Equal(TimeSpan.FromMinutes(135), assignment.Spent);
        Assert.Equal("work.time-ahead", RefusalOf(() => assignment.Spend(today.AddDays(1), 10, null, today, performer)));
        Assert.Equal("number.out-of-range", RefusalOf(() => assignment.Spend(today, 1441, null, today, performer)));
        Assert.Equal("number.out-of-range", RefusalOf(() => assignment.Spend(today, -5, null, today, performer)));
        Assert.Equal("work.not-performer", RefusalOf(() => assignment.Spend(today, 10, null, today, giver)));
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("/var/lib/portal/keys/key.xml", "key.xml")]
    [InlineData("C:\\Windows\\system.ini", "system.ini")]
    [InlineData("offer\u202egpj.exe", "offergpj.exe")]
    [InlineData(".htaccess", "htaccess")]
    public void Clean_KeepsOnlyAPlainName(string sent, string kept) => Assert.Equal(kept, StoredFile.Clean(sent));

    [Theory]
    [InlineData("..")]
    [InlineData("folder/")]
    [InlineData("\u200b")]
    [InlineData(null)]
    public void Clean_WhenNothingIsLeft_IsRefused(string? sent) => Assert.Equal("text.required", RefusalOf(() => StoredFile.Clean(sent)));
}
