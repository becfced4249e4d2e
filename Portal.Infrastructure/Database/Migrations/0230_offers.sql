-- documents: numbers without a gap, and what comes from what
create schema documents;

create table documents.document_number (
    company uuid not null references identity.company deferrable initially deferred,
    type text not null,
    year integer not null,
    last integer not null check (last > 0),
    primary key (company, type, year)
);

create table documents.document_link (
    from_kind text not null,
    from_id uuid not null,
    to_kind text not null,
    to_id uuid not null,
    kind text not null,
    at timestamptz not null,
    primary key (from_id, to_id, kind)
);
create index document_link_to on documents.document_link (to_id);

-- commercial offers
create table sales.offer (
    id uuid primary key,
    company uuid not null references identity.company deferrable initially deferred,
    year integer,
    sequence integer,
    title text not null,
    deal uuid references sales.deal deferrable initially deferred,
    partner uuid references clients.partner deferrable initially deferred,
    contact uuid references clients.person deferrable initially deferred,
    manager uuid references identity.portal_user deferrable initially deferred,
    branch uuid references identity.branch deferrable initially deferred,
    state text not null check (state in ('Draft', 'Issued', 'Sent', 'Read', 'Accepted', 'Refused', 'Expired', 'Withdrawn')),
    state_since timestamptz,
    in_force integer,
    newest integer not null,
    created_at timestamptz not null,
    currency text not null,
    net numeric(20,3) not null,
    gross numeric(20,3) not null,
    valid_until date not null,
    unique (company, year, sequence),
    check ((year is null) = (sequence is null)),
    check (in_force is null or year is not null)
);
create index offer_created on sales.offer (created_at, id);
create index offer_deal on sales.offer (deal, created_at) where deal is not null;
create index offer_partner on sales.offer (partner, created_at) where partner is not null;
create index offer_contact on sales.offer (contact) where contact is not null;
create index offer_manager on sales.offer (manager, created_at);
-- what runs out is few among many
create index offer_out on sales.offer (valid_until) where state in ('Issued', 'Sent', 'Read');

create table sales.offer_version (
    offer uuid not null references sales.offer deferrable initially deferred,
    number integer not null check (number > 0),
    content jsonb not null,
    currency text not null,
    net numeric(20,3) not null,
    vat numeric(20,3) not null,
    gross numeric(20,3) not null,
    created_at timestamptz not null,
    by_name text not null,
    issued_at timestamptz,
    primary key (offer, number)
);

create table sales.offer_answer (
    id uuid primary key,
    offer uuid not null references sales.offer deferrable initially deferred,
    number integer not null,
    answer text not null check (answer in ('Accepted', 'Refused')),
    words text,
    options uuid[] not null,
    net numeric(20,3) not null,
    vat numeric(20,3) not null,
    gross numeric(20,3) not null,
    name text not null,
    address text not null,
    at timestamptz not null,
    foreign key (offer, number) references sales.offer_version deferrable initially deferred
);
create index offer_answer_offer on sales.offer_answer (offer, at);
-- whoever is asked twice answers once
create unique index offer_answer_accepted on sales.offer_answer (offer) where answer = 'Accepted';

create table sales.offer_link (
    id uuid primary key,
    offer uuid not null references sales.offer deferrable initially deferred,
    number integer not null,
    secret_hash bytea not null unique,
    sent_to text,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    by_name text not null,
    opened_at timestamptz,
    revoked_at timestamptz,
    foreign key (offer, number) references sales.offer_version deferrable initially deferred
);
create index offer_link_offer on sales.offer_link (offer);

create table sales.company_logo (
    company uuid primary key references identity.company deferrable initially deferred,
    content bytea not null
);

-- Whatever a program does: a version that went out, and what was answered to it, stay as they are.
create function sales.stay_as_it_is() returns trigger language plpgsql as $$
begin
    raise exception 'Row of % is frozen', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger offer_version_frozen before update or delete on sales.offer_version for each row when (old.issued_at is not null) execute function sales.stay_as_it_is();
create trigger offer_answer_frozen before update or delete on sales.offer_answer for each row execute function sales.stay_as_it_is();
-- an accepted offer may change hands, not what was agreed; a client that was merged takes it along
create function sales.stay_accepted() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.state = old.state and new.in_force = old.in_force and new.newest = old.newest and new.year = old.year and new.sequence = old.sequence
        and new.net = old.net and new.gross = old.gross and new.currency = old.currency then return new; end if;
    raise exception 'Offer % was accepted', old.id using errcode = 'restrict_violation';
end $$;
create trigger offer_accepted before update or delete on sales.offer for each row when (old.state = 'Accepted') execute function sales.stay_accepted();

-- A company founded before gets the rights that a new one starts with.
update identity.role set permissions = permissions || array['sales.offer.read', 'sales.offer.manage'] where built_in and code in ('administrator', 'sales', 'sales-head', 'director');
