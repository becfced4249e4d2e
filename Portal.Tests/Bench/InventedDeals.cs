using Npgsql;

namespace Portal.Bench;

/// <summary>
/// Invented deals of five years with the stages they went through, always the same for their number: few sellers have most of them, most go a short way, few are dear.
/// Written past the application by the database itself, with what it keeps of them.
/// </summary>
/// <param name="open">whether all of them are open and of the first pipeline</param>
internal sealed class InventedDeals(NpgsqlDataSource owner, int count, bool open = false)
{
    private static readonly string[] Tables = ["sales.deal", "sales.deal_stage"];

    /// <summary>The pipelines, that with most deals first.</summary>
    public IReadOnlyList<Guid> Pipelines { get; } = [.. Enumerable.Range(1, 3).Select(i => Id(1, i))];

    /// <summary>The sellers, the busiest first.</summary>
    public IReadOnlyList<Guid> Sellers { get; } = [.. Enumerable.Range(1, 200).Select(i => Id(3, i))];

    /// <summary>Products that deals are about, the most frequent first.</summary>
    public IReadOnlyList<Guid> Products { get; } = [.. Enumerable.Range(1, 40).Select(i => Id(4, i))];

    /// <summary>Branches that work on them.</summary>
    public IReadOnlyList<Guid> Branches { get; } = [.. Enumerable.Range(1, 4).Select(i => Id(5, i))];

    /// <summary>A team with ten of the sellers.</summary>
    public Guid Team { get; } = Id(6, 1);

    /// <summary>The last day of the five years.</summary>
    public static DateOnly Today { get; } = new(2026, 6, 30);

    /// <summary>Writes them.</summary>
    public async Task WriteAsync(Action<string> progress, CancellationToken ct)
    {
        await using var connection = await owner.OpenConnectionAsync(ct);
        await RunAsync(connection, Measures + Surroundings, ct);
        foreach (var table in Tables) await RunAsync(connection, $"alter table {table} disable trigger user", ct);
        var keys = await WithoutForeignKeysAsync(connection, ct);
        var indexes = await InventedClients.WithoutIndexesAsync(connection, Tables, ct);
        await RunAsync(connection, Deals, ct);
        progress("  deals written");
        await RunAsync(connection, History, ct);
        progress("  history written; indexes …");
        foreach (var made in indexes.Concat(keys)) await RunAsync(connection, made, ct);
        foreach (var table in Tables)
        {
            await RunAsync(connection, $"alter table {table} enable trigger user", ct);
            await RunAsync(connection, $"vacuum analyze {table}", ct);
        }
    }

    /// <summary>What invented rows are measured out by, for one connection.</summary>
    internal const string Measures = """
        create function pg_temp.id(kind int, n bigint) returns uuid language sql immutable as $$ select ('000000' || lpad(to_hex(kind), 2, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
        -- evenly from 0 to 1, by the number alone
        create function pg_temp.u(n bigint, of int) returns float8 language sql immutable as $$ select (hashint8extended(n, of) & 16777215) / 16777216.0 $$;
        -- from 1 to most, the first ones oftener
        create function pg_temp.few(n bigint, of int, most int) returns bigint language sql immutable as $$ select least(most, floor(power(most + 1, pg_temp.u(n, of))))::bigint $$;
        """;

    private const string Surroundings = """
        insert into identity.company (id, name, currency, time_zone) select pg_temp.id(9, 1), 'Bench', 'EUR', 'UTC' where not exists (select from identity.company);
        insert into identity.branch (id, company, name, time_zone, archived) select pg_temp.id(5, i), (select id from identity.company limit 1), 'Branch ' || i, 'UTC', false from generate_series(1, 4) i;
        insert into identity.portal_user (id, user_name, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count, display_name, culture, time_zone, theme, dense, single_key_shortcuts, blocked, must_change_password)
            select pg_temp.id(3, i), 'seller' || i, true, false, false, false, 0, 'Seller ' || i, 'en', 'UTC', 'system', true, true, false, false from generate_series(1, 200) i;
        insert into identity.team (id, name, head) values (pg_temp.id(6, 1), 'Bench team', pg_temp.id(3, 5));
        insert into identity.team_member (team, "user") select pg_temp.id(6, 1), pg_temp.id(3, i * 7) from generate_series(1, 9) i;
        insert into sales.pipeline (id, name, position, archived) select pg_temp.id(1, i), 'Bench pipeline ' || i, 100 + i, false from generate_series(1, 3) i;
        insert into sales.stage (id, pipeline, key, name, position, probability, archived)
            select pg_temp.id(2, p * 100 + s), pg_temp.id(1, p), 'stage-' || s, 'Stage ' || s, s, 100.0 * s / (10 - p), false from generate_series(1, 3) p, generate_series(1, 9 - p) s;
        """;

