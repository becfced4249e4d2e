-- whoever brought a file is not told of a client beyond his reach, and adds nothing to him
alter table imports.likely_duplicate add column beyond boolean not null default false;
alter table imports.likely_duplicate alter column beyond drop default;
