-- a phone number is found in whatever format it was written
alter table core.search_entry add column digits text not null generated always as (regexp_replace(text, '\D', '', 'g')) stored;
create index search_entry_digits on core.search_entry using gin (digits gin_trgm_ops);
