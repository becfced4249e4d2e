create schema fleet;

create table fleet.vehicle_class (
    id uuid primary key,
    name text not null,
    body text not null,
    archived boolean not null
);

create table fleet.vehicle (
    id uuid primary key,
    plate text not null,
    model text not null,
    class uuid not null references fleet.vehicle_class deferrable initially deferred,
    branch uuid not null references identity.branch deferrable initially deferred,
    seats integer not null,
    payload_kg integer not null,
    volume_m3 numeric(9, 3) not null,
    equipment text[] not null,
    depot uuid references clients.place deferrable initially deferred,
    source text,
    archived boolean not null
);
create unique index vehicle_plate on fleet.vehicle (plate) where not archived;

create table fleet.driver (
    id uuid primary key,
    employee uuid not null unique references identity.employee deferrable initially deferred,
    branch uuid not null references identity.branch deferrable initially deferred,
    name text not null,
    phone text,
    licence_categories text,
    usual_vehicle uuid references fleet.vehicle deferrable initially deferred,
    source text,
    archived boolean not null
);

create table fleet.shift (
    id uuid primary key,
    driver uuid not null references fleet.driver deferrable initially deferred,
    vehicle uuid not null references fleet.vehicle deferrable initially deferred,
    branch uuid not null references identity.branch deferrable initially deferred,
    planned_from timestamptz not null,
    planned_to timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    source text
);
-- one driver works one shift at a time, and one vehicle is driven by one
create unique index shift_open_driver on fleet.shift (driver) where started_at is not null and ended_at is null;
create unique index shift_open_vehicle on fleet.shift (vehicle) where started_at is not null and ended_at is null;
create index shift_driver on fleet.shift (driver, planned_from);
create index shift_vehicle on fleet.shift (vehicle, planned_from);
create index shift_from on fleet.shift (planned_from);

create table fleet.shift_break (
    id uuid primary key,
    shift uuid not null references fleet.shift on delete cascade deferrable initially deferred,
    "from" timestamptz not null,
    "to" timestamptz
);
create index shift_break_shift on fleet.shift_break (shift);
