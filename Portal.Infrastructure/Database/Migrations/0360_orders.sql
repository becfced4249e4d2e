-- clients' orders: what is sold stands as in an offer, in one JSON value; what is to be shipped of it in rows
create table sales.sales_order (
    id uuid primary key,
    company uuid not null references identity.company deferrable initially deferred,
    year integer,
    sequence integer,
    state text not null check (state in ('Draft', 'Placed', 'PartShipped', 'Shipped', 'Cancelled')),
    offer uuid references sales.offer deferrable initially deferred,
    deal uuid references sales.deal deferrable initially deferred,
    manager uuid references identity.portal_user deferrable initially deferred,
    branch uuid references identity.branch deferrable initially deferred,
    partner uuid references clients.partner deferrable initially deferred,
    counterparty uuid references clients.counterparty deferrable initially deferred,
    agreement uuid references clients.agreement deferrable initially deferred,
    contact uuid references clients.person deferrable initially deferred,
    place uuid references clients.place deferrable initially deferred,
    warehouse uuid references stock.warehouse deferrable initially deferred,
    wanted_on date,
    reference text,
    note text,
    content json not null,
    currency text not null,
    net numeric(20,3) not null,
    vat numeric(20,3) not null,
    gross numeric(20,3) not null,
    created_at timestamptz not null,
    by_user uuid not null,
    by_name text not null,
    placed_on date,
    placed_at timestamptz,
    placed_by text,
    cancelled_at timestamptz,
    cancelled_by text,
    reason text,
    unique (company, year, sequence),
    check ((state = 'Draft') = (year is null)),
    check ((year is null) = (sequence is null))
);
create index sales_order_created on sales.sales_order (created_at, id);
create index sales_order_partner on sales.sales_order (partner, created_at) where partner is not null;
create index sales_order_manager on sales.sales_order (manager, created_at);
create index sales_order_deal on sales.sales_order (deal) where deal is not null;
create index sales_order_counterparty on sales.sales_order (counterparty) where counterparty is not null;
create index sales_order_agreement on sales.sales_order (agreement) where agreement is not null;
create index sales_order_contact on sales.sales_order (contact) where contact is not null;
create index sales_order_place on sales.sales_order (place) where place is not null;
create index sales_order_warehouse on sales.sales_order (warehouse) where warehouse is not null;
-- what is still to be shipped is little among much
create index sales_order_open on sales.sales_order (wanted_on) where state in ('Placed', 'PartShipped');
-- an accepted offer becomes one order
create unique index sales_order_offer on sales.sales_order (offer) where offer is not null and state <> 'Cancelled';

create table sales.order_item (
    "order" uuid not null references sales.sales_order on delete cascade deferrable initially deferred,
    line uuid not null,
    place integer not null,
    name text not null,
    product uuid references pricing.product deferrable initially deferred,
    unit text not null,
    quantity numeric(19,6) not null check (quantity > 0),
    factor numeric(19,6) not null check (factor > 0),
    shipped numeric(19,6) not null check (shipped >= 0 and shipped <= quantity),
    destination uuid references clients.place deferrable initially deferred,
    warehouse uuid references stock.warehouse deferrable initially deferred,
    wanted_on date,
    primary key ("order", line)
);
create index order_item_product on sales.order_item (product) where product is not null;
create index order_item_destination on sales.order_item (destination) where destination is not null;

-- Whatever a program does: a number that was given stays with its order, and a cancelled order stays cancelled.
create function sales.stay_placed() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.year = old.year and new.sequence = old.sequence and new.currency = old.currency and (old.state <> 'Cancelled' or new.state = old.state) then return new; end if;
    raise exception 'Order % was placed', old.id using errcode = 'restrict_violation';
end $$;
create trigger sales_order_placed before update or delete on sales.sales_order for each row when (old.state <> 'Draft') execute function sales.stay_placed();

-- A company founded before gets the rights that a new one starts with.
update identity.role set permissions = permissions || array['sales.order.read', 'sales.order.manage'] where built_in and code in ('administrator', 'sales', 'sales-head', 'director', 'customer-service');
update identity.role set permissions = permissions || array['sales.order.read'] where built_in and code in ('warehouse', 'warehouse-head', 'supply', 'production', 'production-head', 'project-manager', 'finance', 'finance-head');
