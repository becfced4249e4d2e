-- title and text under one index: words that are frequent each are rare together, and only one index can know that
alter table core.search_entry add column words text not null generated always as (lower(title || ' ' || text)) stored;
create index search_entry_words on core.search_entry using gin (words gin_trgm_ops);
drop index core.search_entry_text;
