-- How far the search for duplicates in a file is, in percent, and what parts the file's fields, so that its report is written like it.
alter table imports.import_run add column compared integer, add column separator text;

-- what the other row is called, and why both are held alike
alter table imports.likely_duplicate add column called text, add column reasons text[] not null default '{}';
alter table imports.likely_duplicate alter column reasons drop default;

-- a row that is left out is looked up by its document, too
drop index imports.staged_row_document;
create index staged_row_document on imports.staged_row (run, document, ordinal);

-- whom other files have completed since a file was checked
create index timeline_entry_completed on clients.timeline_entry (at) where what = 'partner.completed';
