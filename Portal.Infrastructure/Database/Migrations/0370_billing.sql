-- invoices, payments and which payment pays which invoice
create schema billing;

create table billing.invoice (
    id uuid primary key,
    company uuid not null references identity.company deferrable initially deferred,
    state text not null check (state in ('Draft', 'Issued', 'PartPaid', 'Paid', 'Cancelled')),
    year integer,
    sequence integer,
    "order" uuid references sales.sales_order deferrable initially deferred,
    offer uuid references sales.offer deferrable initially deferred,
    partner uuid not null references clients.partner deferrable initially deferred,
    counterparty uuid references clients.counterparty deferrable initially deferred,
    agreement uuid references clients.agreement deferrable initially deferred,
    manager uuid references identity.portal_user deferrable initially deferred,
    branch uuid references identity.branch deferrable initially deferred,
    portion text not null check (portion in ('Whole', 'Prepayment', 'Part')),
    part integer not null check (part >= 0),
    currency text not null,
    lines jsonb not null,
    net numeric(20,3) not null,
    vat numeric(20,3) not null,
    gross numeric(20,3) not null check (gross > 0),
    paid numeric(20,3) not null check (paid >= 0 and paid <= gross),
    due_days integer not null,
    day date,
    due_on date,
    note text,
    created_at timestamptz not null,
    by_user uuid not null,
    by_name text not null,
    issued_at timestamptz,
    issued_by text,
    cancelled_at timestamptz,
    cancelled_by text,
    reason text,
    unique (company, year, sequence),
    check ((state = 'Draft') = (year is null)),
    check ((year is null) = (sequence is null)),
    check ((year is null) = (due_on is null)),
    check ("order" is not null or offer is not null)
);
create index invoice_created on billing.invoice (created_at, id);
create index invoice_partner on billing.invoice (partner, day);
create index invoice_manager on billing.invoice (manager, created_at);
create index invoice_counterparty on billing.invoice (counterparty) where counterparty is not null;
create index invoice_agreement on billing.invoice (agreement) where agreement is not null;
-- what is owed is little among much
create index invoice_open on billing.invoice (due_on) where state in ('Issued', 'PartPaid');
-- a part of what was sold is asked for once
create unique index invoice_order_part on billing.invoice ("order", part) where "order" is not null and state <> 'Cancelled';
create unique index invoice_offer_part on billing.invoice (offer, part) where "order" is null and state <> 'Cancelled';

create table billing.payment (
    id uuid primary key,
    company uuid not null references identity.company deferrable initially deferred,
    state text not null check (state in ('Posted', 'Cancelled')),
    year integer not null,
    sequence integer not null,
    day date not null,
    amount numeric(20,3) not null check (amount > 0),
    currency text not null,
    partner uuid references clients.partner deferrable initially deferred,
    payer text,
    reference text,
    allocated numeric(20,3) not null check (allocated >= 0 and allocated <= amount),
    posted_at timestamptz not null,
    by_user uuid not null,
    by_name text not null,
    cancelled_at timestamptz,
    cancelled_by text,
    reason text,
    unique (company, year, sequence),
    check (state = 'Posted' or allocated = 0)
);
create index payment_day on billing.payment (day, id);
create index payment_partner on billing.payment (partner, day) where partner is not null;
create index payment_free on billing.payment (partner, currency) where state = 'Posted' and allocated < amount;

create table billing.allocation (
    id uuid primary key,
    payment uuid not null references billing.payment deferrable initially deferred,
    invoice uuid not null references billing.invoice deferrable initially deferred,
    amount numeric(20,3) not null check (amount > 0),
    at timestamptz not null,
    by_name text not null,
    ended_at timestamptz,
    ended_by text
);
create index allocation_payment on billing.allocation (payment);
create index allocation_invoice on billing.allocation (invoice);

-- goods that may go although their client owes too much, or too long
create table billing.credit_release (
    shipment uuid primary key references sales.shipment on delete cascade deferrable initially deferred,
    reason text not null,
    at timestamptz not null,
    by_user uuid not null,
    by_name text not null
);

-- Whatever a program does: what was issued stays as it was issued, and what was cancelled stays cancelled. A client that was merged takes it along.
create function billing.stay_issued() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.year = old.year and new.sequence = old.sequence and new.currency = old.currency and new.gross = old.gross and new.lines = old.lines and new.day = old.day and new.due_on = old.due_on
        and new.state <> 'Draft' and (old.state <> 'Cancelled' or new.state = old.state) then return new; end if;
    raise exception 'Invoice % was issued', old.id using errcode = 'restrict_violation';
end $$;
create trigger invoice_issued before update or delete on billing.invoice for each row when (old.state <> 'Draft') execute function billing.stay_issued();

create function billing.stay_booked() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.year = old.year and new.sequence = old.sequence and new.currency = old.currency and new.amount = old.amount and new.day = old.day
        and (old.state <> 'Cancelled' or new.state = old.state) then return new; end if;
    raise exception 'Payment % was booked', old.id using errcode = 'restrict_violation';
end $$;
create trigger payment_booked before update or delete on billing.payment for each row execute function billing.stay_booked();

-- A company founded before gets the rights that a new one starts with.
update identity.role set permissions = permissions || array['billing.read', 'billing.invoice', 'billing.payment', 'billing.release'] where built_in and code in ('administrator', 'finance-head', 'director');
update identity.role set permissions = permissions || array['billing.read', 'billing.invoice', 'billing.payment'] where built_in and code = 'finance';
update identity.role set permissions = permissions || array['billing.read', 'billing.invoice', 'billing.release'] where built_in and code = 'sales-head';
update identity.role set permissions = permissions || array['billing.read', 'billing.invoice'] where built_in and code in ('sales', 'customer-service');
