namespace Portal.Domain.Dispatch;

/// <summary>Why a vehicle stands where it stands in a ranking. The text of each is <c>ranking.&lt;code&gt;</c>; the comment names its places.</summary>
public enum RankingCode
{
    // What speaks for or against an allowed vehicle.
    /// <summary>Stands at the pickup at {0} (UTC instant) after {1} minutes of driving.</summary>
    Arrives,
    /// <summary>Is there before the window begins at {0} (UTC instant), after {1} minutes of driving.</summary>
    InTime,
    /// <summary>Is there before the window begins at {0} (UTC instant): busy until {1} (UTC instant), then {2} minutes of driving.</summary>
    InTimeChained,
    /// <summary>Stands at the pickup at {0} (UTC instant): busy until {1} (UTC instant), then {2} minutes of driving.</summary>
    ArrivesChained,
    /// <summary>The driver has a break.</summary>
    OnBreak,
    /// <summary>Goes to another pickup afterwards, where it is awaited at {0} (UTC instant).</summary>
    BeforeNext,
    /// <summary>Goes to another pickup afterwards, and stands there only at {0} (UTC instant), {1} minutes later than without this trip.</summary>
    DelaysNext,
    /// <summary>{0} minutes beyond the promise.</summary>
    Late,
    /// <summary>Takes {0} people.</summary>
    Seats,
    /// <summary>{0} km today, {1} under the mean of those at work.</summary>
    KmUnderMean,
    /// <summary>{0} km today, {1} over the mean of those at work.</summary>
    KmOverMean,
    /// <summary>{0} km today, as much as is usual.</summary>
    KmAtMean,
    /// <summary>The driver worked {0} (duration) today, {1} under the mean of those at work.</summary>
    HoursUnderMean,
    /// <summary>The driver worked {0} (duration) today, {1} over the mean of those at work.</summary>
    HoursOverMean,
    /// <summary>The driver worked {0} (duration) today, as much as is usual.</summary>
    HoursAtMean,
    /// <summary>The driver has {0} (duration) left.</summary>
    DriverTimeLeft,

    // Why a vehicle is refused.
    /// <summary>No driver has an open shift on it.</summary>
    NoDriver,
    /// <summary>The shift ended at {0} (UTC instant).</summary>
    ShiftOver,
    /// <summary>The trip would end after the shift, which ends at {0} (UTC instant).</summary>
    ShiftTooShort,
    /// <summary>The driver may work only {0} (duration) longer.</summary>
    DriverTimeSpent,
    /// <summary>Another class of vehicle is asked for.</summary>
    WrongClass,
    /// <summary>{0} seats of {1} needed.</summary>
    TooFewSeats,
    /// <summary>{0} kg of {1} needed.</summary>
    TooLittlePayload,
    /// <summary>{0} m³ of {1} needed.</summary>
    TooLittleVolume,
    /// <summary>Equipment {0} is not on board.</summary>
    EquipmentMissing,
    /// <summary>Nobody knows where it is.</summary>
    NoPosition,
    /// <summary>It last reported {0} (duration) ago.</summary>
    PositionStale,
    /// <summary>The pickup is out of reach.</summary>
    OutOfReach,
    /// <summary>A re-enactment plays either it or the trip, and the other is real.</summary>
    Reenacted,
}

/// <summary>One reason with the values for its text.</summary>
public sealed record RankingReason(RankingCode Code, params IReadOnlyList<object> Args)
{
    /// <summary>True for a reason that forbids the vehicle.</summary>
    public bool IsRefusal => Code >= RankingCode.NoDriver;
}
