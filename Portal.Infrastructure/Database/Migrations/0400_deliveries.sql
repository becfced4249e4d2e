-- a trip may stop on its way; its stops stand in one JSON value, written and read as a whole
alter table dispatch.trip add column via jsonb not null default '[]';

-- a shipment on a trip: where it is handed over, and what became of it there
create table sales.delivery (
    id uuid primary key,
    trip uuid not null references dispatch.trip deferrable initially deferred,
    shipment uuid not null references sales.shipment deferrable initially deferred,
    place integer not null,
    stop_place uuid references clients.place deferrable initially deferred,
    stop_address text not null,
    stop_latitude double precision,
    stop_longitude double precision,
    stop_door text,
    stop_contact text,
    stop_phone text,
    stop_access_note text,
    state text not null check (state in ('Planned', 'Delivered', 'Partly', 'Refused')),
    refused jsonb not null,
    receiver text,
    signature uuid,
    photos uuid[] not null,
    note text,
    at timestamptz,
    by_user uuid,
    by_name text,
    unique (trip, shipment),
    check ((state = 'Planned') = (at is null))
);
create index delivery_shipment on sales.delivery (shipment);
create index delivery_place on sales.delivery (stop_place) where stop_place is not null;

-- Whatever a program does: what was said at the door stays as it was said.
create function sales.stay_told() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.state = old.state and new.refused = old.refused and new.at = old.at and new.signature is not distinct from old.signature and new.photos = old.photos then return new; end if;
    raise exception 'Delivery % was told', old.id using errcode = 'restrict_violation';
end $$;
create trigger delivery_told before update or delete on sales.delivery for each row when (old.state <> 'Planned') execute function sales.stay_told();

-- trips that were ordered for a shipment before
insert into sales.delivery (id, trip, shipment, place, stop_place, stop_address, stop_latitude, stop_longitude, stop_door, stop_contact, stop_phone, stop_access_note, state, refused, photos)
select gen_random_uuid(), t.id, l.to_id, 1, t.dropoff_place, t.dropoff_address, t.dropoff_latitude, t.dropoff_longitude, t.dropoff_door, t.dropoff_contact, t.dropoff_phone, t.dropoff_access_note, 'Planned', '[]', '{}'
from documents.document_link l join dispatch.trip t on t.id = l.from_id where l.from_kind = 'Trip' and l.to_kind = 'Shipment';
delete from documents.document_link where from_kind = 'Trip' and to_kind = 'Shipment';
