-- Stock: where goods lie, what moved them and what it cost.
create schema stock;

create table stock.warehouse (
    id uuid primary key,
    company uuid not null references identity.company deferrable initially deferred,
    branch uuid references identity.branch deferrable initially deferred,
    name text not null,
    model text not null check (model in ('Batch', 'Average')),
    archived boolean not null
);
create unique index warehouse_name on stock.warehouse (company, lower(name)) where not archived;

-- Whatever moves an item holds its row until the commit: movements of one item go one after the other, in whatever warehouses.
create table stock.item (
    product uuid primary key references pricing.product deferrable initially deferred
);

-- One item in one warehouse as it stands now. A batch is [day, time, number of the receipt, quantity, value]; the average model has none.
create table stock.card (
    id bigint generated always as identity primary key,
    warehouse uuid not null references stock.warehouse deferrable initially deferred,
    product uuid not null references stock.item deferrable initially deferred,
    first_rate numeric(19,6),
    quantity numeric(19,6) not null,
    value numeric(20,3) not null,
    last_rate numeric(19,6),
    batches jsonb,
    last_day date,
    last_time time,
    unique (product, warehouse)
);
create index card_warehouse on stock.card (warehouse);

-- How a card stood at the end of a month in which it moved; it stood so until the month of the next such row.
create table stock.month (
    card bigint not null references stock.card deferrable initially deferred,
    month date not null check (extract(day from month) = 1),
    until date not null check (until > month),
    quantity numeric(19,6) not null,
    value numeric(20,3) not null,
    last_rate numeric(19,6),
    batches jsonb,
    primary key (card, month)
);

create sequence stock.movement_sequence;

-- Quantity and value as they change the card, but for the difference, which an average at or below nothing hands on to the cost of goods sold.
create table stock.movement (
    card bigint not null references stock.card deferrable initially deferred,
    day date not null,
    time time not null,
    sequence bigint not null,
    kind text not null check (kind in ('Receipt', 'Issue', 'CustomerReturn', 'SupplierReturn', 'TransferOut', 'TransferIn', 'WriteOff', 'Surplus', 'Shortage')),
    quantity numeric(19,6) not null check (quantity <> 0),
    value numeric(20,3) not null,
    difference numeric(20,3) not null,
    parts jsonb,
    -- the value was said, and does not follow from what came before
    is_given boolean not null,
    source bigint,
    -- a later movement names this one as its source
    is_source boolean not null,
    document_kind text not null,
    document_id uuid not null,
    primary key (card, day, time, sequence)
);
create unique index movement_sequence_key on stock.movement (sequence);
create index movement_source on stock.movement (source) where source is not null;
create index movement_document on stock.movement (document_id);
-- a month of all cards lies together: movements are mostly written in their order
create index movement_day on stock.movement using brin (day) with (pages_per_range = 16, autosummarize = on);

-- What a document written later for earlier changed in the cost of a movement that was there.
create table stock.cost_difference (
    sequence bigint not null,
    at timestamptz not null,
    document_kind text not null,
    document_id uuid not null,
    value numeric(20,3) not null,
    difference numeric(20,3) not null
);
create index cost_difference_sequence on stock.cost_difference (sequence);
create index cost_difference_document on stock.cost_difference (document_id);

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

-- documents that move goods; a line is [id, product, quantity, unit …] in one JSON value, written and read as a whole
create table stock.stock_document (
    id uuid primary key,
    company uuid not null references identity.company deferrable initially deferred,
    kind text not null check (kind in ('Receipt', 'Issue', 'Transfer', 'Arrival', 'CustomerReturn', 'SupplierReturn', 'WriteOff', 'StockTaking')),
    state text not null check (state in ('Draft', 'Posted', 'Cancelled')),
    year integer,
    sequence integer,
    day date not null,
    time time not null,
    warehouse uuid not null references stock.warehouse deferrable initially deferred,
    target uuid references stock.warehouse deferrable initially deferred,
    at_once boolean not null,
    partner uuid references clients.partner deferrable initially deferred,
    origin uuid references stock.stock_document deferrable initially deferred,
    note text,
    lines jsonb not null,
    line_count integer not null,
    on_the_way boolean not null,
    created_at timestamptz not null,
    by_user uuid not null,
    by_name text not null,
    posted_at timestamptz,
    posted_by text,
    cancelled_at timestamptz,
    cancelled_by text,
    reason text,
    unique (company, kind, year, sequence),
    check ((state = 'Draft') = (year is null)),
    check ((year is null) = (sequence is null))
);
create index stock_document_day on stock.stock_document (day, time, id);
create index stock_document_warehouse on stock.stock_document (warehouse, day);
create index stock_document_target on stock.stock_document (target, day) where target is not null;
create index stock_document_partner on stock.stock_document (partner, day) where partner is not null;
create index stock_document_origin on stock.stock_document (origin) where origin is not null;
create index stock_document_on_the_way on stock.stock_document (day) where on_the_way;

-- Whatever a program does: what was posted stays as it was posted, and what was cancelled stays cancelled. A client that was merged takes it along, and a transfer learns what has arrived.
create function stock.stay_posted() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (old.state = new.state or old.state = 'Posted' and new.state = 'Cancelled') and new.year = old.year and new.sequence = old.sequence and new.kind = old.kind
        and new.day = old.day and new.time = old.time and new.warehouse = old.warehouse and new.target is not distinct from old.target and new.lines = old.lines then return new; end if;
    raise exception 'Document % was posted', old.id using errcode = 'restrict_violation';
end $$;
create trigger stock_document_posted before update or delete on stock.stock_document for each row when (old.state <> 'Draft') execute function stock.stay_posted();

-- A company founded before gets the rights that a new one starts with.
update identity.role set permissions = permissions || array['stock.read', 'stock.move', 'stock.cancel', 'stock.manage'] where code in ('administrator', 'warehouse-head', 'director');
update identity.role set permissions = permissions || array['stock.read', 'stock.move'] where code = 'warehouse';
update identity.role set permissions = permissions || array['stock.read'] where code in ('supply', 'sales', 'sales-head', 'customer-service', 'project-manager', 'technologist', 'production', 'production-head', 'finance', 'finance-head');
