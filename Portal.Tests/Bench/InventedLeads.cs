using Npgsql;

namespace Portal.Bench;

/// <summary>
/// Invented leads of two years with what happened to them, always the same for their number: few sellers have most of them, four in ten are still open. They stand beside
/// <see cref="InventedDeals"/>, whose sellers they have and whose deals some became. Written past the application by the database itself.
/// </summary>
internal sealed class InventedLeads(NpgsqlDataSource owner, int count)
{
    private static readonly string[] Tables = ["sales.lead", "sales.lead_event", "core.search_entry"];

    /// <summary>Writes them.</summary>
    public async Task WriteAsync(CancellationToken ct)
    {
        await using var connection = await owner.OpenConnectionAsync(ct);
        foreach (var table in Tables) await RunAsync(connection, $"alter table {table} disable trigger user", ct);
        await RunAsync(connection, InventedDeals.Measures, ct);
        await RunAsync(connection, Leads, ct);
        await RunAsync(connection, Past, ct);
        foreach (var table in Tables)
        {
            await RunAsync(connection, $"alter table {table} enable trigger user", ct);
            await RunAsync(connection, $"vacuum analyze {table}", ct);
        }
    }

    private string Leads => $"""
        insert into sales.lead (id, number, subject, name, company, phone, phone_key, mail, mail_key, territory, channel, stream, source, manager, branch, route, given_at, state, interest, peak, next_step, next_step_at,
            appeals, last_appeal_at, first_contact_at, last_contact_at, asked_price, budget_known, suspicion, rejection, deal, created_at, closed_at, archived)
        select pg_temp.id(20, i), i, 'Wish ' || i || ' for ' || (array['shelves', 'tables', 'a counter', 'benches', 'wardrobes'])[1 + i % 5], 'Person ' || i, 'Company ' || i, phone, right(phone, 9), 'wish' || i || '@example.org', 'wish' || i || '@example.org',
            (array['Kyiv', 'Iași', 'Bandung', 'Leeds'])[1 + i % 4], (array['WebForm', 'Mail', 'Call', 'Import', 'Api'])[1 + i % 5],
            ('5a1e0000-0000-7000-8000-0000000004' || lpad(pg_temp.few(i, 21, 4)::text, 2, '0'))::uuid, case when i % 9 > 0 then ('5a1e0000-0000-7000-8000-0000000003' || lpad(pg_temp.few(i, 22, 8)::text, 2, '0'))::uuid end,
            manager, pg_temp.id(5, 1 + seller % 4), case when manager is null then 'Nobody' else 'Load' end, case when manager is not null then came end, state,
            (array['Unknown', 'Cold', 'Warm', 'Hot'])[least(now_at, peak)], (array['Unknown', 'Cold', 'Warm', 'Hot'])[peak], case when is_open then 'Call again' end, case when is_open then least(came, now() - interval '20 days') + pg_temp.u(i, 23) * 40 * interval '1 day' end,
            1, came, talked, talked + pg_temp.u(i, 24) * 20 * interval '1 day', pg_temp.u(i, 25) < 0.1, pg_temp.u(i, 26) < 0.1, case when pg_temp.u(i, 27) < 0.01 then 'Links' end,
            case when state = 'Disqualified' then 'Other' end, case when state = 'Converted' then pg_temp.id(7, i / 10) end, came, case when not is_open then came + interval '9 days' end, pg_temp.u(i, 28) < 0.01
        from (
            select *, state in ('New', 'Working', 'Qualified') is_open, case when seller < 180 then pg_temp.id(3, seller) end manager, case when state <> 'New' then came + pg_temp.u(i, 29) * 48 * interval '1 hour' end talked
            from (
                select i, now() - 730 * pg_temp.u(i, 30) * interval '1 day' came, '+4479' || lpad(i::text, 8, '0') phone, pg_temp.few(i, 31, 200) seller, 1 + floor(4 * pg_temp.u(i, 32))::int now_at, 1 + floor(4 * pg_temp.u(i, 33))::int peak,
                    case when pg_temp.u(i, 34) < 0.1 then 'New' when pg_temp.u(i, 34) < 0.35 then 'Working' when pg_temp.u(i, 34) < 0.4 then 'Qualified' when i % 10 = 0 then 'Converted' else 'Disqualified' end state
                from generate_series(10::bigint, {count} + 9) i
            ) a
        ) b
        """;

    private const string Past = """
        insert into sales.lead_event (id, lead, kind, words, channel, at, by_user, by_name)
            select gen_random_uuid(), id, 'Came', subject, channel, created_at, '00000000-0000-0000-0000-000000000000', '' from sales.lead;
        insert into sales.lead_event (id, lead, kind, words, talk, at, by_user, by_name)
            select gen_random_uuid(), l.id, 'Talked', 'Wants to see samples', 'Call', l.first_contact_at + (n - 1) * (l.last_contact_at - l.first_contact_at) / 3, coalesce(l.manager, l.id), 'Seller' from sales.lead l, generate_series(1, 3) n where l.first_contact_at is not null;
        insert into core.search_entry (kind, object_id, title, text, heard) select 'Lead', id, subject, '#' || number || ' ' || name || ' ' || company || ' ' || phone || ' ' || mail, '' from sales.lead;
        """;

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }
}
