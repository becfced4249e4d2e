-- A search for duplicates that finds no room on a disk tries again later.
alter table clients.duplicate_run add column waits integer not null default 0;
alter table clients.duplicate_run add column waits_until timestamptz;
