-- goods of orders that leave a warehouse together; the lines stand in one JSON value, written and read as a whole
create table sales.shipment (
    id uuid primary key,
    company uuid not null references identity.company deferrable initially deferred,
    state text not null check (state in ('Draft', 'Posted', 'Cancelled')),
    year integer,
    sequence integer,
    partner uuid not null references clients.partner deferrable initially deferred,
    warehouse uuid not null references stock.warehouse deferrable initially deferred,
    place uuid references clients.place deferrable initially deferred,
    day date not null,
    packages integer,
    weight_kg numeric(19,6),
    volume_m3 numeric(19,6),
    note text,
    lines jsonb not null,
    line_count integer not null,
    created_at timestamptz not null,
    by_user uuid not null,
    by_name text not null,
    posted_at timestamptz,
    posted_by text,
    cancelled_at timestamptz,
    cancelled_by text,
    reason text,
    unique (company, year, sequence),
    check ((state = 'Draft') = (year is null)),
    check ((year is null) = (sequence is null))
);
create index shipment_created on sales.shipment (created_at, id);
create index shipment_partner on sales.shipment (partner, created_at);
create index shipment_warehouse on sales.shipment (warehouse, created_at);
create index shipment_place on sales.shipment (place) where place is not null;

-- Whatever a program does: what was shipped stays as it was shipped, and what was cancelled stays cancelled. A client that was merged takes it along.
create function sales.stay_shipped() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (old.state = new.state or old.state = 'Posted' and new.state = 'Cancelled') and new.year = old.year and new.sequence = old.sequence and new.day = old.day
        and new.warehouse = old.warehouse and new.lines = old.lines then return new; end if;
    raise exception 'Shipment % was posted', old.id using errcode = 'restrict_violation';
end $$;
create trigger shipment_posted before update or delete on sales.shipment for each row when (old.state <> 'Draft') execute function sales.stay_shipped();
