using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Imports;

/// <summary>
/// Past trips, taken in as completed with the vehicle that drove them. A trip is identified by its number in the file where
/// there is one, else by vehicle and pickup time; several rows of one such key are trips of their own, and those that say different things are counted. Trips under a minute, over three hours and faster than anybody drives are taken in and counted.
/// The planned way is the estimator's, as for an order taken today; a trip with a place that cannot be right has none.
/// </summary>
public sealed class TripsImport(ImportedFleet fleet, PlaceNames places, Roads roads) : IImportKind
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Long = TimeSpan.FromHours(3);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <inheritdoc/>
    public string Code => "trips";

    /// <inheritdoc/>
    public string Permission => Permissions.TripsImport;

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("vehicle", true, "vehicle", "vehicle id", "cab", "cab id", "car", "taxi", "taxi id", "plate", "medallion",
            "автомобиль", "машина", "госномер", "номер машины", "автомобіль", "держномер", "vehicul", "numar de inmatriculare", "masina", "kendaraan", "mobil", "nomor polisi"),
        new("pickup-time", true, "pickup utc", "pickup time", "pickup datetime", "pickup at", "start time", "started at", "begin",
            "время посадки", "время подачи", "начало", "час посадки", "час подачі", "початок", "ora preluarii", "inceput", "waktu jemput", "mulai"),
        new("dropoff-time", true, "dropoff utc", "dropoff time", "dropoff datetime", "dropoff at", "drop off time", "end time", "ended at", "end",
            "время высадки", "окончание", "конец", "час висадки", "кінець", "ora sosirii", "sfarsit", "waktu antar", "selesai"),
        new("pickup-latitude", false, "pickup lat", "pickup latitude", "start lat", "from lat", "широта посадки", "широта подачи", "широта подачі", "latitudine preluare", "lintang jemput"),
        new("pickup-longitude", false, "pickup lon", "pickup lng", "pickup longitude", "start lon", "from lon", "долгота посадки", "долгота подачи", "довгота посадки", "довгота подачі", "longitudine preluare", "bujur jemput"),
        new("dropoff-latitude", false, "dropoff lat", "dropoff latitude", "end lat", "to lat", "широта высадки", "широта висадки", "latitudine sosire", "lintang antar"),
        new("dropoff-longitude", false, "dropoff lon", "dropoff lng", "dropoff longitude", "end lon", "to lon", "долгота высадки", "довгота висадки", "longitudine sosire", "bujur antar"),
        new("pickup-address", false, "pickup address", "from", "from address", "откуда", "адрес подачи", "звідки", "адреса подачі", "de la", "adresa preluare", "dari", "alamat jemput"),
        new("dropoff-address", false, "dropoff address", "to", "to address", "куда", "адрес назначения", "куди", "адреса призначення", "la", "adresa sosire", "ke", "alamat antar"),
        new("number", false, "trip id", "trip number", "order", "order id", "order number", "номер заказа", "номер поездки", "номер замовлення", "номер поїздки", "numar comanda", "nomor pesanan"),
        new("driver", false, "driver", "driver name", "водитель", "водій", "sofer", "conducator", "pengemudi", "sopir"),
        new("caller", false, "caller", "customer", "client", "passenger", "заказчик", "клиент", "пассажир", "замовник", "клієнт", "пасажир", "client", "pasager", "pelanggan", "penumpang"),
        new("phone", false, "phone", "telephone", "телефон", "telefon", "telepon"),
        new("passengers", false, "passengers", "passenger count", "seats", "пассажиров", "мест", "пасажирів", "місць", "pasageri", "jumlah penumpang"),
        new("note", false, "note", "comment", "remarks", "примечание", "комментарий", "примітка", "коментар", "nota", "observatii", "catatan"),
    ];

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct) => new Pass(fleet, places, roads, run,
        await ImportedFleet.VehiclesAsync(run.Source, connection, ct), await ImportedFleet.DriversAsync(run.Source, connection, ct),
        await ImportedFleet.UsualDriversAsync(run.Source, connection, ct));

    private sealed class Pass(
        ImportedFleet fleet, PlaceNames places, Roads roads, ImportRun run, Dictionary<string, Guid> vehicles, Dictionary<string, Guid> drivers, Dictionary<Guid, Guid> usualDrivers) : IImportPass
    {
        public void Check(ImportRow row)
        {
            var trip = Read(row);
            if (trip.Pickup.IsNowhere) row.Refuse("no-place", "pickup");
            if (trip.Dropoff.IsNowhere) row.Refuse("no-place", "dropoff");
            if (trip.Vehicle is not null && trip.PickupTime is { } from && trip.DropoffTime is { } to)
            {
                if (to < from) row.Refuse("ends-before-start");
                if (to - from > Longest) row.Refuse("too-long-trip");
                if (to - from < Short) row.Note("short-trip");
                if (to - from > Long) row.Note("long-trip");
                if (trip.IsLeap) row.Note("leap");
                row.Document = trip.Number ?? $"{from.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture)} {trip.Vehicle.ToLowerInvariant()}";
            }
            if (run.CreateMissing) return;
            if (trip.Vehicle is not null && !vehicles.ContainsKey(trip.Vehicle)) row.Refuse("vehicle-unknown", trip.Vehicle);
            if (trip.Driver is not null && !drivers.ContainsKey(trip.Driver)) row.Refuse("driver-unknown", trip.Driver);
        }

        public async Task<bool> CompareAsync(NpgsqlConnection connection, ImportReading reading, Func<Task<bool>> stop, CancellationToken ct)
        {
            await new StagedRows(connection, run.Id).NoteDifferingAsync("same-number", ct);
            return true;
        }

        public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
        {
            var connection = (NpgsqlConnection)db.Database.GetDbConnection();
            var trips = rows.Select(Read).ToList();
            await EnsureCrewAsync(trips, ct);
            // Where streets are known, a way costs more than all the rest of its row.
            var ways = trips.AsParallel().AsOrdered().Select(WayOf).ToArray();
            await using var command = new NpgsqlCommand(InsertTrips, connection) { CommandTimeout = 0 };
            void Add<T>(NpgsqlDbType type, Func<PastTrip, T> value) =>
                command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = trips.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
            Add(NpgsqlDbType.Uuid, _ => TripId.New().Value);
            Add(NpgsqlDbType.Uuid, t => vehicles[t.Vehicle!]);
            Add(NpgsqlDbType.Uuid, DriverOf);
            Add(NpgsqlDbType.Text, t => t.Caller ?? run.Source);
            Add(NpgsqlDbType.Text, t => t.Phone);
            Add(NpgsqlDbType.Text, t => t.Pickup.Address ?? places.Of(t.Pickup.Point!.Value));
            Add(NpgsqlDbType.Double, t => t.Pickup.Point?.Latitude);
            Add(NpgsqlDbType.Double, t => t.Pickup.Point?.Longitude);
            Add(NpgsqlDbType.Text, t => t.Dropoff.Address ?? places.Of(t.Dropoff.Point!.Value));
            Add(NpgsqlDbType.Double, t => t.Dropoff.Point?.Latitude);
            Add(NpgsqlDbType.Double, t => t.Dropoff.Point?.Longitude);
            Add(NpgsqlDbType.TimestampTz, t => t.PickupTime!.Value.UtcDateTime);
            Add(NpgsqlDbType.TimestampTz, t => t.DropoffTime!.Value.UtcDateTime);
            Add(NpgsqlDbType.Integer, t => t.Passengers);
            Add(NpgsqlDbType.Text, t => t.Note);
            command.Parameters.Add(new NpgsqlParameter<double?[]> { TypedValue = Array.ConvertAll(ways, w => w is null ? null : (double?)Math.Round(w.Metres / 1000, 2)) });
            command.Parameters.Add(new NpgsqlParameter<int?[]> { TypedValue = Array.ConvertAll(ways, w => w is null ? null : (int?)Math.Round(w.Seconds)) });
            command.Parameters.Add(new() { Value = run.Source });
            command.Parameters.Add(new() { Value = run.ByUser });
            command.Parameters.Add(new() { Value = run.ByName });
            return (int)(await command.ExecuteScalarAsync(ct))!;
        }

        private TravelEstimate? WayOf(PastTrip trip) => trip is { IsLeap: false, Pickup.Point: { } from, Dropoff.Point: { } to }
            ? roads.Estimator.Estimate(from, to, trip.PickupTime!.Value) : null;

        private Guid? DriverOf(PastTrip trip)
        {
            if (trip.Driver is not null) return drivers[trip.Driver];
            return usualDrivers.TryGetValue(vehicles[trip.Vehicle!], out var usual) ? usual : null;
        }

        private async Task EnsureCrewAsync(List<PastTrip> trips, CancellationToken ct)
        {
            var plates = Missing(trips.Select(t => t.Vehicle!), vehicles);
            if (plates.Count > 0)
                foreach (var (plate, vehicle, driver) in await fleet.CreateVehiclesAsync(plates, run.Source, run.Importer, ct))
                {
                    vehicles[plate] = vehicle.Value;
                    usualDrivers[vehicle.Value] = driver.Value;
                }
            var names = Missing(trips.Where(t => t.Driver is not null).Select(t => t.Driver!), drivers);
            if (names.Count > 0)
                foreach (var (name, driver) in await fleet.CreateDriversAsync(names, run.Source, run.Importer, ct)) drivers[name] = driver.Value;
        }

        private static List<string> Missing(IEnumerable<string> names, Dictionary<string, Guid> known) =>
            names.Where(n => !known.ContainsKey(n)).Distinct(StringComparer.OrdinalIgnoreCase).ToList();

        private static PastTrip Read(ImportRow row) => new(
            row.RequiredText("vehicle", 20), row.RequiredTime("pickup-time"), row.RequiredTime("dropoff-time"),
            new(row.Text("pickup-address", 300), row.Point("pickup-latitude", "pickup-longitude")),
            new(row.Text("dropoff-address", 300), row.Point("dropoff-latitude", "dropoff-longitude")),
            row.Text("number", 80), row.Text("driver", 200), row.Text("caller", 200), row.Text("phone", 40),
            (int)(row.Number("passengers", 0, 200) ?? 1), row.Text("note", 1000));
    }

    private sealed record PastPlace(string? Address, GeoPoint? Point)
    {
        // A receiver without a fix says 0,0: nobody is picked up there.
        public bool IsNowhere => Address is null && Point is null or { Latitude: 0, Longitude: 0 };
    }

    private sealed record PastTrip(
        string? Vehicle, DateTimeOffset? PickupTime, DateTimeOffset? DropoffTime, PastPlace Pickup, PastPlace Dropoff,
        string? Number, string? Driver, string? Caller, string? Phone, int Passengers, string? Note)
    {
        public bool IsLeap => Pickup.Point is { } from && Dropoff.Point is { } to
            && from.DistanceTo(to) / 1000 / Math.Max(1.0 / 3600, (DropoffTime!.Value - PickupTime!.Value).TotalHours) > JumpFilter.MaxSpeedKmh;
    }

    // One statement writes the trips, their two events (taken in as requested, completed) and their search entries.
    private const string InsertTrips = """
        with row as (
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) as row (
                id, vehicle, driver, caller_name, caller_phone, pickup_address, pickup_latitude, pickup_longitude,
                dropoff_address, dropoff_latitude, dropoff_longitude, pickup_time, dropoff_time, passengers, note, planned_km, planned_seconds)
        ), trip as (
            insert into dispatch.trip (id, number, branch, caller_name, caller_phone, pickup_address, pickup_latitude, pickup_longitude,
                dropoff_address, dropoff_latitude, dropoff_longitude, pickup_from, pickup_until, passengers,
                needs_seats, needs_payload_kg, needs_volume_m3, needs_equipment, note, state, vehicle, driver,
                requested_at, assigned_at, boarded_at, ended_at, planned_km, planned_seconds, source)
            select r.id, nextval('dispatch.trip_number'), v.branch, r.caller_name, r.caller_phone, r.pickup_address, r.pickup_latitude, r.pickup_longitude,
                r.dropoff_address, r.dropoff_latitude, r.dropoff_longitude, r.pickup_time, r.pickup_time, r.passengers,
                r.passengers, 0, 0, '{}', r.note, 'Completed', r.vehicle, r.driver,
                r.pickup_time, r.pickup_time, r.pickup_time, r.dropoff_time, r.planned_km, r.planned_seconds, $18
            from row r join fleet.vehicle v on v.id = r.vehicle
            returning *
        ), event as (
            insert into dispatch.trip_event (id, trip, ordinal, action, state, vehicle, driver, at, by_user, by_name, reason)
            select gen_random_uuid(), trip.id, 1, 'Registered', 'Requested', null, null, trip.pickup_from, $19, $20, $18 from trip
            union all
            select gen_random_uuid(), trip.id, 2, 'Completed', 'Completed', trip.vehicle, trip.driver, trip.ended_at, $19, $20, $18 from trip
        ), entry as (
            insert into core.search_entry (kind, object_id, title, text)
            select 'Trip', id, '#' || number || ' ' || caller_name, trim(concat_ws(' ', pickup_address, dropoff_address, caller_phone)) from trip
        )
        select count(*)::int from trip
        """;
}
