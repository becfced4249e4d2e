-- A title in Latin letters and as it sounds, so that each alphabet finds the other. Whoever writes an entry writes it beside the title; a background round takes those without.
alter table core.search_entry add column heard text;
create index search_entry_unheard on core.search_entry (kind, object_id) where heard is null;

-- one index for all that is looked for: small letters as they were written and as they read in Latin, capital ones as they sound
drop index core.search_entry_words;
drop index core.search_entry_title;
alter table core.search_entry drop column words;
alter table core.search_entry add column words text not null generated always as (lower(title || ' ' || text) || ' ' || coalesce(heard, '')) stored;
create index search_entry_words on core.search_entry using gin (words gin_trgm_ops);
