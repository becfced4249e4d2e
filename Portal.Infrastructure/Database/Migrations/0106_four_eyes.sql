-- Who may not do a task, because he did what the map names.
alter table process.task add column excluded uuid[] not null default '{}';
alter table process.task alter column excluded drop default;
-- What tells a process from others about the same object.
alter table process.instance add column title text;
