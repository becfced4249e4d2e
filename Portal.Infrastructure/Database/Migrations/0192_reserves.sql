-- goods set aside for orders
create table stock.reserve (
    id uuid primary key,
    owner_kind text not null,
    owner_id uuid not null,
    warehouse uuid not null references stock.warehouse deferrable initially deferred,
    product uuid not null references stock.item deferrable initially deferred,
    quantity numeric(19,6) not null check (quantity > 0),
    needed_on date not null,
    at timestamptz not null
);
create index reserve_product on stock.reserve (product, warehouse, needed_on);
create index reserve_owner on stock.reserve (owner_id, owner_kind);
