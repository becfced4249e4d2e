-- claims: what clients complain about, why it came to that, what was done, and the causes that repeat themselves
create schema claims;

create table claims.claim_cause (
    id uuid primary key,
    parent uuid references claims.claim_cause deferrable initially deferred,
    key text not null unique,
    name text,
    position integer not null,
    archived boolean not null,
    check (parent is null or parent <> id)
);
create index claim_cause_parent on claims.claim_cause (parent) where parent is not null;

create table claims.claim_step (
    id uuid primary key,
    key text not null unique,
    name text,
    position integer not null,
    archived boolean not null
);

create table claims.claim (
    id uuid primary key,
    company uuid not null references identity.company deferrable initially deferred,
    year integer not null,
    sequence integer not null,
    state text not null check (state in ('Registered', 'Examining', 'Waiting', 'Decided', 'Answered', 'Closed', 'Withdrawn')),
    channel text not null check (channel in ('Cabinet', 'Mail', 'Call', 'Card', 'File')),
    partner uuid references clients.partner deferrable initially deferred,
    person uuid references clients.person deferrable initially deferred,
    "order" uuid references sales.sales_order deferrable initially deferred,
    order_line uuid,
    shipment uuid references sales.shipment deferrable initially deferred,
    trip uuid references dispatch.trip deferrable initially deferred,
    product uuid references pricing.product deferrable initially deferred,
    quantity numeric(19,6) check (quantity > 0),
    vehicle uuid references fleet.vehicle deferrable initially deferred,
    driver uuid references fleet.driver deferrable initially deferred,
    warehouse uuid references stock.warehouse deferrable initially deferred,
    route text,
    kind text not null check (kind in ('Quality', 'Quantity', 'Damage', 'Delay', 'Documents', 'Service', 'Other')),
    text text not null,
    expects text,
    claimed numeric(20,3) check (claimed >= 0),
    currency text not null,
    manager uuid references identity.portal_user deferrable initially deferred,
    branch uuid references identity.branch deferrable initially deferred,
    received_at timestamptz not null,
    day date not null,
    react_by timestamptz not null,
    decide_by timestamptz not null,
    reacted_at timestamptz,
    waits_since timestamptz,
    cause uuid references claims.claim_cause deferrable initially deferred,
    step uuid references claims.claim_step deferrable initially deferred,
    findings text,
    decision text check (decision in ('Replace', 'Refund', 'Repair', 'Refuse')),
    allowed numeric(20,3) check (allowed >= 0),
    cost numeric(20,3) check (cost >= 0),
    takes_back boolean not null,
    action text,
    decided_at timestamptz,
    decided_by text,
    informed_at timestamptz,
    answer text,
    satisfied boolean,
    client_words text,
    confirmed_at timestamptz,
    measure text,
    result text check (result in ('Kept', 'Lost', 'Returned')),
    closed_at timestamptz,
    closed_by text,
    reason text,
    external text,
    closed_before_opened boolean not null,
    created_at timestamptz not null,
    by_user uuid not null,
    by_name text not null,
    unique (company, year, sequence),
    check ((state = 'Waiting') = (waits_since is not null)),
    check ((state in ('Closed', 'Withdrawn')) = (closed_at is not null)),
    -- only what another program kept may be nobody's
    check (partner is not null or channel = 'File')
);
create index claim_received on claims.claim (received_at, id);
create index claim_day on claims.claim (day);
create index claim_partner on claims.claim (partner, received_at) where partner is not null;
create index claim_manager on claims.claim (manager, received_at) where manager is not null;
create index claim_cause_received on claims.claim (cause, received_at) where cause is not null;
create index claim_step_received on claims.claim (step, received_at) where step is not null;
create index claim_product on claims.claim (product, received_at) where product is not null;
create index claim_driver on claims.claim (driver, received_at) where driver is not null;
create index claim_vehicle on claims.claim (vehicle, received_at) where vehicle is not null;
create index claim_warehouse on claims.claim (warehouse, received_at) where warehouse is not null;
create index claim_route on claims.claim (route, received_at) where route is not null;
create index claim_order on claims.claim ("order") where "order" is not null;
create index claim_shipment on claims.claim (shipment) where shipment is not null;
create index claim_trip on claims.claim (trip) where trip is not null;
create index claim_person on claims.claim (person) where person is not null;
-- what is still to be done is little among much
create index claim_open on claims.claim (decide_by) where state not in ('Closed', 'Withdrawn');

