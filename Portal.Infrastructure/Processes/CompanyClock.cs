using Npgsql;

namespace Portal.Infrastructure.Processes;

/// <summary>The instant with the offset of the company's time zone, so that "today" in a map is the company's day.</summary>
public sealed class CompanyClock(NpgsqlDataSource database, TimeProvider time)
{
    private TimeZoneInfo? zone;

    /// <summary>Reads the company's time zone once; UTC before a company is founded.</summary>
    public async ValueTask LoadAsync(CancellationToken ct)
    {
        if (zone is not null) return;
        await using var command = database.CreateCommand("select time_zone from identity.company order by id limit 1");
        if (await command.ExecuteScalarAsync(ct) is string id) zone = TimeZoneInfo.FindSystemTimeZoneById(id);
    }

    /// <summary>Now, in the company's zone.</summary>
    public DateTimeOffset Now => TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone ?? TimeZoneInfo.Utc);

    /// <summary>The company's day.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Now.DateTime);
}
