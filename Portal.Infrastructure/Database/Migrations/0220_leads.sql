-- interest in what we sell, before it is known whether a deal comes of it
create table sales.lead_stream (
    id uuid primary key,
    key text not null unique,
    name text,
    position integer not null,
    archived boolean not null
);

create table sales.lead_form (
    id uuid primary key,
    name text not null,
    key text not null unique,
    stream uuid not null references sales.lead_stream deferrable initially deferred,
    source uuid references sales.lead_source deferrable initially deferred,
    branch uuid references identity.branch deferrable initially deferred,
    "group" uuid references pricing.product_group deferrable initially deferred,
    asked integer not null,
    needed integer not null,
    words jsonb not null,
    origins text[] not null,
    managers uuid[] not null,
    archived boolean not null
);

create sequence sales.lead_number;

create table sales.lead (
    id uuid primary key,
    number bigint not null unique,
    subject text not null,
    text text,
    name text,
    company text,
    phone text,
    phone_key text,
    mail text,
    mail_key text,
    territory text,
    channel text not null,
    stream uuid not null references sales.lead_stream deferrable initially deferred,
    source uuid references sales.lead_source deferrable initially deferred,
    form uuid references sales.lead_form deferrable initially deferred,
    "group" uuid references pricing.product_group deferrable initially deferred,
    partner uuid references clients.partner deferrable initially deferred,
    person uuid references clients.person deferrable initially deferred,
    manager uuid references identity.portal_user deferrable initially deferred,
    branch uuid references identity.branch deferrable initially deferred,
    route text not null,
    given_at timestamptz,
    state text not null check (state in ('New', 'Working', 'Qualified', 'Converted', 'Disqualified')),
    interest text not null,
    peak text not null,
    next_step text,
    next_step_at timestamptz,
    appeals integer not null check (appeals > 0),
    last_appeal_at timestamptz not null,
    first_contact_at timestamptz,
    last_contact_at timestamptz,
    asked_price boolean not null,
    budget_known boolean not null,
    suspicion text,
    rejection text,
    rejection_note text,
    deal uuid references sales.deal deferrable initially deferred,
    created_at timestamptz not null,
    closed_at timestamptz,
    -- what is open has a next step, whatever a program does
    check ((state in ('New', 'Working', 'Qualified')) = (closed_at is null)),
    check ((closed_at is null) = (next_step is not null and next_step_at is not null)),
    check ((state = 'Disqualified') = (rejection is not null)),
    check ((state = 'Converted') = (deal is not null))
) with (fillfactor = 85);
create index lead_open on sales.lead (next_step_at, id) where closed_at is null;
create index lead_manager on sales.lead (manager, next_step_at) where closed_at is null;
create index lead_managed on sales.lead (manager, created_at);
create index lead_created on sales.lead (created_at, number);
create index lead_phone on sales.lead (phone_key) where phone_key is not null;
create index lead_mail on sales.lead (mail_key) where mail_key is not null;
create index lead_partner on sales.lead (partner, created_at) where partner is not null;
create index lead_person on sales.lead (person) where person is not null;
create index lead_deal on sales.lead (deal) where deal is not null;
create index lead_form_created on sales.lead (form, created_at) where form is not null;
create index lead_doubted on sales.lead (created_at) where suspicion is not null and closed_at is null;

create table sales.lead_event (
    id uuid primary key,
    lead uuid not null references sales.lead deferrable initially deferred,
    kind text not null,
    words text,
    channel text,
    talk text,
    heir uuid references identity.portal_user deferrable initially deferred,
    route text,
    interest text,
    at timestamptz not null,
    by_user uuid not null,
    by_name text not null
);
create index lead_event_lead on sales.lead_event (lead, at);
create index lead_event_at on sales.lead_event (at) where kind = 'Given';

create table sales.need_question (
    id uuid primary key,
    "group" uuid references pricing.product_group deferrable initially deferred,
    text text not null,
    kind text not null,
    options text[] not null,
    position integer not null,
    is_required boolean not null,
    budget boolean not null,
    archived boolean not null
);

create table sales.need_answer (
    lead uuid not null references sales.lead deferrable initially deferred,
    question uuid not null references sales.need_question deferrable initially deferred,
    value text not null,
    primary key (lead, question)
);

create table sales.lead_territory (
    id uuid primary key,
    words text not null,
    manager uuid references identity.portal_user deferrable initially deferred,
    team uuid references identity.team deferrable initially deferred,
    position integer not null,
    check (num_nonnulls(manager, team) = 1)
);

-- What a company begins with. Nameless rows are called in the language of who reads.
insert into sales.lead_stream (id, key, position, archived)
    select ('5a1e0000-0000-7000-8000-0000000004' || lpad(position::text, 2, '0'))::uuid, key, position, false
    from unnest(array['own', 'brand', 'site', 'event']) with ordinality as stream (key, position);

-- A company founded before gets the rights that a new one starts with.
update identity.role set permissions = permissions || array['sales.lead.read', 'sales.lead.manage'] where built_in and code = 'sales';
update identity.role set permissions = permissions || array['sales.lead.read', 'sales.lead.manage', 'sales.lead.distribute'] where built_in and code in ('administrator', 'sales-head', 'director');
