-- All that the list of clients looks for, one text for each: what stands in several rows is rare together, and only one index can know that. Apart stands what may be hidden from a reader:
-- phones and mails of the client and its people, tax numbers of its legal entities.
create table clients.partner_words (
    partner uuid primary key references clients.partner deferrable initially deferred,
    open text not null default '',
    numbers text not null default '',
    taxes text not null default '',
    words text not null generated always as (open || ' ' || numbers || ' ' || taxes) stored
);

-- whose words the open transactions have changed; each writes its own as it commits
create unlogged table clients.words_due (tx xid8 not null, partner uuid not null, primary key (tx, partner));

-- Of two transactions that change parts of one client the later waits for the row, and reads in a new statement what the earlier has left.
create function clients.write_words(ids uuid[]) returns void language plpgsql as $$
begin
    insert into clients.partner_words (partner) select id from clients.partner where id = any(ids) order by id on conflict do nothing;
    perform from clients.partner_words where partner = any(ids) order by partner for update;
    update clients.partner_words w set open = n.open, numbers = n.numbers, taxes = n.taxes from (
        select partner, string_agg(case when kind = 'Place' then words else lower(title) || ' ' || coalesce(heard, '') end, ' ' order by kind, object_id) as open,
            coalesce(string_agg(lower(text) || ' ' || digits, ' ' order by kind, object_id) filter (where kind in ('Partner', 'Person')), '') as numbers,
            coalesce(string_agg(lower(text) || ' ' || digits, ' ' order by kind, object_id) filter (where kind = 'Counterparty'), '') as taxes
        from (
            select partner, kind, object_id, title, text, digits, heard, words from core.search_entry where partner = any(ids) and kind in ('Partner', 'Counterparty', 'Place')
            union all
            select r.partner, e.kind, e.object_id, e.title, e.text, e.digits, e.heard, e.words
                from (select distinct partner, person from clients.contact_role where partner = any(ids)) r join core.search_entry e on e.kind = 'Person' and e.object_id = r.person
        ) part group by partner
    ) n where w.partner = n.partner and (w.open, w.numbers, w.taxes) is distinct from (n.open, n.numbers, n.taxes);
end $$;

-- the row of no partner asks for the writing at the commit, once for all that the transaction has changed by then
create function clients.list_words(partners uuid[], persons uuid[]) returns void language plpgsql as $$
begin
    insert into clients.words_due (tx, partner) select pg_current_xact_id(), partner
        from (select unnest(partners) as partner union select partner from clients.contact_role where person = any(persons)) changed where partner is not null on conflict do nothing;
    if found then insert into clients.words_due values (pg_current_xact_id(), '00000000-0000-0000-0000-000000000000') on conflict do nothing; end if;
end $$;

create function clients.words_asked() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare ids uuid[];
begin
    with gone as (delete from clients.words_due where tx = new.tx returning partner) select array_agg(partner) into ids from gone;
    perform clients.write_words(ids);
    return null;
end $$;
create constraint trigger words_asked after insert on clients.words_due deferrable initially deferred for each row
    when (new.partner = '00000000-0000-0000-0000-000000000000') execute function clients.words_asked();

create function clients.entries_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op <> 'INSERT' then
        perform clients.list_words(array(select partner from gone where kind in ('Partner', 'Counterparty', 'Place')), array(select object_id from gone where kind = 'Person'));
    end if;
    if tg_op <> 'DELETE' then
        perform clients.list_words(array(select partner from come where kind in ('Partner', 'Counterparty', 'Place')), array(select object_id from come where kind = 'Person'));
    end if;
    return null;
end $$;
create trigger words_inserted after insert on core.search_entry referencing new table as come for each statement execute function clients.entries_changed();
create trigger words_updated after update on core.search_entry referencing old table as gone new table as come for each statement execute function clients.entries_changed();
create trigger words_deleted after delete on core.search_entry referencing old table as gone for each statement execute function clients.entries_changed();

create function clients.roles_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op <> 'INSERT' then perform clients.list_words(array(select partner from gone), null); end if;
    if tg_op <> 'DELETE' then perform clients.list_words(array(select partner from come), null); end if;
    return null;
end $$;
create trigger words_inserted after insert on clients.contact_role referencing new table as come for each statement execute function clients.roles_changed();
create trigger words_updated after update on clients.contact_role referencing old table as gone new table as come for each statement execute function clients.roles_changed();
create trigger words_deleted after delete on clients.contact_role referencing old table as gone for each statement execute function clients.roles_changed();

do $$
declare ids uuid[]; last uuid := '00000000-0000-0000-0000-000000000000';
begin
    loop
        ids := array(select id from clients.partner where id > last order by id limit 10000);
        exit when cardinality(ids) = 0;
        perform clients.write_words(ids);
        last := ids[cardinality(ids)];
    end loop;
end $$;
-- no index is made over rows whose foreign keys are still to be checked
set constraints all immediate;
create index partner_words_words on clients.partner_words using gin (words gin_trgm_ops);
