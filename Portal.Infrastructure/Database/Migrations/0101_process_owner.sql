-- Whose process it is: who started it, unless the map names somebody else.
alter table process.instance add owner uuid;
update process.instance set owner = started_by;
create index instance_owner on process.instance (owner, started_at desc, id) where owner is not null;
create index instance_started_by on process.instance (started_by) where started_by is not null;

-- What somebody has done, and where he took part.
create index task_closed_by on process.task (closed_by, closed_at desc) where closed_at is not null;
-- Few are both open and escalated.
create index task_escalated on process.task (escalated_at) where closed_at is null and escalated_at is not null;
