alter table dispatch.trip_event add ordinal integer not null;
drop index dispatch.trip_event_trip;
-- also the last wall against two writers who both believe they are first
create unique index trip_event_trip on dispatch.trip_event (trip, ordinal);

-- the order card finds past callers by name or phone while typing
create index trip_caller on dispatch.trip using gin (lower(caller_name || ' ' || coalesce(caller_phone, '')) gin_trgm_ops);
-- the history list searches addresses
create index trip_addresses on dispatch.trip using gin (lower(pickup_address || ' ' || dropoff_address) gin_trgm_ops);
create index trip_ended on dispatch.trip (ended_at) where ended_at is not null;
