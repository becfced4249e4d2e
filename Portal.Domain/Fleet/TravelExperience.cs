namespace Portal.Domain.Fleet;

/// <summary>A completed drive beside its uncorrected estimate. <see cref="HourOfWeek"/>: 24 × day + hour, Sunday 0, local time.</summary>
public readonly record struct PastDrive(bool ByRoad, int HourOfWeek, double Metres, double EstimatedSeconds, double ActualSeconds);

/// <summary>
/// What completed trips teach about estimates: a factor per kind of estimate, hour of the week and distance band, and the
/// spread of what remains per band. Bands double in width: below 1 km, 1–2, 2–4 … above 64 km.
/// A factor is the ratio of summed times, drawn towards that of its band, and this towards 1, by
/// <see cref="Prior"/> seconds of pretended experience, so that a few odd trips do not bend it.
/// </summary>
public sealed class TravelExperience
{
    private const int Bands = 8, Hours = 168;
    /// <summary>Weight of what is believed before the data speaks, seconds of estimated driving (about ten trips).</summary>
    private const double Prior = 6000;
    /// <summary>Fewer drives than this in a band say nothing about its spread.</summary>
    private const int EnoughDrives = 20;
    /// <summary>Spread before there is experience: eight of ten within these shares of the estimate.</summary>
    private static readonly (double P10, double P90) Untaught = (0.8, 1.35);

    private readonly double[] factors = new double[2 * Bands * Hours];
    private readonly (double P10, double P90)[] spreads = new (double, double)[Bands];

    /// <summary>No experience: every factor is 1.</summary>
    public static readonly TravelExperience None = Learn([]);

    private TravelExperience() { }

    /// <summary>The least factor that any estimate may be multiplied by.</summary>
    public double LeastFactor { get; private set; }

    /// <summary>Learns from completed drives. Drives without a time, and those five times off either way (a stop was counted in, a clock was wrong), are left out.</summary>
    public static TravelExperience Learn(IEnumerable<PastDrive> drives)
    {
        var learned = new TravelExperience();
        var usable = drives.Where(d => d.EstimatedSeconds > 0 && d.ActualSeconds / d.EstimatedSeconds is > 0.2 and < 5).ToList();
        var bandSums = new (double Actual, double Estimated)[2 * Bands];
        var cellSums = new (double Actual, double Estimated)[learned.factors.Length];
        foreach (var drive in usable)
        {
            Add(ref bandSums[Kind(drive.ByRoad) * Bands + Band(drive.Metres)], drive);
            Add(ref cellSums[Cell(drive.ByRoad, drive.HourOfWeek, drive.Metres)], drive);
        }
        for (var cell = 0; cell < cellSums.Length; cell++)
        {
            var band = Ratio(bandSums[cell / Hours], 1);
            learned.factors[cell] = Ratio(cellSums[cell], band);
        }
        learned.LeastFactor = learned.factors.Min();
        foreach (var band in Enumerable.Range(0, Bands))
        {
            var ratios = usable.Where(d => Band(d.Metres) == band)
                .Select(d => d.ActualSeconds / (d.EstimatedSeconds * learned.Factor(d.ByRoad, d.HourOfWeek, d.Metres)))
                .Order().ToList();
            learned.spreads[band] = ratios.Count < EnoughDrives ? Untaught : (Quantile(ratios, 0.1), Quantile(ratios, 0.9));
        }
        return learned;
    }

    /// <summary>What to multiply an estimate by.</summary>
    public double Factor(bool byRoad, int hourOfWeek, double metres) => factors[Cell(byRoad, hourOfWeek, metres)];

    /// <summary>Shares of the corrected estimate between which eight of ten past drives of that length fell.</summary>
    public (double P10, double P90) Spread(double metres) => spreads[Band(metres)];

    private static int Kind(bool byRoad) => byRoad ? 1 : 0;

    private static int Band(double metres) => metres <= 1000 ? 0 : Math.Min(Bands - 1, (int)Math.Ceiling(Math.Log2(metres / 1000)));

    private static int Cell(bool byRoad, int hourOfWeek, double metres) => (Kind(byRoad) * Bands + Band(metres)) * Hours + hourOfWeek;

    private static void Add(ref (double Actual, double Estimated) sum, PastDrive drive) =>
        sum = (sum.Actual + drive.ActualSeconds, sum.Estimated + drive.EstimatedSeconds);

    private static double Ratio((double Actual, double Estimated) sum, double believed) =>
        (sum.Actual + Prior * believed) / (sum.Estimated + Prior);

    private static double Quantile(List<double> sorted, double share)
    {
        var place = share * (sorted.Count - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
