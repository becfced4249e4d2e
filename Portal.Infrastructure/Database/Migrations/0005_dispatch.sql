create schema dispatch;

create sequence dispatch.trip_number;

create table dispatch.trip (
    id uuid primary key,
    number bigint not null unique,
    branch uuid not null references identity.branch deferrable initially deferred,
    customer uuid references clients.partner deferrable initially deferred,
    caller_name text not null,
    caller_phone text,
    pickup_place uuid references clients.place deferrable initially deferred,
    pickup_address text not null,
    pickup_latitude double precision,
    pickup_longitude double precision,
    pickup_door text,
    pickup_contact text,
    pickup_phone text,
    pickup_access_note text,
    dropoff_place uuid references clients.place deferrable initially deferred,
    dropoff_address text not null,
    dropoff_latitude double precision,
    dropoff_longitude double precision,
    dropoff_door text,
    dropoff_contact text,
    dropoff_phone text,
    dropoff_access_note text,
    pickup_from timestamptz not null,
    pickup_until timestamptz not null,
    passengers integer not null,
    cargo text,
    needs_class uuid references fleet.vehicle_class deferrable initially deferred,
    needs_seats integer not null,
    needs_payload_kg integer not null,
    needs_volume_m3 numeric(9, 3) not null,
    needs_equipment text[] not null,
    note text,
    state text not null,
    vehicle uuid references fleet.vehicle deferrable initially deferred,
    driver uuid references fleet.driver deferrable initially deferred,
    reason text,
    requested_at timestamptz not null,
    assigned_at timestamptz,
    accepted_at timestamptz,
    departed_at timestamptz,
    arrived_at timestamptz,
    boarded_at timestamptz,
    ended_at timestamptz,
    planned_km double precision,
    planned_seconds integer,
    source text
);
create index trip_open on dispatch.trip (state, pickup_from)
    where state in ('Requested', 'Assigned', 'Accepted', 'OnTheWay', 'Arrived', 'OnBoard');
create index trip_pickup on dispatch.trip (pickup_from, id);
create index trip_vehicle on dispatch.trip (vehicle, pickup_from);
create index trip_driver on dispatch.trip (driver, pickup_from);
create index trip_customer on dispatch.trip (customer, pickup_from);
create index trip_requested on dispatch.trip (requested_at, id);

create table dispatch.trip_event (
    id uuid primary key,
    trip uuid not null references dispatch.trip on delete cascade deferrable initially deferred,
    action text not null,
    state text not null,
    vehicle uuid,
    driver uuid,
    at timestamptz not null,
    by_user uuid not null,
    by_name text not null,
    reason text
);
create index trip_event_trip on dispatch.trip_event (trip, at);
