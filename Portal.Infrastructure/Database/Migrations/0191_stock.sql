-- Stock: where goods lie, what moved them and what it cost. Products are known by id: their tables come with a later migration, and they are never deleted.
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
    product uuid primary key
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

-- A company founded before gets the rights that a new one starts with.
update identity.role set permissions = permissions || array['stock.read', 'stock.manage'] where code in ('administrator', 'warehouse-head', 'director');
update identity.role set permissions = permissions || array['stock.read'] where code in ('warehouse', 'supply', 'sales', 'sales-head', 'customer-service', 'project-manager', 'technologist', 'production', 'production-head', 'finance', 'finance-head');
