using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// The streets and the travel-time estimator now in force, one for all who ask. Whoever learns more (a map layer was added,
/// trips were completed) exchanges them; readers keep what they took.
/// </summary>
public sealed class Roads
{
    private State now = new(new TravelTimeEstimator(null, TravelExperience.None, TimeZoneInfo.Utc), null);

    /// <summary>The one source of travel times; over great circles while no streets are known.</summary>
    public TravelTimeEstimator Estimator => Volatile.Read(ref now).Estimator;

    /// <summary>House numbers to points and back; null while no streets are known.</summary>
    public StreetDirectory? Streets => Volatile.Read(ref now).Streets;

    /// <summary>Puts other knowledge in force.</summary>
    public void Replace(TravelTimeEstimator estimator, StreetDirectory? streets) => Volatile.Write(ref now, new(estimator, streets));

    private sealed record State(TravelTimeEstimator Estimator, StreetDirectory? Streets);
}