create table claims.claim_incident (
    id uuid primary key,
    cause uuid not null references claims.claim_cause deferrable initially deferred,
    dimension text not null check (dimension in ('Product', 'Driver', 'Warehouse', 'Route')),
    about text not null,
    name text not null,
    state text not null check (state in ('Open', 'Acknowledged', 'Closed')),
    count integer not null,
    days integer not null,
    raised_at timestamptz not null,
    last_at timestamptz not null,
    acknowledged_at timestamptz,
    acknowledged_by text,
    closed_at timestamptz,
    closed_by text,
    measure text,
    check ((state = 'Closed') = (closed_at is not null))
);
create index claim_incident_raised on claims.claim_incident (raised_at, id);
-- one at a time of a cause and what it repeats itself about
create unique index claim_incident_open on claims.claim_incident (cause, dimension, about) where state <> 'Closed';

-- Whatever a program does: a claim keeps its number, and is never gone.
create function claims.stay_registered() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.year = old.year and new.sequence = old.sequence and new.received_at = old.received_at then return new; end if;
    raise exception 'Claim % was registered', old.id using errcode = 'restrict_violation';
end $$;
create trigger claim_registered before update or delete on claims.claim for each row execute function claims.stay_registered();

-- What a company begins with; nameless rows are called in the language of who reads.
insert into claims.claim_step (id, key, position, archived)
    select ('5a1e0000-0000-7000-8000-0000000011' || lpad(position::text, 2, '0'))::uuid, key, position, false
    from unnest(array['sales', 'supply', 'production', 'warehouse', 'delivery', 'documents', 'client']) with ordinality as step (key, position);
insert into claims.claim_cause (id, parent, key, position, archived)
    select ('5a1e0000-0000-7000-8000-0000000012' || lpad(position::text, 2, '0'))::uuid, null, key, position, false
    from unnest(array['delivery', 'picking', 'goods', 'papers', 'service', 'client']) with ordinality as cause (key, position);
insert into claims.claim_cause (id, parent, key, position, archived)
    select ('5a1e0000-0000-7000-8000-00000013' || lpad(above.position::text, 2, '0') || lpad(row_number() over (partition by above.id order by cause.place)::text, 2, '0'))::uuid, above.id, above.key || '.' || cause.key, row_number() over (partition by above.id order by cause.place), false
    from claims.claim_cause above join (values
        ('delivery', 'late', 1), ('delivery', 'address', 2), ('delivery', 'damaged', 3), ('delivery', 'missing', 4), ('delivery', 'conduct', 5),
        ('picking', 'wrong', 1), ('picking', 'short', 2), ('picking', 'packing', 3),
        ('goods', 'defect', 1), ('goods', 'finish', 2), ('goods', 'description', 3), ('goods', 'age', 4),
        ('papers', 'missing', 1), ('papers', 'price', 2),
        ('service', 'promise', 1), ('service', 'answer', 2),
        ('client', 'handling', 1), ('client', 'choice', 2)) as cause (above, key, place) on cause.above = above.key;

-- A company founded before gets the rights that a new one starts with.
update identity.role set permissions = permissions || array['claims.read', 'claims.register', 'claims.manage', 'claims.decide', 'claims.settings'] where built_in and code in ('administrator', 'quality-head', 'director');
update identity.role set permissions = permissions || array['claims.read', 'claims.register', 'claims.manage', 'claims.decide'] where built_in and code = 'service-head';
update identity.role set permissions = permissions || array['claims.read', 'claims.register', 'claims.manage'] where built_in and code in ('quality', 'customer-service');
update identity.role set permissions = permissions || array['claims.read', 'claims.register'] where built_in and code in ('sales', 'sales-head', 'project-manager');
update identity.role set permissions = permissions || array['claims.read'] where built_in and code in ('finance', 'finance-head', 'warehouse', 'warehouse-head', 'production', 'production-head');
update identity.role set permissions = permissions || array['sales.order.read'] where built_in and code in ('quality', 'quality-head') and not permissions @> array['sales.order.read'];
update identity.role set permissions = permissions || array['documents.export'] where built_in and code = 'quality-head' and not permissions @> array['documents.export'];