    private string Deals => $"""
        insert into sales.deal (id, number, title, pipeline, stage, furthest, stage_since, state, amount, currency, rate, amount_base, probability, probability_set, manager, people, branch, source, product,
            opened_on, expected_close, closed_on, loss_reason, created_at, archived)
        select pg_temp.id(7, i), i, 'Deal ' || i, pg_temp.id(1, p), pg_temp.id(2, p * 100 + standing), pg_temp.id(2, p * 100 + furthest), opened + (furthest * pace || ' days')::interval, state,
            amount, 'EUR', 1, amount, case state when 'Open' then 10 * standing when 'Won' then 100 else 0 end, false, pg_temp.id(3, seller), array[pg_temp.id(3, seller)], pg_temp.id(5, 1 + seller % 4),
            ('5a1e0000-0000-7000-8000-0000000003' || lpad(source::text, 2, '0'))::uuid, pg_temp.id(4, product),
            opened, case when state = 'Open' then opened + 90 + (pg_temp.u(i, 11) * 60)::int end, case when state <> 'Open' then least(opened + (furthest * pace)::int + 1, date '{Today:yyyy-MM-dd}') end,
            case when state = 'Lost' then ('5a1e0000-0000-7000-8000-0000000002' || lpad(pg_temp.few(i, 12, 8)::text, 2, '0'))::uuid end, opened, pg_temp.u(i, 13) < 0.005
        from (
            select *, case when state = 'Open' and pg_temp.u(i, 5) < 0.1 then 1 else furthest end standing from (
                select *, case when state = 'Won' then stages else 1 + floor((stages - 1) * power(pg_temp.u(i, 6), 1.8))::int end furthest from (
                    select i, 9 - p stages, p, date '{Today:yyyy-MM-dd}' - age opened, age,
                        case when {(open ? "true" : "pg_temp.u(i, 3) < case when age < 60 then 0.7 else 0.01 end")} then 'Open' when pg_temp.u(i, 4) < 0.35 then 'Won' else 'Lost' end state,
                        round((40 / power(pg_temp.u(i, 7) + 0.0005, 0.9))::numeric, 2) amount, 1 + 12 * pg_temp.u(i, 8) pace,
                        pg_temp.few(i, 9, 200) seller, pg_temp.few(i, 10, 8) source, pg_temp.few(i, 14, 40) product
                    from (select i, case when {(open ? "true" : "pg_temp.u(i, 1) < 0.7")} then 1 when pg_temp.u(i, 1) < 0.9 then 2 else 3 end p, floor(1825 * pg_temp.u(i, 2))::int age from generate_series(1::bigint, {count}) i) a
                ) b
            ) c
        ) d
        """;

    private const string History = """
        insert into sales.deal_stage (deal, seq, stage, position, entered_at, left_at)
        select d.id, row_number() over (partition by d.id order by s.position), s.id, s.position, d.opened_on + (s.position - 1) * pace,
            case when s.position < f.position or d.state <> 'Open' then d.opened_on + s.position * pace end
        from (select *, greatest(interval '1 hour', (stage_since - opened_on) / 10) pace from sales.deal) d
        join sales.stage f on f.id = d.furthest
        join sales.stage s on s.pipeline = d.pipeline and (s.position = f.position or s.position < f.position and (s.position = 1 or hashint8extended(d.number, s.position) % 10 <> 0))
        """;

    /// <summary>Drops the foreign keys, which millions of rows are checked against faster together; gives back how they are made again.</summary>
    private static async Task<List<string>> WithoutForeignKeysAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var found = new List<(string Table, string Name, string Made)>();
        await using (var command = new NpgsqlCommand("select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint where contype = 'f' and conrelid = any($1::regclass[])", connection) { Parameters = { new() { Value = Tables } } })
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct)) found.Add((rows.GetString(0), rows.GetString(1), rows.GetString(2)));
        foreach (var (table, name, _) in found) await RunAsync(connection, $"alter table {table} drop constraint {name}", ct);
        return found.ConvertAll(f => $"alter table {f.Table} add constraint {f.Name} {f.Made}");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static Guid Id(int kind, int n) => new($"000000{kind:x2}-0000-7000-8000-{n:x12}");
}
