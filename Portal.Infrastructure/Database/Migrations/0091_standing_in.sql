-- For whom a substitute did it.
alter table work.assignment_event add for_name text;
