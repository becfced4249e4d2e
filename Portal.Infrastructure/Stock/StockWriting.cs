using Npgsql;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Stock;

/// <summary>What posting a document writes, gathered and written in a handful of statements.</summary>
internal sealed class StockWriting(PortalDb db, ObjectRef document, DateTimeOffset now)
{
    private readonly List<(long Card, StockMovement Movement, decimal Value, decimal Difference, string? Parts)> added = [];
    private readonly List<(long Card, StockMoment At, decimal Value, decimal Difference, string? Parts, decimal MoreValue, decimal MoreDifference)> changed = [];
    private readonly Dictionary<(long Card, DateOnly Month), (decimal Quantity, decimal Value, decimal? LastRate, string? Batches)> months = [];
    private readonly Dictionary<long, (decimal Quantity, decimal Value, decimal? LastRate, string? Batches, (DateOnly Day, TimeOnly Time) Last)> cards = [];
    private readonly HashSet<(long Card, DateOnly Month)> left = [];
    private readonly HashSet<long> named = [];

    /// <summary>A new movement.</summary>
    public PostedLine Add(long card, in StockMovement movement, StockCosts costs, in MovementCost cost)
    {
        added.Add((card, movement, cost.Value, cost.Difference, Parts(costs, cost)));
        return new(movement.At.Sequence, cost.Value, cost.Difference);
    }

    /// <summary>A movement that was there and costs otherwise now.</summary>
    public void Change(long card, KnownMovement was, StockCosts costs, in MovementCost cost)
    {
        var sign = Sign(was.Movement);
        changed.Add((card, was.Movement.At, sign * cost.Value, cost.Difference, Parts(costs, cost), sign * (cost.Value - was.Value), cost.Difference - was.Difference));
    }

    /// <summary>How a card stands at the end of the month of a day.</summary>
    public void Month(long card, DateOnly day, StockCard state) => months[(card, new(day.Year, day.Month, 1))] = (state.Quantity, state.Value, state.LastRate, Batches(state));

    /// <summary>A card that has not moved in a month after all.</summary>
    public void NoMonth(long card, DateOnly month) => left.Add((card, month));

    /// <summary>How a card stands now.</summary>
    public void Card(long card, StockCard state, (DateOnly Day, TimeOnly Time) last) => cards[card] = (state.Quantity, state.Value, state.LastRate, Batches(state), last);

    /// <summary>Movements that are named as sources now.</summary>
    public void Name(IEnumerable<long> sequences) => named.UnionWith(sequences);

