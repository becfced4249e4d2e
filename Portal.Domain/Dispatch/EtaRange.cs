namespace Portal.Domain.Dispatch;

/// <summary>How far past drives of that length came apart from what was expected: one of ten was sooner, one of ten was later than this.</summary>
/// <param name="Sooner">From the tenth percentile to the expected moment.</param>
/// <param name="Later">From the expected moment to the ninetieth percentile.</param>
public readonly record struct EtaRange(TimeSpan Sooner, TimeSpan Later)
{
    /// <summary>A range narrower than this says nothing that a dispatcher would act on.</summary>
    public static readonly TimeSpan Wide = TimeSpan.FromMinutes(2);

    /// <summary>Whole minutes either way that cover the range, or null while it is not wide.</summary>
    public int? Minutes => Widest >= Wide ? (int)Math.Round(Widest.TotalMinutes) : null;

    private TimeSpan Widest => Sooner > Later ? Sooner : Later;

    /// <summary>The range after one more way; the errors of two ways are taken for independent.</summary>
    public EtaRange After(EtaRange way) => new(Both(Sooner, way.Sooner), Both(Later, way.Later));

    private static TimeSpan Both(TimeSpan a, TimeSpan b) => TimeSpan.FromSeconds(Math.Sqrt((a.TotalSeconds * a.TotalSeconds) + (b.TotalSeconds * b.TotalSeconds)));
}

/// <summary>Expected time of a way and the range of past error on ways of that length.</summary>
public readonly record struct LegTime(TimeSpan Expected, EtaRange Range)
{
    /// <summary>A time nobody knows the error of.</summary>
    public static implicit operator LegTime(TimeSpan expected) => new(expected, default);
}
