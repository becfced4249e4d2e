-- the first row beside the headings, so that a column is known by what it holds
alter table imports.import_run add sample text[] not null default '{}';
