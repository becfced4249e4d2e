-- A plate is compared without case, blanks and hyphens. Of our own vehicles that are equal so, the first keeps the key;
-- the others work on without one, until somebody writes their plate anew.
alter table fleet.vehicle add plate_key text;

with keyed as (
    select id, upper(regexp_replace(plate, '[[:space:]-]', '', 'g')) as key, not archived and source is null as ours from fleet.vehicle
), placed as (
    select id, key, ours, row_number() over (partition by key, ours order by id) as place from keyed
)
update fleet.vehicle v set plate_key = coalesce(nullif(p.key, ''), v.plate) from placed p where p.id = v.id and (not p.ours or p.place = 1);

create unique index vehicle_plate_key on fleet.vehicle (plate_key) where not archived and source is null;
