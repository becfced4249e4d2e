-- Letters as the search compares them: small, and ё as е, for hardly anybody writes its dots.
create function core.search_letters(text text) returns text language sql immutable parallel safe
as $$ select translate(lower(text), 'ёЁ', 'ее') $$;

drop index core.search_entry_words, core.search_entry_title, core.search_entry_starting, pricing.product_words;
alter table core.search_entry drop column words;
alter table core.search_entry add column words text not null generated always as (core.search_letters(title || ' ' || text) || ' ' || coalesce(heard, '')) stored;
create index search_entry_words on core.search_entry using gin (words gin_trgm_ops);
create index search_entry_title on core.search_entry using gin (core.search_letters(title) gin_trgm_ops);
create index search_entry_starting on core.search_entry ((core.search_letters(title)) collate "C", object_id desc);
create index product_words on pricing.product using gin (core.search_letters(code || ' ' || name) gin_trgm_ops);

create or replace function core.list_title_words(titles text[]) returns void language sql as $$
    insert into core.title_word select word from (select distinct word from unnest(titles) title, regexp_split_to_table(core.search_letters(title), '[^[:alpha:]]+') word) come
        where length(word) between 3 and 40 and not exists (select from core.title_word known where known.word = come.word)
$$;
select core.list_title_words(array(select word from core.title_word where word like '%ё%'));
delete from core.title_word where word like '%ё%';

create or replace function clients.write_words(ids uuid[]) returns void language plpgsql as $$
begin
    insert into clients.partner_words (partner) select id from clients.partner where id = any(ids) order by id on conflict do nothing;
    perform from clients.partner_words where partner = any(ids) order by partner for update;
    update clients.partner_words w set open = n.open, numbers = n.numbers, taxes = n.taxes from (
        select partner, string_agg(case when kind = 'Place' then words else core.search_letters(title) || ' ' || coalesce(heard, '') end, ' ' order by kind, object_id) as open,
            coalesce(string_agg(core.search_letters(text) || ' ' || digits, ' ' order by kind, object_id) filter (where kind in ('Partner', 'Person')), '') as numbers,
            coalesce(string_agg(core.search_letters(text) || ' ' || digits, ' ' order by kind, object_id) filter (where kind = 'Counterparty'), '') as taxes
        from (
            select partner, kind, object_id, title, text, digits, heard, words from core.search_entry where partner = any(ids) and kind in ('Partner', 'Counterparty', 'Place')
            union all
            select r.partner, e.kind, e.object_id, e.title, e.text, e.digits, e.heard, e.words
                from (select distinct partner, person from clients.contact_role where partner = any(ids)) r join core.search_entry e on e.kind = 'Person' and e.object_id = r.person
        ) part group by partner
    ) n where w.partner = n.partner and (w.open, w.numbers, w.taxes) is distinct from (n.open, n.numbers, n.taxes);
end $$;
select clients.write_words(array(select partner from clients.partner_words where words like '%ё%'));
