create schema clients;

create table clients.partner (
    id uuid primary key,
    name text not null,
    kinds integer not null,
    phone text,
    email text,
    archived boolean not null
);
create index partner_name on clients.partner using gin (lower(name) gin_trgm_ops);

create table clients.counterparty (
    id uuid primary key,
    partner uuid not null references clients.partner deferrable initially deferred,
    name text not null,
    tax_number text
);
create index counterparty_partner on clients.counterparty (partner);

create table clients.person (
    id uuid primary key,
    name text not null,
    phone text,
    email text
);

create table clients.place (
    id uuid primary key,
    owner text not null,
    branch uuid references identity.branch deferrable initially deferred,
    partner uuid references clients.partner deferrable initially deferred,
    name text not null,
    address text not null,
    latitude double precision,
    longitude double precision,
    door text,
    access_note text,
    contact uuid references clients.person deferrable initially deferred,
    archived boolean not null
);
create index place_partner on clients.place (partner);
create index place_text on clients.place using gin (lower(name || ' ' || address) gin_trgm_ops);

create table clients.contact_role (
    id uuid primary key,
    person uuid not null references clients.person deferrable initially deferred,
    role text not null,
    partner uuid references clients.partner deferrable initially deferred,
    counterparty uuid references clients.counterparty deferrable initially deferred,
    place uuid references clients.place deferrable initially deferred
);
create index contact_role_person on clients.contact_role (person);
create index contact_role_partner on clients.contact_role (partner);

create table identity.employee (
    id uuid primary key,
    person uuid not null references clients.person deferrable initially deferred,
    branch uuid not null references identity.branch deferrable initially deferred,
    job_title text,
    "user" uuid unique references identity.portal_user deferrable initially deferred,
    archived boolean not null
);
alter table identity.portal_user add foreign key (partner) references clients.partner deferrable initially deferred;
