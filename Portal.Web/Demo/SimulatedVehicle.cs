using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Demo;

namespace Portal.Web.Demo;

/// <summary>A vehicle that drives along streets. It decides where to; whoever owns it moves its clock and sends what it reports.</summary>
internal sealed class SimulatedVehicle(DemoVehicle vehicle, RoadGraph roads, Random random)
{
    private const double WithinM = 25;
    private IReadOnlyList<GeoPoint> way = [];
    private GeoPoint? target;
    private int leg;
    private double speedKmh = 34;
    private DateTimeOffset notBefore, reported;

    /// <summary>Vehicle and tracker.</summary>
    public DemoVehicle Vehicle => vehicle;
    /// <summary>Where it is.</summary>
    public GeoPoint At { get; private set; } = vehicle.Home;
    /// <summary>Heading in degrees.</summary>
    public double HeadingDeg { get; private set; }
    /// <summary>Speed now, km/h; 0 while it stands.</summary>
    public double SpeedKmh => IsDriving ? speedKmh : 0;

    private bool IsDriving => leg < way.Count;

    /// <summary>Puts it somewhere without driving, as when the simulation goes on after a pause.</summary>
    public void PutAt(GeoPoint point) => At = point;

    /// <summary>Lets the driver look at the trip before him (or none). Returns the state he brings the trip to now, or null.</summary>
    public TripState? Decide(DemoJob? job, DateTimeOffset now)
    {
        if (now < notBefore) return null;
        if (job is null)
        {
            if (!IsDriving && At.DistanceTo(vehicle.Home) > 400 && random.Next(60) == 0) DriveTo(vehicle.Home);
            return null;
        }
        return job.State switch
        {
            TripState.Assigned => After(now, 6, 20, TripState.Accepted),
            TripState.Accepted when now > job.PickupFrom.AddMinutes(-12) => After(now, 5, 25, TripState.OnTheWay),
            TripState.OnTheWay when Reached(job.Pickup) => After(now, 2, 6, TripState.Arrived),
            TripState.Arrived when now >= job.PickupFrom.AddMinutes(-4) => After(now, 25, 70, TripState.OnBoard),
            TripState.OnBoard when Reached(job.Dropoff) => After(now, 10, 40, TripState.Completed),
            _ => null,
        };
    }

    /// <summary>Drives for so many seconds.</summary>
    public void Move(double seconds)
    {
        if (IsDriving && random.Next(12) == 0) speedKmh = Math.Clamp(speedKmh + random.Next(-9, 10), 18, 56);
        for (var metres = speedKmh / 3.6 * seconds; IsDriving && metres > 0;)
        {
            var next = way[leg];
            var left = At.DistanceTo(next);
            if (left > 1) HeadingDeg = At.BearingTo(next);
            if (left > metres)
            {
                var share = metres / left;
                At = new GeoPoint(At.Latitude + (next.Latitude - At.Latitude) * share, At.Longitude + (next.Longitude - At.Longitude) * share);
                return;
            }
            At = next;
            metres -= left;
            leg++;
        }
    }

    /// <summary>True when the tracker speaks: every two seconds on the move, every twenty standing.</summary>
    public bool Reports(DateTimeOffset now)
    {
        if (now - reported < TimeSpan.FromSeconds(IsDriving ? 2 : 20)) return false;
        reported = now;
        return true;
    }

    /// <summary>True at the point; else it drives there.</summary>
    private bool Reached(GeoPoint point)
    {
        if (target != point) DriveTo(point);
        return !IsDriving;
    }

    private TripState After(DateTimeOffset now, int least, int most, TripState then)
    {
        notBefore = now.AddSeconds(random.Next(least, most));
        return then;
    }

    private void DriveTo(GeoPoint point)
    {
        target = point;
        leg = 0;
        way = At.DistanceTo(point) < WithinM ? []
            : roads.Snap(At, 2000) is { } from && roads.Snap(point, 2000) is { } to && roads.Route(from, to) is { } route ? route.Line
            : [point];
    }
}
