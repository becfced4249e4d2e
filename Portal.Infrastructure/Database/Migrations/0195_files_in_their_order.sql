-- What a file tells is taken in in the order in which it tells it. A run that was under way begins anew: what it has taken in it knows again.
alter table imports.import_run add column applied_line integer;
update imports.import_run set applied_line = 0 where applied_through is not null;
alter table imports.import_run drop column applied_through;
