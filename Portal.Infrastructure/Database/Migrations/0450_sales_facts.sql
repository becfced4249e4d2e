-- our own documents write what was sold beside the imported history; what is said freely has no product
alter table sales.sale_line alter column product drop not null;
alter table sales.sale_line drop constraint sale_line_quantity_check;
alter table sales.sale_line
    add column source uuid references sales.lead_source deferrable initially deferred,
    add column name text,
    add column origin_kind text,
    add column origin_id uuid,
    add column sales_order uuid references sales.sales_order deferrable initially deferred,
    add column order_line uuid,
    add check (quantity <> 0 or revenue = 0),
    add check ((origin_kind is null) = (origin_id is null));
create index sale_line_origin on sales.sale_line (origin_id) where origin_id is not null;
create index sale_line_order on sales.sale_line (sales_order) where sales_order is not null;

-- the movements of stock whose cost is that of a line
create table sales.sale_movement (
    movement bigint primary key,
    line bigint not null references sales.sale_line on delete cascade deferrable initially deferred
);
create index sale_movement_line on sales.sale_movement (line);

create schema analytics;

-- Sums of sold lines, kept in the transaction of whoever writes a line. What is new is added beside what stands, so that two who sell the same do not wait for one another;
-- now and then rows of one key become one (merged). A sum is that of all its rows.
create table analytics.client_month (
    month date not null,
    partner uuid,
    manager uuid,
    branch uuid,
    source uuid,
    region text,
    revenue numeric not null,
    returned numeric not null,
    cost numeric not null,
    costed numeric not null,
    quantity numeric not null,
    purchases integer not null,
    lines integer not null,
    merged boolean not null default false
);
create index client_month_month on analytics.client_month (month);

create table analytics.product_month (
    month date not null,
    product uuid,
    branch uuid,
    revenue numeric not null,
    returned numeric not null,
    cost numeric not null,
    costed numeric not null,
    quantity numeric not null,
    purchases integer not null,
    lines integer not null,
    merged boolean not null default false
);
create index product_month_month on analytics.product_month (month);

-- Lines that come are added, lines that are struck are taken off. A document is written whole, so that its purchases are counted in one statement. A document is a purchase where something went out with it.
create function analytics.count_sales() returns trigger language plpgsql as $$
declare
    sign constant integer := case tg_op when 'INSERT' then 1 else -1 end;
begin
    insert into analytics.client_month (month, partner, manager, branch, source, region, revenue, returned, cost, costed, quantity, purchases, lines)
    select date_trunc('month', day)::date, partner, manager, branch, source, region, sign * sum(revenue), sign * coalesce(sum(revenue) filter (where quantity < 0), 0), sign * coalesce(sum(cost), 0), sign * coalesce(sum(revenue) filter (where cost is not null), 0),
        sign * sum(quantity), sign * count(distinct document) filter (where quantity > 0), sign * count(*) filter (where quantity <> 0)
    from moved group by 1, 2, 3, 4, 5, 6;
    insert into analytics.product_month (month, product, branch, revenue, returned, cost, costed, quantity, purchases, lines)
    select date_trunc('month', day)::date, product, branch, sign * sum(revenue), sign * coalesce(sum(revenue) filter (where quantity < 0), 0), sign * coalesce(sum(cost), 0), sign * coalesce(sum(revenue) filter (where cost is not null), 0),
        sign * sum(quantity), sign * count(distinct document) filter (where quantity > 0), sign * count(*) filter (where quantity <> 0)
    from moved group by 1, 2, 3;
    return null;
end $$;

-- of a line that stands only the cost changes: the difference is added
create function analytics.change_sales() returns trigger language plpgsql as $$
begin
    insert into analytics.client_month (month, partner, manager, branch, source, region, revenue, returned, cost, costed, quantity, purchases, lines)
    select date_trunc('month', n.day)::date, n.partner, n.manager, n.branch, n.source, n.region, 0, 0, sum(coalesce(n.cost, 0) - coalesce(o.cost, 0)),
        sum(case when n.cost is not null then n.revenue else 0 end - case when o.cost is not null then o.revenue else 0 end), 0, 0, 0
    from fresh n join gone o using (id) where n.cost is distinct from o.cost group by 1, 2, 3, 4, 5, 6;
    insert into analytics.product_month (month, product, branch, revenue, returned, cost, costed, quantity, purchases, lines)
    select date_trunc('month', n.day)::date, n.product, n.branch, 0, 0, sum(coalesce(n.cost, 0) - coalesce(o.cost, 0)),
        sum(case when n.cost is not null then n.revenue else 0 end - case when o.cost is not null then o.revenue else 0 end), 0, 0, 0
    from fresh n join gone o using (id) where n.cost is distinct from o.cost group by 1, 2, 3;
    return null;
end $$;

create function analytics.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'Of a sold line only the cost changes; a document that changes is struck and entered anew.';
end $$;

create trigger sale_line_fixed before update on sales.sale_line for each row
    when (row(old.day, old.document, old.partner, old.manager, old.branch, old.source, old.region, old.product, old.quantity, old.revenue)
        is distinct from row(new.day, new.document, new.partner, new.manager, new.branch, new.source, new.region, new.product, new.quantity, new.revenue)) execute function analytics.refuse_change();
create trigger sale_line_added after insert on sales.sale_line referencing new table as moved for each statement execute function analytics.count_sales();
create trigger sale_line_taken after delete on sales.sale_line referencing old table as moved for each statement execute function analytics.count_sales();
create trigger sale_line_changed after update on sales.sale_line referencing old table as gone new table as fresh for each statement execute function analytics.change_sales();

-- what stands there already
insert into analytics.client_month (month, partner, manager, branch, source, region, revenue, returned, cost, costed, quantity, purchases, lines, merged)
select date_trunc('month', day)::date, partner, manager, branch, source, region, sum(revenue), coalesce(sum(revenue) filter (where quantity < 0), 0), coalesce(sum(cost), 0), coalesce(sum(revenue) filter (where cost is not null), 0),
    sum(quantity), count(distinct document) filter (where quantity > 0), count(*), true
from sales.sale_line group by 1, 2, 3, 4, 5, 6;
insert into analytics.product_month (month, product, branch, revenue, returned, cost, costed, quantity, purchases, lines, merged)
select date_trunc('month', day)::date, product, branch, sum(revenue), coalesce(sum(revenue) filter (where quantity < 0), 0), coalesce(sum(cost), 0), coalesce(sum(revenue) filter (where cost is not null), 0),
    sum(quantity), count(distinct document) filter (where quantity > 0), count(*), true
from sales.sale_line group by 1, 2, 3;
