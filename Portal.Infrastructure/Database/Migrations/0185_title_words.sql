-- The words of all titles, small, of letters only: what is typed amiss is put right by them, for they are few even where the titles are many. Two transactions that write one new word
-- do not wait for each other; it stands twice then, and is found once. A word stays when its last title goes.
create table core.title_word (word text not null);
insert into core.title_word select distinct word from core.search_entry, regexp_split_to_table(lower(title), '[^[:alpha:]]+') word where length(word) between 3 and 40;
create index title_word_known on core.title_word (word);
create index title_word_near on core.title_word using gin (word gin_trgm_ops);

create function core.list_title_words(titles text[]) returns void language sql as $$
    insert into core.title_word select word from (select distinct word from unnest(titles) title, regexp_split_to_table(lower(title), '[^[:alpha:]]+') word) come
        where length(word) between 3 and 40 and not exists (select from core.title_word known where known.word = come.word)
$$;

create function core.titles_written() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform core.list_title_words(array(select title from come));
    return null;
end $$;
create trigger titles_inserted after insert on core.search_entry referencing new table as come for each statement execute function core.titles_written();
create trigger titles_updated after update on core.search_entry referencing new table as come for each statement execute function core.titles_written();
