-- the client's card: standing, network, who answers for it; legal entities, contacts, structured addresses, agreements
alter table clients.partner
    add column standing text not null default 'Prospect',
    add column website text,
    add column note text,
    add column parent uuid references clients.partner deferrable initially deferred,
    add column level text not null default 'Single',
    add column responsible uuid references identity.portal_user deferrable initially deferred,
    add column branch uuid references identity.branch deferrable initially deferred,
    add column created_at timestamptz not null default now();
alter table clients.partner alter column standing drop default, alter column level drop default;
-- a party that we have driven for is no prospect
update clients.partner p set standing = 'Active' where exists (select from dispatch.trip t where t.customer = p.id);
create index partner_parent on clients.partner (parent) where parent is not null;
create index partner_responsible on clients.partner (responsible, lower(name));
create index partner_branch on clients.partner (branch, lower(name));
create index partner_sorted on clients.partner (lower(name), id) where not archived;
create index partner_created on clients.partner (created_at desc, id);

alter table clients.counterparty
    add column country text,
    add column register_number text,
    add column legal_address text,
    add column parent uuid references clients.counterparty deferrable initially deferred,
    add column archived boolean not null default false;
alter table clients.counterparty alter column archived drop default;
create index counterparty_tax_number on clients.counterparty (tax_number) where tax_number is not null;
create index counterparty_parent on clients.counterparty (parent) where parent is not null;

alter table clients.person
    add column birth_date date,
    add column note text;

alter table clients.contact_role add column ended boolean not null default false;
alter table clients.contact_role alter column ended drop default;
create index contact_role_place on clients.contact_role (place) where place is not null;
create index contact_role_counterparty on clients.contact_role (counterparty) where counterparty is not null;

create table clients.contact_point (
    id uuid primary key,
    partner uuid references clients.partner deferrable initially deferred,
    person uuid references clients.person deferrable initially deferred,
    channel text not null,
    use text not null,
    value text not null,
    check (num_nonnulls(partner, person) = 1)
);
create index contact_point_partner on clients.contact_point (partner) where partner is not null;
create index contact_point_person on clients.contact_point (person) where person is not null;

alter table clients.place
    add column purposes integer not null default 0,
    add column country text,
    add column region text,
    add column town text,
    add column street text,
    add column house text,
    add column postcode text;
alter table clients.place alter column purposes drop default;

create table clients.agreement (
    id uuid primary key,
    partner uuid not null references clients.partner deferrable initially deferred,
    kind text not null,
    number text not null,
    name text,
    counterparty uuid references clients.counterparty deferrable initially deferred,
    valid_from date not null,
    valid_until date,
    payment_days integer not null,
    credit_limit numeric(19,2),
    currency text,
    note text,
    archived boolean not null,
    check (valid_until is null or valid_until >= valid_from)
);
create index agreement_partner on clients.agreement (partner);
create index agreement_counterparty on clients.agreement (counterparty) where counterparty is not null;

create table clients.interaction (
    id uuid primary key,
    partner uuid not null references clients.partner deferrable initially deferred,
    kind text not null,
    direction text not null,
    state text not null,
    at timestamptz not null,
    minutes integer not null,
    subject text not null,
    text text,
    stage text,
    outcome text,
    responsible uuid not null references identity.portal_user deferrable initially deferred,
    after uuid references clients.interaction deferrable initially deferred,
    created_at timestamptz not null,
    by_user uuid not null,
    by_name text not null
);
create index interaction_partner on clients.interaction (partner, at desc);
create index interaction_responsible on clients.interaction (responsible, at);
create index interaction_planned on clients.interaction (partner, at) where state = 'Planned';
create index interaction_after on clients.interaction (after) where after is not null;

create table clients.interaction_participant (
    id uuid primary key,
    interaction uuid not null references clients.interaction deferrable initially deferred,
    person uuid references clients.person deferrable initially deferred,
    "user" uuid references identity.portal_user deferrable initially deferred,
    check (num_nonnulls(person, "user") = 1)
);
create unique index interaction_participant_person on clients.interaction_participant (interaction, person) where person is not null;
create unique index interaction_participant_user on clients.interaction_participant (interaction, "user") where "user" is not null;
create index interaction_of_person on clients.interaction_participant (person) where person is not null;

create table clients.timeline_entry (
    id uuid primary key,
    partner uuid not null references clients.partner deferrable initially deferred,
    what text not null,
    about_kind text not null,
    about_id uuid not null,
    words text,
    at timestamptz not null,
    by_user uuid not null,
    by_name text not null
);
create index timeline_entry_partner on clients.timeline_entry (partner, at desc, id desc);

create table work.object_tag (
    id uuid primary key,
    about_kind text not null,
    about_id uuid not null,
    word text not null
);
create unique index object_tag_word on work.object_tag (about_kind, about_id, lower(word));
create index object_tag_found on work.object_tag (about_kind, lower(word), about_id);

-- people and legal entities are found by name and number
insert into core.search_entry (kind, object_id, title, text)
    select 'Person', id, name, trim(coalesce(phone, '') || ' ' || coalesce(email, '')) from clients.person on conflict do nothing;
insert into core.search_entry (kind, object_id, title, text, partner)
    select 'Counterparty', id, name, coalesce(tax_number, ''), partner from clients.counterparty on conflict do nothing;
create index search_entry_partner on core.search_entry (partner) where partner is not null;

-- A company founded before gets the rights that a new one starts with.
update identity.role set permissions = permissions || array['clients.partner.read', 'clients.partner.manage', 'clients.partner.export'] where code = 'administrator';
update identity.role set permissions = permissions || array['clients.partner.read', 'clients.partner.manage']
    where code in ('sales', 'sales-head', 'customer-service', 'service-head', 'project-manager', 'director');
update identity.role set permissions = permissions || array['clients.partner.export'] where code in ('sales-head', 'director');
update identity.role set permissions = permissions || array['clients.partner.read']
    where code in ('dispatcher', 'finance', 'finance-head', 'legal', 'quality', 'quality-head', 'warehouse', 'warehouse-head', 'supply');
