-- The round of letters asks for what became open, was handed on or is due within seconds, however much is open.
create index task_created on process.task (created_at) where closed_at is null;
create index task_handed on process.task (claimed_at) where closed_at is null and handed_from is not null;
create index task_due on process.task (due) where closed_at is null and due is not null;

-- Where somebody took part is read from the index alone.
drop index process.task_closed_by;
create index task_closed_by on process.task (closed_by, instance) where closed_at is not null;