    /// <summary>Writes all that was gathered.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection());
        if (added.Count > 0)
            batch.BatchCommands.Add(new("""
                insert into stock.movement (card, day, time, sequence, kind, quantity, value, difference, parts, is_given, source, is_source, document_kind, document_id)
                select card, day, time, sequence, kind, quantity, value, difference, parts::jsonb, is_given, source, is_source, $12, $13
                from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $14) n (card, day, time, sequence, kind, quantity, value, difference, parts, is_given, source, is_source)
                """)
            {
                Parameters =
                {
                    Of(added, a => a.Card), Of(added, a => a.Movement.At.Day), Of(added, a => a.Movement.At.Time), Of(added, a => a.Movement.At.Sequence), Of(added, a => a.Movement.Kind.ToString()),
                    Of(added, a => Sign(a.Movement) * a.Movement.Quantity), Of(added, a => Sign(a.Movement) * a.Value), Of(added, a => a.Difference), Of(added, a => a.Parts), Of(added, a => a.Movement.Value is not null),
                    Of(added, a => a.Movement.Source?.Sequence), new() { Value = document.Kind.ToString() }, new() { Value = document.Id }, Of(added, a => a.Movement.IsReferredTo),
                },
            });
        if (named.Count > 0) batch.BatchCommands.Add(new("update stock.movement set is_source = true where sequence = any($1) and not is_source") { Parameters = { new() { Value = named.ToArray() } } });
        if (changed.Count > 0)
        {
            batch.BatchCommands.Add(new("""
                update stock.movement m set value = n.value, difference = n.difference, parts = n.parts::jsonb from unnest($1, $2, $3, $4, $5, $6, $7) n (card, day, time, sequence, value, difference, parts)
                where m.card = n.card and m.day = n.day and m.time = n.time and m.sequence = n.sequence
                """)
            {
                Parameters = { Of(changed, c => c.Card), Of(changed, c => c.At.Day), Of(changed, c => c.At.Time), Of(changed, c => c.At.Sequence), Of(changed, c => c.Value), Of(changed, c => c.Difference), Of(changed, c => c.Parts) },
            });
            batch.BatchCommands.Add(new("""
                insert into stock.cost_difference (sequence, at, document_kind, document_id, value, difference)
                select sequence, $2, $3, $4, value, difference from unnest($1, $5, $6) n (sequence, value, difference) where value <> 0 or difference <> 0
                """)
            {
                Parameters = { Of(changed, c => c.At.Sequence), new() { Value = now }, new() { Value = document.Kind.ToString() }, new() { Value = document.Id }, Of(changed, c => c.MoreValue), Of(changed, c => c.MoreDifference) },
            });
        }
        if (left.Count > 0) batch.BatchCommands.Add(new("delete from stock.month m using unnest($1, $2) n (card, month) where m.card = n.card and m.month = n.month") { Parameters = { Of(left, l => l.Card), Of(left, l => l.Month) } });
        if (months.Count > 0)
            batch.BatchCommands.Add(new("""
                insert into stock.month (card, month, until, quantity, value, last_rate, batches)
                select card, month, 'infinity', quantity, value, last_rate, batches::jsonb from unnest($1, $2, $3, $4, $5, $6) n (card, month, quantity, value, last_rate, batches)
                on conflict (card, month) do update set quantity = excluded.quantity, value = excluded.value, last_rate = excluded.last_rate, batches = excluded.batches
                """)
            {
                Parameters = { Of(months, m => m.Key.Card), Of(months, m => m.Key.Month), Of(months, m => m.Value.Quantity), Of(months, m => m.Value.Value), Of(months, m => m.Value.LastRate), Of(months, m => m.Value.Batches) },
            });
        if (months.Keys.Concat(left).ToList() is { Count: > 0 } touched)
            // each stands until the next
            batch.BatchCommands.Add(new("""
                update stock.month m set until = n.until
                from (select card, month, coalesce(lead(month) over (partition by card order by month), 'infinity') as until from stock.month where card = any($1) and until >= $2) n
                where m.card = n.card and m.month = n.month and m.until <> n.until
                """) { Parameters = { Of(touched, t => t.Card), new() { Value = touched.Min(t => t.Month) } } });
        if (cards.Count > 0)
            batch.BatchCommands.Add(new("""
                update stock.card c set quantity = n.quantity, value = n.value, last_rate = n.last_rate, batches = n.batches::jsonb, last_day = n.day, last_time = n.time
                from unnest($1, $2, $3, $4, $5, $6, $7) n (card, quantity, value, last_rate, batches, day, time) where c.id = n.card
                """)
            {
                Parameters = { Of(cards, c => c.Key), Of(cards, c => c.Value.Quantity), Of(cards, c => c.Value.Value), Of(cards, c => c.Value.LastRate), Of(cards, c => c.Value.Batches), Of(cards, c => c.Value.Last.Day), Of(cards, c => c.Value.Last.Time) },
            });
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(ct);
        added.Clear();
        changed.Clear();
        months.Clear();
        left.Clear();
        cards.Clear();
        named.Clear();
    }

    private static int Sign(in StockMovement movement) => movement.IsInflow ? 1 : -1;

    private static string? Parts(StockCosts costs, in MovementCost cost) => cost.Parts == 0 ? null : BatchJson.Write(costs.PartsOf(cost));

    private static string? Batches(StockCard state) => state.Model == StockModel.Batch ? BatchJson.Write(state.Batches) : null;

    private static NpgsqlParameter Of<TRow, T>(IEnumerable<TRow> rows, Func<TRow, T> value) => new() { Value = rows.Select(value).ToArray() };
}
