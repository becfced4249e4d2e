-- which days of which vehicle have positions, when some came last (give or take ten minutes), and when they were looked through
create table fleet.track_day (
    vehicle uuid not null,
    day date not null,
    changed_at timestamptz not null,
    recorded_at timestamptz,
    primary key (vehicle, day)
);
insert into fleet.track_day select distinct vehicle, (time at time zone 'UTC')::date, now() from fleet.position;

-- the drives found in them; a day is replaced as a whole
create table fleet.drive (
    vehicle uuid not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    day date not null,
    km double precision not null,
    primary key (vehicle, started_at, ended_at)
);
create index drive_day on fleet.drive (vehicle, day);
