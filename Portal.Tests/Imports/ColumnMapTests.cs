using Portal.Infrastructure.Clients.Intake;
using Portal.Infrastructure.Imports;

namespace Portal.Tests.Imports;

public sealed class ColumnMapTests
{
    private static readonly IReadOnlyList<ImportColumn> Tracks = new TracksImport(null!, null!, null!, TimeProvider.System).Columns;
    private static readonly IReadOnlyList<ImportColumn> Trips = new TripsImport(null!, null!, null!).Columns;

    [Theory]
    [InlineData("time_utc,cab_id,lat,lon,occupied", "time,vehicle,latitude,longitude,occupied")]
    [InlineData("DateTime,Speed (km/h),LATITUDE,Longitude,Plate", "time,speed,latitude,longitude,vehicle")]
    [InlineData("Госномер,Дата и время,Широта,Долгота,Скорость", "vehicle,time,latitude,longitude,speed")]
    [InlineData("Держномер,Дата і час,Широта,Довгота,Швидкість", "vehicle,time,latitude,longitude,speed")]
    [InlineData("Număr de înmatriculare,Ora,Latitudine,Longitudine,Viteză", "vehicle,time,latitude,longitude,speed")]
    [InlineData("Nomor polisi,Waktu,Lintang,Bujur,Kecepatan", "vehicle,time,latitude,longitude,speed")]
    [InlineData("gpsTime,vehicleId,lng,lat", "time,vehicle,longitude,latitude")]
    public void Guess_ForTracks_FindsTheColumns(string header, string expected) => Assert.Equal(expected, Guess(Tracks, header));

    [Theory]
    [InlineData("pickup_utc,cab_id,pickup_lat,pickup_lon,dropoff_utc,dropoff_lat,dropoff_lon,next_vacant_utc,gps_points",
        "pickup-time,vehicle,pickup-latitude,pickup-longitude,dropoff-time,dropoff-latitude,dropoff-longitude,,")]
    [InlineData("Номер заказа;Машина;Водитель;Время подачи;Окончание;Откуда;Куда;Заказчик;Телефон", "number,vehicle,driver,pickup-time,dropoff-time,pickup-address,dropoff-address,caller,phone")]
    public void Guess_ForTrips_FindsTheColumns(string header, string expected) => Assert.Equal(expected, Guess(Trips, header));

    [Theory]
    [InlineData("Клиент;Ответственный менеджер")]
    [InlineData("Клієнт;Відповідальний менеджер")]
    [InlineData("Denumire;Persoană responsabilă")]
    [InlineData("Klien;Manajer penjualan")]
    [InlineData("Customer;Sales manager")]
    public void Guess_ForClients_KnowsWhoAnswersForThem(string header) => Assert.Equal("name,responsible", Guess(ClientColumns.All, header));

    [Fact]
    public void Guess_WithUnknownHeadings_FindsNothing() => Assert.Equal(",,", Guess(Tracks, "alpha,beta,gamma"));

    [Fact]
    public void Signature_DependsOnTheHeadingsAlone()
    {
        Assert.Equal(ColumnMap.Signature(["Pickup Lat", "cab_id"]), ColumnMap.Signature(["pickup_lat", "Cab ID"]));
        Assert.NotEqual(ColumnMap.Signature(["cab_id", "pickup_lat"]), ColumnMap.Signature(["pickup_lat", "cab_id"]));
    }

    private static string Guess(IReadOnlyList<ImportColumn> columns, string header)
    {
        var headings = header.Split(',', ';');
        var map = ColumnMap.Guess(columns, headings);
        return string.Join(',', headings.Select((_, i) => map.FirstOrDefault(m => m.Value == i).Key));
    }
}
