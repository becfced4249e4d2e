-- imported rows name vehicles by plate, whatever the case
create index vehicle_plate_lower on fleet.vehicle (lower(plate)) where not archived;

-- how fast the world of a device runs: a re-enactment at ten times the speed makes ten minutes of driving in one
alter table fleet.device add clock_rate double precision not null default 1;
