using Portal.Domain.Dispatch;
using static Portal.Tests.Dispatch.SampleFleet;

namespace Portal.Tests.Dispatch;

public class VehicleRankingTests
{
    [Fact]
    public void Rank_WithAllElseEqual_PutsTheNearestFirst()
    {
        var ranked = Rank(Trip(), Car("FAR", 3000), Car("NEAR", 600), Car("MID", 1500));
        Assert.Equal(["NEAR", "MID", "FAR"], ranked.Select(r => r.Vehicle.Plate));
        var arrives = Assert.Single(ranked[0].Reasons, r => r.Code == RankingCode.Arrives);
        Assert.Equal(Now.AddMinutes(1), (DateTimeOffset)arrives.Args[0], TimeSpan.FromSeconds(1));
        Assert.Equal(1.0, (double)arrives.Args[1], 0.01);
        Assert.Equal(Now.AddMinutes(1), ranked[0].Arrival!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Rank_ByTheDocumentedFormula_GivesItsCost()
    {
        var busy = Car("B", 6000) with { FreeAt = Now.AddMinutes(10), FreeWhere = At(6000, 0), Km28 = 1500, KmToday = 60, HoursToday = TimeSpan.FromHours(2) };
        var other = Car("A", 0) with { Km28 = 500, KmToday = 20, HoursToday = TimeSpan.FromHours(4) };
        var ranked = Rank(Trip(), busy, other).Single(r => r.Vehicle.Plate == "B");
        // 10 min drive, 20 min wait, 5 min late, busy before, half over the mean of 1000 km; hours of 28 days are not known, so today's: a third under the mean of 3
        Assert.Equal(0.5 * 10 + 0.5 * 20 + 4 * 5 + 5 + 8 * 0.5 - 8 / 3.0, ranked.Cost, 0.05);
        Assert.Equal(
            [RankingCode.ArrivesChained, RankingCode.Late, RankingCode.Seats, RankingCode.KmOverMean, RankingCode.HoursUnderMean, RankingCode.DriverTimeLeft], ranked.Reasons.Select(r => r.Code));
        Assert.Equal([Now.AddMinutes(10), 10.0], [ranked.Reasons[0].Args[1], Math.Round((double)ranked.Reasons[0].Args[2], 2)]);
        Assert.Equal([60.0, 20.0], ranked.Reasons[3].Args);
        Assert.Equal([TimeSpan.FromHours(2), TimeSpan.FromHours(1)], ranked.Reasons[4].Args);
    }

    [Fact]
    public void Rank_WhenTheNearerHasDrivenMuchMore_PrefersTheOther()
    {
        var ranked = Rank(Trip(), Car("TIRED", 600) with { Km28 = 3000 }, Car("FRESH", 1200) with { Km28 = 1000 });
        Assert.Equal("FRESH", ranked[0].Vehicle.Plate);
    }

    [Fact]
    public void Rank_InACompanysFirstDays_EvensOutWhatWasDrivenToday()
    {
        var ranked = Rank(Trip(), Car("TIRED", 600) with { DaysAvailable = 1, KmToday = 180 }, Car("FRESH", 1200) with { DaysAvailable = 1, KmToday = 20 });
        Assert.Equal("FRESH", ranked[0].Vehicle.Plate);
        Assert.Contains(ranked[0].Reasons, r => r.Code == RankingCode.KmUnderMean && r.Args.SequenceEqual([20.0, 80.0]));
    }

    [Fact]
    public void Rank_ThePlanOfTheMorning_IsNotDecidedByTheFirstKilometre() =>
        Assert.Equal("NEAR", Rank(Trip(), Car("NEAR", 600) with { DaysAvailable = 1, KmToday = 1 }, Car("FAR", 3000) with { DaysAvailable = 1 })[0].Vehicle.Plate);

    [Fact]
    public void Rank_AFreeCarThatArrivesAtTheSameTime_GoesBeforeABusyOne()
    {
        var busy = Car("A", 50_000) with { FreeAt = Now.AddMinutes(4), FreeWhere = At(600, 0) };
        Assert.Equal(["B", "A"], Rank(Trip(), busy, Car("B", 3000)).Select(r => r.Vehicle.Plate));
    }

    [Fact]
    public void Rank_ADriverOnABreak_ComesAfterTheRest_ForAPickupNow()
    {
        VehicleCandidate[] fleet = [Car("REST", 60) with { OnBreak = true }, Car("WORK", 6000), Car("GONE") with { ShiftEnd = Now }];
        var later = Trip() with { PickupFrom = Now + VehicleRanking.Break, PickupUntil = Now + VehicleRanking.Break };

        Assert.Equal(["WORK", "REST", "GONE"], Rank(Trip(), fleet).Select(r => r.Vehicle.Plate));
        Assert.Equal(RankingCode.OnBreak, Rank(Trip(), fleet)[1].Reasons[0].Code);
        Assert.Equal(["REST", "WORK", "GONE"], Rank(later, fleet).Select(r => r.Vehicle.Plate));
    }

    [Fact]
    public void Rank_OfTheRefused_ThoseOfAnotherClassComeLast()
    {
        var trip = Trip() with { Needs = new() { Class = Sedan } };
        var van = Car("A") with { Class = Portal.Domain.Fleet.VehicleClassId.New() };
        Assert.Equal(["Z", "A"], Rank(trip, van, Car("Z") with { Position = null }).Select(r => r.Vehicle.Plate));
    }

    [Fact]
    public void Rank_ForAPickupOfTheNight_SaysThatTheCarIsInTime_NotThatItComesNow()
    {
        var night = Trip() with { PickupFrom = Now.AddHours(3), PickupUntil = Now.AddHours(3) };
        var busy = Car("B") with { FreeAt = Now.AddMinutes(5), FreeWhere = At(600, 0) };

        Assert.Equal((RankingCode.InTime, Now.AddHours(3)), First(Rank(night, Car("A", 600)).Single()));
        Assert.Equal((RankingCode.InTimeChained, Now.AddHours(3)), First(Rank(night, busy).Single()));

        static (RankingCode, DateTimeOffset) First(RankedVehicle ranked) => (ranked.Reasons[0].Code, (DateTimeOffset)ranked.Reasons[0].Args[0]);
    }

    [Fact]
    public void Rank_SaysHowLongTheDriverMayStillWork()
    {
        var left = Rank(Trip(), Car("A") with { AllowedLeft = TimeSpan.FromMinutes(310) }).Single().Reasons[^1];
        Assert.Equal(RankingCode.DriverTimeLeft, left.Code);
        Assert.Equal(TimeSpan.FromMinutes(310), left.Args[0]);
    }

    [Fact]
    public void Rank_WhenNobodyIsLate_DoesNotChargeWaitingBeforeTheWindow()
    {
        var later = Trip() with { PickupFrom = Now.AddHours(1), PickupUntil = Now.AddHours(2) };
        Assert.Equal(0.5 * 10, Rank(later, Car("A", 6000)).Single().Cost, 0.01);
    }

    [Fact]
    public void Rank_EqualCosts_OrderByPlate() =>
        Assert.Equal(["A1", "B1", "C1"], Rank(Trip(), Car("C1"), Car("A1"), Car("B1")).Select(r => r.Vehicle.Plate));

    public static TheoryData<RankingCode, VehicleCandidate> Unfit => new()
    {
        { RankingCode.NoDriver, Car("X") with { Driver = null } },
        { RankingCode.ShiftOver, Car("X") with { ShiftEnd = Now } },
        { RankingCode.ShiftTooShort, Car("X") with { ShiftEnd = Now.AddMinutes(19) } },
        { RankingCode.DriverTimeSpent, Car("X") with { AllowedLeft = TimeSpan.FromMinutes(19) } },
        { RankingCode.WrongClass, Car("X") with { Class = Portal.Domain.Fleet.VehicleClassId.New() } },
        { RankingCode.TooFewSeats, Car("X") with { Capacity = new(2, 400, 2m) } },
        { RankingCode.TooLittlePayload, Car("X") with { Capacity = new(4, 199, 2m) } },
        { RankingCode.TooLittleVolume, Car("X") with { Capacity = new(4, 400, 0.9m) } },
        { RankingCode.EquipmentMissing, Car("X") with { Equipment = ["tail-lift"] } },
        { RankingCode.NoPosition, Car("X") with { Position = null } },
        { RankingCode.PositionStale, Car("X") with { PositionAt = Now.AddMinutes(-16) } },
        { RankingCode.OutOfReach, Car("X", 40_000) with { Equipment = ["child-seat"] } },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void Rank_AnUnfitVehicle_IsLastAndSaysWhy(RankingCode why, VehicleCandidate unfit)
    {
        var trip = Trip() with { Passengers = 3, Needs = new() { Class = Sedan, PayloadKg = 200, VolumeM3 = 1, Equipment = ["child-seat"] } };
        if (why != RankingCode.EquipmentMissing) unfit = unfit with { Equipment = ["child-seat"] };
        var ranked = Rank(trip, unfit, Car("OK", 5000) with { Equipment = ["child-seat"] });
        Assert.Equal("OK", ranked[0].Vehicle.Plate);
        Assert.True(ranked[1].Refused);
        Assert.Equal(why, Assert.Single(ranked[1].Reasons).Code);
        Assert.True(ranked[1].Reasons[0].IsRefusal);
    }

    [Fact]
    public void Rank_AVehicleThatLacksSeveralThings_NamesThemAll()
    {
        var trip = Trip() with { Needs = new() { Equipment = ["child-seat", "tail-lift", "trailer"] } };

        var reason = Assert.Single(Rank(trip, Car("X") with { Equipment = ["tail-lift"] }).Single().Reasons);

        Assert.Equal((RankingCode.EquipmentMissing, "child-seat, trailer"), (reason.Code, reason.Args[0]));
    }

    [Fact]
    public void Rank_ABusyVehicle_SetsOutFromWhereItWillBeFree()
    {
        var busy = Car("B", 50_000) with { FreeAt = Now.AddMinutes(5), FreeWhere = At(600, 0) };
        Assert.Equal(Now.AddMinutes(6), Rank(Trip(), busy).Single().Arrival!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void FleetMeans_LeaveOutThoseAvailableLessThanHalf() =>
        Assert.Equal(1000, FleetMeans.Of([Car("A") with { Km28 = 1000, DaysAvailable = 14 }, Car("B") with { Km28 = 9, DaysAvailable = 13 }]).Km28);

    [Fact]
    public void Rank_OfReenactedAndReal_DoesNotMixThem()
    {
        var (real, played) = (Car("REAL"), Car("PLAYED") with { IsReenacted = true });

        Assert.Equal([RankingCode.Arrives, RankingCode.Reenacted], Rank(Trip(), played, real).Select(r => r.Reasons[0].Code));
        Assert.Equal([RankingCode.Arrives, RankingCode.Reenacted], Rank(Trip() with { IsReenacted = true }, real, played).Select(r => r.Reasons[0].Code));
    }
}
