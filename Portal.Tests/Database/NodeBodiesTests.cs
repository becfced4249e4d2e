using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;

namespace Portal.Tests.Database;

public sealed class NodeBodiesTests
{
    [Fact]
    public void Pack_OfAnyLines_FitsIntoMessagesAndLosesNone() =>
        Prop.ForAll(Gen.Choose(0, 400).SelectMany(length => Gen.Elements('a', 'я', '猫').Select(letter => new string(letter, length + 1))).ListOf().ToArbitrary(), lines =>
        {
            var bodies = NodeBodies.Pack(lines).ToList();
            return bodies.All(body => Encoding.UTF8.GetByteCount(body) <= NodeLink.BodyBytes) && lines.SequenceEqual(bodies.SelectMany(NodeBodies.Unpack));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Say_AfterMoreChangesThanTheQueueHolds_TellsToReadEverything()
    {
        var (live, elsewhere) = (new LiveChanges(), new LiveChanges());
        var (here, there) = (new ChangeTalk(live), new ChangeTalk(elsewhere));
        using var watching = new CancellationTokenSource();
        var heard = elsewhere.Watch(_ => true, watching.Token).GetAsyncEnumerator();
        for (var i = 0; i < 5_000; i++) live.Publish([new(new(ObjectKind.Trip, Guid.NewGuid()), null, Guid.Empty, "Åsa Ïdem")]);

        foreach (var body in here.Say()) there.Hear(body);

        var next = heard.MoveNextAsync().AsTask();
        Assert.True(next.IsCompleted && await next);
        Assert.Equal(LiveChange.Resync, heard.Current);
        Assert.Empty(there.Say());
    }

    [Fact]
    public async Task Hear_OfChanges_TellsTheWatchersOfTheOtherNodeAndIsNotSaidAgain()
    {
        var (live, elsewhere) = (new LiveChanges(), new LiveChanges());
        var (here, there) = (new ChangeTalk(live), new ChangeTalk(elsewhere));
        using var watching = new CancellationTokenSource();
        var heard = elsewhere.Watch(change => change.Partner is not null, watching.Token).GetAsyncEnumerator();
        var change = new LiveChange(new(ObjectKind.Trip, Guid.NewGuid()), Guid.NewGuid(), Guid.NewGuid(), "Zoë \"Q\" Ґанок");

        live.Publish([change with { Partner = null }, change]);
        foreach (var body in here.Say()) there.Hear(body);

        var next = heard.MoveNextAsync().AsTask();
        Assert.True(next.IsCompleted && await next);
        Assert.Equal(change, heard.Current);
        Assert.Empty(there.Say());
        Assert.Empty(here.Say());
    }

    [Fact]
    public void Positions_SaidByOneNode_ArriveAsTheyWere()
    {
        var (live, elsewhere) = (new LiveFleet(TimeProvider.System), new LiveFleet(TimeProvider.System));
        var (here, there) = (new PositionTalk(live), new PositionTalk(elsewhere));
        var now = new DateTimeOffset(2026, 3, 2, 9, 0, 0, 123, TimeSpan.Zero);
        var readings = Enumerable.Range(0, 500).Select(i => new PositionReading
        {
            Vehicle = VehicleId.New(), Time = now, Received = now, Point = new(Math.Round(-33.123456 + (i * 0.001), 6), 18.5), SpeedKmh = 12.5, HeadingDeg = 359,
            Ignition = i % 3 == 0 ? null : i % 3 == 1, BatteryPercent = i % 2 == 0 ? null : 40,
        }).ToList();
        foreach (var reading in readings) live.Accept(reading);

        foreach (var body in here.Say()) there.Hear(body);

        Assert.All(readings, reading => Assert.Equal(live.Find(reading.Vehicle), elsewhere.Find(reading.Vehicle)));
        Assert.Empty(here.Say());
        here.Repeat();
        Assert.NotEmpty(here.Say());
        Assert.Empty(there.Say());
    }
}
