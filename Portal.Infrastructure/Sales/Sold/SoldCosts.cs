using Microsoft.EntityFrameworkCore;
using Portal.Domain.Documents;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Sold;

/// <summary>
/// Lets figures of sales follow what a document of stock changed in cost, so that profit never drifts from stock: of lines sold before, when it was written later for earlier, and of what an average at or below nothing
/// hands on to the cost of goods sold, which is a line of cost alone.
/// </summary>
internal static class SoldCosts
{
    /// <summary>Follows a document that has been posted or taken back, in the transaction of who does so.</summary>
    public static async Task FollowAsync(PortalDb db, ObjectRef document, DocumentNumber? number, CancellationToken ct)
    {
        var (id, kind, name) = (document.Id, document.Kind.ToString(), number?.ToString() ?? "");
        await db.Database.ExecuteSqlAsync($"""
            update sales.sale_line l set cost = n.cost
            from (select of.id, sum(case when of.quantity = 0 then m.difference else m.difference - m.value end) as cost
                from sales.sale_movement s join stock.movement m on m.sequence = s.movement join sales.sale_line of on of.id = s.line
                where s.line in (select line from sales.sale_movement where movement in (select sequence from stock.cost_difference where document_id = {id} and document_kind = {kind}))
                group by of.id) n
            where l.id = n.id and l.cost is distinct from n.cost
            """, ct);
        await db.Database.ExecuteSqlAsync($"""
            with wanted as materialized (
                select m.sequence, m.document_kind, m.document_id, m.day, m.difference, c.product, w.company, w.branch, row_number() over (partition by m.document_id order by m.sequence) as line,
                    case when m.document_id = {id} then {name} else coalesce(core.document_number(d.year, d.sequence), '') end as document
                from stock.movement m join stock.card c on c.id = m.card join stock.warehouse w on w.id = c.warehouse left join stock.stock_document d on d.id = m.document_id
                where m.difference <> 0 and not exists (select from sales.sale_movement s where s.movement = m.sequence)
                    and m.sequence in (select sequence from stock.movement where document_id = {id} and document_kind = {kind} union all select sequence from stock.cost_difference where document_id = {id} and document_kind = {kind})),
            entered as (
                insert into sales.sale_line (company, document, line, day, product, branch, quantity, revenue, cost, origin_kind, origin_id)
                select company, document, line, day, product, branch, 0, 0, difference, document_kind, document_id from wanted returning id, origin_id, line)
            insert into sales.sale_movement (movement, line) select w.sequence, e.id from entered e join wanted w on w.document_id = e.origin_id and w.line = e.line
            """, ct);
    }
}
