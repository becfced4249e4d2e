using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Web.Fleet;

namespace Portal.Tests.Fleet;

public sealed class FleetFrameTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, 890, TimeSpan.Zero);

    [Fact]
    public void Encode_AnyVehicle_IsReadBackWithinTheResolutionOfTheWire()
    {
        var vehicles =
            from handle in Gen.Choose(1, int.MaxValue)
            from latitude in Gen.Choose(-900_000_000, 900_000_000)
            from longitude in Gen.Choose(-1_800_000_000, 1_800_000_000)
            from age in Gen.Choose(-300_000, 80_000_000)
            from heading in Gen.Choose(0, 35_999)
            from speed in Gen.Choose(0, 3000)
            from status in Gen.Elements(Enum.GetValues<VehicleStatus>())
            select new FleetRecord((uint)handle, new GeoPoint(latitude / 1e7, longitude / 1e7), Now.AddMilliseconds(-age), heading / 100.0, speed / 10.0, status);

        Prop.ForAll(vehicles.ListOf().ToArbitrary(), records =>
        {
            var frame = FleetFrame.Encode(Now, [.. records], [7, 8], snapshot: false);
            var read = Read(frame);
            return read.Records.Zip(records).All(pair => Close(pair.First, pair.Second)) && read.Records.Count == records.Count && read.Gone is [7, 8];
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Encode_Snapshot_SaysSoAndCarriesTheServersTime()
    {
        var frame = FleetFrame.Encode(Now, [], [], snapshot: true);

        Assert.Equal(FleetFrame.HeaderBytes, frame.Length);
        Assert.Equal(FleetFrame.SnapshotFlag, BinaryPrimitives.ReadUInt16LittleEndian(frame.AsSpan(2)));
        Assert.Equal(Now.ToUnixTimeMilliseconds(), BinaryPrimitives.ReadDoubleLittleEndian(frame.AsSpan(16)));
    }

    [Theory]
    [InlineData(359.999, 0)]
    [InlineData(-90, 27000)]
    [InlineData(720, 0)]
    public void Encode_HeadingBeyondTheCircle_IsTurnedIntoIt(double degrees, int expected) =>
        Assert.Equal(expected, FleetFrame.Heading(degrees));

    [Fact]
    public void Encode_VehicleUnseenForMonths_StaysOldInsteadOfOverflowing()
    {
        var frame = FleetFrame.Encode(Now, [new(1, new GeoPoint(1, 2), Now.AddDays(-200), null, 0, VehicleStatus.Free)], [], snapshot: false);

        Assert.Equal(int.MinValue, BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(FleetFrame.HeaderBytes + 12)));
        Assert.Equal(FleetFrame.NoHeading, BinaryPrimitives.ReadUInt16LittleEndian(frame.AsSpan(FleetFrame.HeaderBytes + 16)));
    }

    private static bool Close(FleetRecord a, FleetRecord b) =>
        a.Handle == b.Handle && a.Status == b.Status && a.Time == b.Time
        && Math.Abs(a.Point.Latitude - b.Point.Latitude) < 1e-7 && Math.Abs(a.Point.Longitude - b.Point.Longitude) < 1e-7
        && Math.Abs(a.HeadingDeg!.Value - b.HeadingDeg!.Value) < 0.01 && Math.Abs(a.SpeedKmh - b.SpeedKmh) < 0.1;

    private static (List<FleetRecord> Records, List<uint> Gone) Read(ReadOnlySpan<byte> frame)
    {
        var records = new List<FleetRecord>();
        var gone = new List<uint>();
        var now = DateTimeOffset.UnixEpoch.AddMilliseconds(BinaryPrimitives.ReadDoubleLittleEndian(frame[16..]));
        var (count, removals) = (BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]), BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]));
        frame = frame[FleetFrame.HeaderBytes..];
        for (; count > 0; count--, frame = frame[FleetFrame.RecordBytes..])
            records.Add(new(
                BinaryPrimitives.ReadUInt32LittleEndian(frame),
                new(BinaryPrimitives.ReadInt32LittleEndian(frame[4..]) / 1e7, BinaryPrimitives.ReadInt32LittleEndian(frame[8..]) / 1e7),
                now.AddMilliseconds(BinaryPrimitives.ReadInt32LittleEndian(frame[12..])),
                BinaryPrimitives.ReadUInt16LittleEndian(frame[16..]) / 100.0,
                BinaryPrimitives.ReadUInt16LittleEndian(frame[18..]) / 10.0,
                (VehicleStatus)frame[20]));
        for (; removals > 0; removals--, frame = frame[sizeof(uint)..]) gone.Add(BinaryPrimitives.ReadUInt32LittleEndian(frame));
        return (records, gone);
    }
}
