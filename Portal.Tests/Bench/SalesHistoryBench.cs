using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;

namespace Portal.Bench;

/// <summary>A file of sales, taken in by the product's own line, beside a bare COPY of as many lines into a table with the same indexes.</summary>
internal static class SalesHistoryBench
{
    private const int Products = 4_000, Clients = 5_000, LinesOfADocument = 20;

    private static readonly Actor Bringer = Actor.System("bench") with { UserId = Guid.NewGuid() };

    /// <summary>Reports <c>orders.import</c>, lines a second from the uploaded file to the last line taken in, check included (limit 20,000); a small file goes before it.</summary>
    public static async Task RunAsync(Measurements measurements, IServiceProvider services, NpgsqlDataSource owner)
    {
        var count = measurements.Quick ? 20_000 : 400_000;
        // a running Portal has compiled its code
        await TakeInAsync(services, "W", 20_000);
        var began = Stopwatch.GetTimestamp();
        await TakeInAsync(services, "S", count);
        var rate = count / Stopwatch.GetElapsedTime(began).TotalSeconds;
        await using var connection = await owner.OpenConnectionAsync();
        await using (var counted = new NpgsqlCommand("select count(*)::int from sales.sale_line where document like 'S-%'", connection))
            if ((int)(await counted.ExecuteScalarAsync())! != count) throw new InvalidOperationException("Lines are missing.");
        measurements.Report($"{OrdersBench.Name}.import", rate, "lines/s", await CopiedAsync(connection, count));
    }

    private static async Task<double> CopiedAsync(NpgsqlConnection connection, int count)
    {
        await using (var table = new NpgsqlCommand("create table sales.bare (like sales.sale_line including indexes including identity)", connection)) await table.ExecuteNonQueryAsync();
        var lines = new List<(Guid Company, string Document, int Line, DateOnly Day, Guid? Partner, Guid Product, decimal Quantity, decimal Revenue)>();
        await using (var read = new NpgsqlCommand("select company, document, line, day, partner, product, quantity, revenue from sales.sale_line where document like 'S-%' order by id", connection))
        await using (var rows = await read.ExecuteReaderAsync())
            while (await rows.ReadAsync()) lines.Add((rows.GetGuid(0), rows.GetString(1), rows.GetInt32(2), rows.GetFieldValue<DateOnly>(3), rows.IsDBNull(4) ? null : rows.GetGuid(4), rows.GetGuid(5), rows.GetDecimal(6), rows.GetDecimal(7)));
        var began = Stopwatch.GetTimestamp();
        await using (var copy = await connection.BeginBinaryImportAsync("copy sales.bare (company, document, line, day, partner, product, quantity, revenue) from stdin (format binary)"))
        {
            foreach (var line in lines)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(line.Company, NpgsqlDbType.Uuid);
                await copy.WriteAsync(line.Document, NpgsqlDbType.Text);
                await copy.WriteAsync(line.Line, NpgsqlDbType.Integer);
                await copy.WriteAsync(line.Day, NpgsqlDbType.Date);
                if (line.Partner is { } partner) await copy.WriteAsync(partner, NpgsqlDbType.Uuid);
                else await copy.WriteNullAsync();
                await copy.WriteAsync(line.Product, NpgsqlDbType.Uuid);
                await copy.WriteAsync(line.Quantity, NpgsqlDbType.Numeric);
                await copy.WriteAsync(line.Revenue, NpgsqlDbType.Numeric);
            }
            await copy.CompleteAsync();
        }
        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task TakeInAsync(IServiceProvider services, string series, int count)
    {
        var (line, work) = (services.GetRequiredService<ImportLine>(), services.GetRequiredService<ImportWork>());
        var run = await line.UploadAsync("sales-history", "sold.csv", new MemoryStream(Encoding.UTF8.GetBytes(File(series, count))), Bringer, default);
        await line.DecideAsync(run.Id, new() { Source = "sold", Map = run.Map, TimeZone = "UTC", CreateMissing = true, Decimals = run.Decimals }, Bringer, default);
        await line.CheckAsync(run.Id, Bringer, default);
        await work.RunAsync(run.Id, default);
        await line.ApplyAsync(run.Id, Bringer, default);
        await work.RunAsync(run.Id, default);
    }

    // few goods and clients make most of the lines; a quarter is sold to nobody knows whom, and one in fifty comes back
    private static string File(string series, int count)
    {
        var (text, random) = (new StringBuilder("invoice,date,stock code,description,quantity,unit price,customer,country\n"), new Random(11));
        for (var i = 0; i < count; i++)
        {
            var (document, day) = (i / LinesOfADocument, new DateOnly(2023, 1, 1).AddDays((int)((long)i * 700 / count)));
            var client = document % 4 == 0 ? "" : $"Client {(int)(Clients * Math.Pow(document * 0.6180339887 % 1, 3))}";
            var product = (int)(Products * Math.Pow(random.NextDouble(), 3));
            text.Append(CultureInfo.InvariantCulture, $"{series}-{document},{day:yyyy-MM-dd},P-{product},Part {product},{(random.Next(50) == 0 ? -1 : 1 + random.Next(12))},{random.Next(1, 5000) / 100m},{client},Norway\n");
        }
        return text.ToString();
    }
}
