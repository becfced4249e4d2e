create schema pricing;

create table pricing.product_group (
    id uuid primary key,
    name text not null,
    parent uuid references pricing.product_group deferrable initially deferred,
    margin_floor numeric(7,4),
    archived boolean not null
);
create unique index product_group_name on pricing.product_group (coalesce(parent, '00000000-0000-0000-0000-000000000000'), lower(name)) where not archived;

create table pricing.product (
    id uuid primary key,
    code text not null unique,
    name text not null,
    "group" uuid references pricing.product_group deferrable initially deferred,
    kind text not null,
    unit text not null,
    units jsonb not null,
    vat_rate numeric(7,4) not null check (vat_rate between 0 and 100),
    cost numeric(19,6) check (cost >= 0),
    cost_currency text,
    margin_floor numeric(7,4),
    description text,
    characteristics jsonb not null,
    archived boolean not null,
    check ((cost is null) = (cost_currency is null))
);
create index product_group_code on pricing.product ("group", code) where not archived;
create index product_words on pricing.product using gin (lower(code || ' ' || name) gin_trgm_ops);

create table pricing.kit_part (
    kit uuid not null references pricing.product on delete cascade deferrable initially deferred,
    part uuid not null references pricing.product deferrable initially deferred,
    quantity numeric(19,6) not null check (quantity > 0),
    primary key (kit, part)
);
create index kit_part_part on pricing.kit_part (part);

create table pricing.price_list (
    id uuid primary key,
    name text not null,
    kind text not null,
    currency text not null,
    valid_from date,
    valid_until date,
    segment uuid references clients.segment deferrable initially deferred,
    agreement uuid references clients.agreement deferrable initially deferred,
    priority integer not null,
    basis text not null,
    base uuid references pricing.price_list deferrable initially deferred,
    markup numeric(8,4) not null,
    archived boolean not null
);
create unique index price_list_name on pricing.price_list (lower(name)) where not archived;
create index price_list_segment on pricing.price_list (segment) where segment is not null;
create index price_list_agreement on pricing.price_list (agreement) where agreement is not null;

-- by product first: a document asks for some products in all lists
create table pricing.list_price (
    list uuid not null references pricing.price_list deferrable initially deferred,
    product uuid not null references pricing.product deferrable initially deferred,
    unit text not null,
    from_quantity numeric(19,6) not null check (from_quantity >= 0),
    price numeric(19,6) not null check (price >= 0),
    primary key (product, list, unit, from_quantity) include (price)
);
create index list_price_list on pricing.list_price (list, product);

-- prices raised together, and what they were before: kept for the way back
create table pricing.price_raise (
    id uuid primary key,
    list uuid not null references pricing.price_list deferrable initially deferred,
    percent numeric(8,4) not null,
    step numeric(19,6) not null,
    prices integer not null,
    at timestamptz not null,
    by_user uuid not null,
    by_name text not null,
    undone_at timestamptz
);
create index price_raise_list on pricing.price_raise (list, at desc);
create table pricing.raised_price (
    raise uuid not null references pricing.price_raise on delete cascade deferrable initially deferred,
    product uuid not null,
    unit text not null,
    from_quantity numeric(19,6) not null,
    before numeric(19,6) not null,
    after numeric(19,6) not null,
    primary key (raise, product, unit, from_quantity)
);

create table pricing.discount_rule (
    id uuid primary key,
    position integer not null,
    name text not null,
    percent numeric(7,4) check (percent between 0 and 100),
    amount numeric(19,6) check (amount >= 0),
    currency text,
    "group" uuid references pricing.product_group deferrable initially deferred,
    product uuid references pricing.product deferrable initially deferred,
    segment uuid references clients.segment deferrable initially deferred,
    agreement uuid references clients.agreement deferrable initially deferred,
    from_quantity numeric(19,6),
    valid_from date,
    valid_until date,
    exclusive boolean not null,
    cap numeric(7,4),
    archived boolean not null,
    check ((percent is null) <> (amount is null))
);
create index discount_rule_segment on pricing.discount_rule (segment) where segment is not null;
create index discount_rule_agreement on pricing.discount_rule (agreement) where agreement is not null;

-- what was decided about prices below their floor, for an object and the lines it had then
create table pricing.price_decision (
    id uuid primary key,
    about_kind text not null,
    about_id uuid not null,
    lines text not null,
    granted boolean not null,
    note text,
    at timestamptz not null,
    by_user uuid not null,
    by_name text not null,
    instance uuid not null
);
create unique index price_decision_instance on pricing.price_decision (instance);
create index price_decision_about on pricing.price_decision (about_id, about_kind, lines, at desc);

-- A company founded before gets the rights that a new one starts with.
update identity.role set permissions = permissions || array['pricing.read', 'pricing.manage', 'pricing.cost', 'pricing.approve'] where code in ('administrator', 'sales-head', 'director');
update identity.role set permissions = permissions || array['pricing.read', 'pricing.cost'] where code = 'finance-head';
update identity.role set permissions = permissions || array['pricing.read'] where code in ('sales', 'customer-service', 'project-manager', 'technologist', 'supply', 'finance');
