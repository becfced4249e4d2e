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
        new("vehicle", true, [.. VehicleWords.Usual]),
        new("pickup-time", true, "pickup utc", "pickup time", "pickup datetime", "pickup date", "pickup date time", "pickup at", "pickup", "pick up time", "pick up date", "start time", "start date", "started at", "begin",
            "departure", "departure time", "departure date",
            "время посадки", "время подачи", "дата подачи", "дата и время подачи", "дата время подачи", "дата посадки", "дата и время посадки", "время начала", "дата начала", "дата и время начала", "начало", "начало поездки",
            "время выезда", "дата выезда", "выезд", "время отправления", "дата отправления", "дата поездки", "подача", "посадка",
            "час посадки", "час подачі", "дата подачі", "дата і час подачі", "дата та час подачі", "дата посадки", "дата і час посадки", "дата та час посадки", "час початку", "дата початку", "початок", "початок поїздки",
            "час виїзду", "дата виїзду", "виїзд", "час відправлення", "дата відправлення", "дата поїздки",
            "ora preluarii", "data preluarii", "data si ora preluarii", "ora preluare", "data preluare", "ora plecarii", "data plecarii", "data si ora plecarii", "plecare", "ora inceput", "data inceput", "inceput", "inceputul cursei", "data cursei",
            "waktu jemput", "tanggal jemput", "jam jemput", "waktu penjemputan", "tanggal penjemputan", "waktu berangkat", "tanggal berangkat", "jam berangkat", "waktu mulai", "tanggal mulai", "mulai", "tanggal perjalanan"),
        new("dropoff-time", true, "dropoff utc", "dropoff time", "dropoff datetime", "dropoff date", "dropoff at", "dropoff", "drop off time", "drop off date", "end time", "end date", "ended at", "end", "finish", "finish time", "finished at",
            "arrival", "arrival time", "arrival date", "completed at", "completion time",
            "время высадки", "дата высадки", "дата и время высадки", "высадка", "время прибытия", "дата прибытия", "прибытие", "время окончания", "дата окончания", "дата и время окончания", "окончание", "окончание поездки",
            "время завершения", "дата завершения", "дата и время завершения", "завершение", "конец", "конец поездки",
            "час висадки", "дата висадки", "дата і час висадки", "дата та час висадки", "висадка", "час прибуття", "дата прибуття", "прибуття", "час завершення", "дата завершення", "дата і час завершення", "дата та час завершення", "завершення",
            "час закінчення", "дата закінчення", "закінчення", "кінець", "кінець поїздки",
            "ora sosirii", "data sosirii", "data si ora sosirii", "ora sosire", "data sosire", "sosire", "ora coborarii", "data coborarii", "ora sfarsit", "data sfarsit", "sfarsit", "sfarsitul cursei",
            "waktu antar", "tanggal antar", "jam antar", "waktu turun", "waktu tiba", "tanggal tiba", "jam tiba", "waktu selesai", "tanggal selesai", "jam selesai", "selesai"),
        new("day", false, "day", "date", "день", "дата", "ziua", "data", "hari", "tanggal") { DayOf = "pickup-time" },
        new("dropoff-day", false, "dropoff day", "drop off day", "день высадки", "день висадки", "ziua sosirii", "hari antar") { DayOf = "dropoff-time" },
        new("pickup-latitude", false, Each(Latitude, Pickup)),
        new("pickup-longitude", false, Each(Longitude, Pickup)),
        new("dropoff-latitude", false, Each(Latitude, Dropoff)),
        new("dropoff-longitude", false, Each(Longitude, Dropoff)),
        new("pickup-address", false, ["from", "origin", "откуда", "пункт отправления", "отправление", "звідки", "пункт відправлення", "відправлення", "de la", "loc de plecare", "locul plecarii", "dari", "asal", .. Each(Address, Pickup)]),
        new("dropoff-address", false, ["to", "destination", "куда", "пункт назначения", "назначение", "куди", "пункт призначення", "призначення", "la", "destinatie", "destinatia", "locul sosirii", "ke", "tujuan", .. Each(Address, Dropoff)]),
        new("number", false, "trip id", "trip number", "trip no", "trip", "order", "order id", "order number", "order no", "request number", "request id", "request no", "booking", "booking id", "booking number",
            "номер заказа", "№ заказа", "заказ", "номер поездки", "№ поездки", "номер заявки", "№ заявки", "заявка", "номер рейса", "№ рейса", "рейс", "номер наряда", "№ наряда",
            "номер замовлення", "№ замовлення", "замовлення", "номер поїздки", "№ поїздки", "№ заявки", "номер рейсу", "№ рейсу",
            "numar comanda", "numarul comenzii", "nr comanda", "nr comenzii", "comanda", "numar cursa", "numarul cursei", "nr cursa", "nr cursei", "numar cerere", "nr cerere", "cerere",
            "nomor pesanan", "no pesanan", "pesanan", "nomor order", "no order", "nomor perjalanan", "no perjalanan", "nomor permintaan", "no permintaan"),
        new("driver", false, "driver", "driver name", "chauffeur", "водитель", "фио водителя", "имя водителя", "шофер", "водій", "піб водія", "ім’я водія",
            "sofer", "nume sofer", "numele soferului", "conducator", "conducator auto", "pengemudi", "nama pengemudi", "sopir", "nama sopir", "supir"),
        new("caller", false, "caller", "caller name", "customer", "customer name", "client", "client name", "passenger", "passenger name", "requested by", "ordered by",
            "заказчик", "клиент", "пассажир", "заявитель", "имя клиента", "фио клиента", "фио пассажира", "имя пассажира", "имя заказчика", "контактное лицо",
            "замовник", "клієнт", "пасажир", "заявник", "ім’я клієнта", "піб клієнта", "піб пасажира", "ім’я пасажира", "контактна особа",
            "pasager", "nume pasager", "nume client", "numele clientului", "solicitant", "beneficiar", "persoana de contact",
            "pelanggan", "nama pelanggan", "klien", "nama klien", "nama penumpang", "pemesan", "nama pemesan"),
        new("phone", false, "phone", "phone number", "telephone", "tel", "contact phone", "телефон", "тел", "номер телефона", "телефон клиента", "контактный телефон", "номер телефону", "телефон клієнта", "контактний телефон",
            "telefon", "numar de telefon", "numar telefon", "nr telefon", "telepon", "nomor telepon", "no telepon", "no telp", "nomor hp", "no hp"),
        new("passengers", false, "passengers", "passenger count", "number of passengers", "no of passengers", "seats", "pax", "persons", "people",
            "пассажиры", "пассажиров", "количество пассажиров", "кол-во пассажиров", "число пассажиров", "количество человек", "кол-во человек", "человек", "чел", "мест",
            "пасажири", "пасажирів", "кількість пасажирів", "к-сть пасажирів", "кількість осіб", "осіб", "людей", "місць",
            "pasageri", "numar pasageri", "numar de pasageri", "numarul de pasageri", "nr pasageri", "persoane", "numar de persoane", "nr persoane", "calatori",
            "penumpang", "jumlah penumpang", "jumlah orang", "orang"),
        new("note", false, "note", "notes", "comment", "comments", "remark", "remarks", "примечание", "примечания", "комментарий", "заметка", "заметки", "примітка", "примітки", "коментар", "нотатка", "нотатки",
            "nota", "observatii", "comentariu", "comentarii", "mentiuni", "catatan", "keterangan", "komentar"),
    ];

    private static string[] Latitude => ["lat", "latitude", "широта", "latitudine", "latitudinea", "lintang"];
    private static string[] Longitude => ["lon", "lng", "long", "longitude", "долгота", "довгота", "longitudine", "longitudinea", "bujur"];
    private static string[] Address => ["address", "location", "place", "адрес", "место", "адреса", "місце", "adresa", "loc", "alamat", "lokasi", "tempat"];
    private static string[] Pickup =>
    [
        "pickup", "pick up", "start", "from", "origin", "откуда", "подачи", "посадки", "отправления", "начала", "звідки", "подачі", "відправлення", "початку",
        "de la", "preluare", "preluarii", "plecare", "plecarii", "jemput", "penjemputan", "asal", "dari", "awal",
    ];
    private static string[] Dropoff =>
    [
        "dropoff", "drop off", "end", "to", "destination", "куда", "высадки", "назначения", "прибытия", "окончания", "конца", "куди", "висадки", "призначення", "прибуття", "закінчення", "завершення",
        "la", "sosire", "sosirii", "destinatie", "destinatiei", "antar", "tujuan", "ke", "turun", "akhir",
    ];

    // What is asked of which end: a heading may say it in any order.
    private static string[] Each(string[] what, string[] end) => [.. what.SelectMany(w => end.Select(e => $"{w} {e}"))];

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

        public async Task<bool> CompareAsync(NpgsqlConnection connection, ImportReading reading, Func<double, Task<bool>> progress, CancellationToken ct)
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

        // Where both ends share a day, a drop-off before the pickup is of the next one.
        private static DateTimeOffset? DropoffTime(ImportRow row, DateTimeOffset? pickup)
        {
            var dropoff = row.RequiredTime("dropoff-time", "dropoff-day", "day");
            return dropoff < pickup && row.IsClock("dropoff-time") && row.Text("dropoff-day", 40) is null ? dropoff.Value.AddDays(1) : dropoff;
        }

        private static PastTrip Read(ImportRow row)
        {
            var (vehicle, pickup) = (row.RequiredText("vehicle", 20), row.RequiredTime("pickup-time", "day"));
            return new(
                vehicle, pickup, DropoffTime(row, pickup),
                new(row.Text("pickup-address", 300), row.Point("pickup-latitude", "pickup-longitude")),
                new(row.Text("dropoff-address", 300), row.Point("dropoff-latitude", "dropoff-longitude")),
                row.Text("number", 80), row.Text("driver", 200), row.Text("caller", 200), row.Text("phone", 40),
                (int)(row.Number("passengers", 0, 200) ?? 1), row.Text("note", 1000));
        }
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
