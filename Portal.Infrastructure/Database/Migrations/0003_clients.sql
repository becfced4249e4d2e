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
    partner uuid not null references clients.partner,
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
    branch uuid references identity.branch,
    partner uuid references clients.partner,
    name text not null,
    address text not null,
    latitude double precision,
    longitude double precision,
    door text,
    access_note text,
    contact uuid references clients.person,
    archived boolean not null
);
create index place_partner on clients.place (partner);
create index place_text on clients.place using gin (lower(name || ' ' || address) gin_trgm_ops);

create table clients.contact_role (
    id uuid primary key,
    person uuid not null references clients.person,
    role text not null,
    partner uuid references clients.partner,
    counterparty uuid references clients.counterparty,
    place uuid references clients.place
);
create index contact_role_person on clients.contact_role (person);
create index contact_role_partner on clients.contact_role (partner);

create table identity.employee (
    id uuid primary key,
    person uuid not null references clients.person,
    branch uuid not null references identity.branch,
    job_title text,
    "user" uuid unique references identity.portal_user,
    archived boolean not null
);
alter table identity.portal_user add foreign key (partner) references clients.partner;
