-- what stopped an import is told in the reader's language, with the row or line it was about
alter table imports.import_run add failure_args text[] not null default '{}';
