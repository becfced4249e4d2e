using Portal.Domain.Identity;
using Portal.Infrastructure.Clients.Intake;
using Portal.Infrastructure.Imports;
using Portal.Web.Shared;

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
    [InlineData("Plate,Date,Time,Lat,Lon", "vehicle,day,time,latitude,longitude")]
    [InlineData("Nr. auto;Data;Ora;Latitudine;Longitudine", "vehicle,day,time,latitude,longitude")]
    public void Guess_ForTracks_FindsTheColumns(string header, string expected) => Assert.Equal(expected, Guess(Tracks, header));

    [Theory]
    [InlineData("pickup_utc,cab_id,pickup_lat,pickup_lon,dropoff_utc,dropoff_lat,dropoff_lon,next_vacant_utc,gps_points",
        "pickup-time,vehicle,pickup-latitude,pickup-longitude,dropoff-time,dropoff-latitude,dropoff-longitude,,")]
    [InlineData("Номер заказа;Машина;Водитель;Время подачи;Окончание;Откуда;Куда;Заказчик;Телефон", "number,vehicle,driver,pickup-time,dropoff-time,pickup-address,dropoff-address,caller,phone")]
    [InlineData("№ заявки;Дата подачи;Дата высадки;Гос. номер;ФИО водителя;Пассажиры;Кол-во мест", "number,pickup-time,dropoff-time,vehicle,driver,passengers,")]
    [InlineData("Широта откуда;Долгота откуда;Широта куда;Долгота куда;Откуда;Куда;Авто;Дата и время подачи;Время прибытия",
        "pickup-latitude,pickup-longitude,dropoff-latitude,dropoff-longitude,pickup-address,dropoff-address,vehicle,pickup-time,dropoff-time")]
    [InlineData("№ замовлення;Дата подачі;Час завершення;Держ. номер;Широта звідки;Довгота звідки;Широта куди;Довгота куди;Пасажири;ПІБ пасажира",
        "number,pickup-time,dropoff-time,vehicle,pickup-latitude,pickup-longitude,dropoff-latitude,dropoff-longitude,passengers,caller")]
    [InlineData("Nr. cursă;Data și ora preluării;Ora sosirii;Nr. auto;Latitudine la;Latitudine de la;Longitudine de la;Longitudine la;De la;La;Număr de pasageri",
        "number,pickup-time,dropoff-time,vehicle,dropoff-latitude,pickup-latitude,pickup-longitude,dropoff-longitude,pickup-address,dropoff-address,passengers")]
    [InlineData("No. pesanan;Tanggal jemput;Jam tiba;Nopol;Lintang asal;Bujur asal;Lintang tujuan;Bujur tujuan;Jumlah penumpang;Nama pemesan;No. HP",
        "number,pickup-time,dropoff-time,vehicle,pickup-latitude,pickup-longitude,dropoff-latitude,dropoff-longitude,passengers,caller,phone")]
    [InlineData("Booking ID,Pick-up time,Arrival time,License plate,From (lat),From (lng),To (lat),To (lng),Pax",
        "number,pickup-time,dropoff-time,vehicle,pickup-latitude,pickup-longitude,dropoff-latitude,dropoff-longitude,passengers")]
    [InlineData("Машина;Дата поездки;Время подачи;Время высадки;Откуда;Куда", "vehicle,day,pickup-time,dropoff-time,pickup-address,dropoff-address")]
    [InlineData("Машина;Дата;Начало;Окончание;Откуда;Куда", "vehicle,day,pickup-time,dropoff-time,pickup-address,dropoff-address")]
    [InlineData("Nr. auto;Data preluării;Ora preluării;Data sosirii;Ora sosirii", "vehicle,day,pickup-time,dropoff-day,dropoff-time")]
    [InlineData("Vehicle,Pickup date,Pickup time,Dropoff date,Dropoff time", "vehicle,day,pickup-time,dropoff-day,dropoff-time")]
    public void Guess_ForTrips_FindsTheColumns(string header, string expected) => Assert.Equal(expected, Guess(Trips, header));

    /// <summary>Whoever writes above his columns what Portal calls them is understood, in any of its languages.</summary>
    [Theory]
    [InlineData("trips")]
    [InlineData("tracks")]
    public void Guess_OfPortalsOwnWords_FindsEveryColumn(string kind)
    {
        var (columns, words) = (kind == "trips" ? Trips : Tracks, new TextCatalog(typeof(Texts).Assembly));
        foreach (var language in Languages.All.Select(l => l.Code))
            Assert.Equal(columns.Select(c => c.Code), Guess(columns, [.. columns.Select(c => words.Find($"import.column.{kind}.{c.Code}", language)!)]).Split(','));
    }

    /// <summary>No heading says two things: which one it is taken for would be chance.</summary>
    [Fact]
    public void Synonyms_OfTwoColumns_AreNeverTheSame()
    {
        foreach (var columns in new[] { Trips, Tracks })
            Assert.Empty(columns.SelectMany(c => c.Synonyms.Select(s => (c.Code, Words: string.Join(' ', ColumnMap.Normalised(s).Split(' ').Order(StringComparer.Ordinal)))))
                .Distinct().GroupBy(s => s.Words).Where(g => g.Count() > 1).Select(g => g.Key));
    }

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

    private static string Guess(IReadOnlyList<ImportColumn> columns, string header) => Guess(columns, header.Split(',', ';'));

    private static string Guess(IReadOnlyList<ImportColumn> columns, string[] headings)
    {
        var map = ColumnMap.Guess(columns, headings);
        return string.Join(',', headings.Select((_, i) => map.FirstOrDefault(m => m.Value == i).Key));
    }
}
