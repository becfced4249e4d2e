create table fleet.device (
    id uuid primary key,
    key text not null unique,
    name text not null,
    secret_hash bytea not null,
    speed_unit text not null,
    vehicle uuid references fleet.vehicle deferrable initially deferred,
    registered_at timestamptz not null,
    revoked_at timestamptz
);
create index device_vehicle on fleet.device (vehicle);
create index device_name on fleet.device (lower(name), id);

-- every node keeps the devices in memory: whoever changes one, all of them hear of it
create function fleet.tell_device() returns trigger language plpgsql as $$
begin
    perform pg_notify('fleet_device', '');
    return null;
end $$;
create trigger device_told after insert or update or delete on fleet.device
    for each statement execute function fleet.tell_device();

-- apart from the device itself, whose version guards what people edit
create table fleet.device_activity (
    device uuid primary key references fleet.device on delete cascade deferrable initially deferred,
    last_message_at timestamptz,
    refused bigint not null default 0,
    last_refused_at timestamptz
);

create table fleet.position (
    vehicle uuid not null,
    time timestamptz not null,
    received timestamptz not null,
    device uuid,
    latitude double precision,
    longitude double precision,
    speed_kmh real,
    heading_deg real,
    altitude_m real,
    accuracy_m real,
    battery_percent real,
    odometer_km double precision,
    ignition boolean,
    flags smallint not null,
    attributes jsonb,
    primary key (vehicle, time)
) partition by range (time);
-- holds the dirt alone: a device's counters are read from it
create index position_flagged on fleet.position (device, flags) where flags <> 0;

-- Attached rather than made in place: that needs no lock which readers would feel.
create function fleet.make_position_day(day date) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
    part text := 'position_' || to_char(day, 'YYYYMMDD');
begin
    if to_regclass('fleet.' || part) is not null then return; end if;
    perform pg_advisory_xact_lock(hashtext('fleet.position'));
    if to_regclass('fleet.' || part) is not null then return; end if;
    execute format('create table fleet.%I (like fleet.position)', part);
    execute format('alter table fleet.position attach partition fleet.%I for values from (%L) to (%L)',
        part, day::timestamptz, (day + 1)::timestamptz);
end $$;

-- Looks and drops under one lock, so that no late record slips in between.
create function fleet.drop_position_day(day date, received_before timestamptz) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '5s' as $$
declare
    part text := 'position_' || to_char(day, 'YYYYMMDD');
    younger boolean;
begin
    perform pg_advisory_xact_lock(hashtext('fleet.position'));
    if to_regclass('fleet.' || part) is null then return true; end if;
    execute format('lock table fleet.%I in share row exclusive mode', part);
    execute format('select exists (select from fleet.%I where received >= $1)', part) into younger using received_before;
    if younger then return false; end if;
    execute format('drop table fleet.%I', part);
    return true;
end $$;

create table fleet.quarantined_position (
    vehicle uuid not null,
    time timestamptz not null,
    device uuid,
    received timestamptz not null,
    reason text not null,
    reading jsonb not null,
    primary key (vehicle, time)
);
create index quarantined_position_device on fleet.quarantined_position (device, reason);
create index quarantined_position_received on fleet.quarantined_position (received);

create table fleet.last_position (
    vehicle uuid primary key,
    time timestamptz not null,
    latitude double precision not null,
    longitude double precision not null,
    speed_kmh real not null,
    heading_deg real not null,
    ignition boolean,
    battery_percent real
) with (fillfactor = 70);
